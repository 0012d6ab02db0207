using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Rebuild;

/// <summary>Makes the read models anew of what Publishing sends for that.</summary>
public sealed class OnRebuild(RebuildTarget target, [FromKeyedServices(Topology.Rebuilds)] Consumption consumption, ILogger<OnRebuild> log)
    : IConsumer<RebuildBegun>,
        IConsumer<ArticlePublished>,
        IConsumer<ArticleUpdated>,
        IConsumer<ArticleCorrected>,
        IConsumer<ArticleWithdrawn>,
        IConsumer<RebuildEnded>
{
    static readonly Uri answers = new($"exchange:{Topology.Rebuilt}?type=fanout&durable=true");
    static readonly TimeSpan betweenLooks = TimeSpan.FromMilliseconds(200);

    public async Task Consume(ConsumeContext<RebuildBegun> context)
    {
        await target.BeginAsync(context.Message.RebuildId, context.CancellationToken);
        await AnswerAsync(context, new(context.Message.RebuildId, "ready", 0));
    }

    public Task Consume(ConsumeContext<ArticlePublished> context) =>
        StoreAsync(Story.From(context.Message.Article), context.CancellationToken);

    public Task Consume(ConsumeContext<ArticleUpdated> context) =>
        StoreAsync(Story.From(context.Message.Article), context.CancellationToken);

    public Task Consume(ConsumeContext<ArticleCorrected> context) =>
        StoreAsync(Story.From(context.Message.Article), context.CancellationToken);

    public Task Consume(ConsumeContext<ArticleWithdrawn> context) =>
        StoreAsync(Story.From(context.Message.Article, context.Message.PubStatus, context.Message.Reason), context.CancellationToken);

    /// <summary>The last articles may still be under way as this comes.</summary>
    public async Task Consume(ConsumeContext<RebuildEnded> context)
    {
        var (rebuild, articles) = (context.Message.RebuildId, context.Message.Articles);
        long? stories;
        while ((stories = await target.CountAsync(rebuild, context.CancellationToken)) < articles)
        {
            consumption.Progressed();
            await Task.Delay(betweenLooks, context.CancellationToken);
        }
        if (stories is null)
        {
            log.LogWarning("The rebuild {Rebuild} ended, and it is not the one that began last", rebuild);
            return;
        }
        await target.SwapAsync(context.CancellationToken);
        await AnswerAsync(context, new(rebuild, "done", stories.Value));
    }

    async Task StoreAsync(Story story, CancellationToken ct)
    {
        await target.StoreAsync(story, ct);
        consumption.Progressed();
    }

    async Task AnswerAsync(ConsumeContext context, RebuildStep step)
    {
        consumption.Progressed();
        var endpoint = await context.GetSendEndpoint(answers);
        await endpoint.Send(step, context.CancellationToken);
    }
}
