using System.Diagnostics.Metrics;
using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ingest;

/// <summary>Idempotent, in any order: messages carry full state, and a version that is not newer is not stored.</summary>
public sealed class OnArticleChanged(StoryWriter writer, Consumption consumption)
    : IConsumer<ArticlePublished>,
        IConsumer<ArticleUpdated>,
        IConsumer<ArticleCorrected>,
        IConsumer<ArticleWithdrawn>
{
    static readonly Histogram<double> delay = Telemetry.DelayHistogram(
        "news.feed.delay",
        "From an article's becoming public to its being readable"
    );

    public Task Consume(ConsumeContext<ArticlePublished> context) =>
        StoreAsync(Story.From(context.Message.Article), context.Message.Imported, context.CancellationToken);

    public Task Consume(ConsumeContext<ArticleUpdated> context) =>
        StoreAsync(Story.From(context.Message.Article), false, context.CancellationToken);

    public Task Consume(ConsumeContext<ArticleCorrected> context) =>
        StoreAsync(Story.From(context.Message.Article), false, context.CancellationToken);

    public Task Consume(ConsumeContext<ArticleWithdrawn> context) =>
        StoreAsync(
            Story.From(context.Message.Article, context.Message.PubStatus, context.Message.Reason),
            false,
            context.CancellationToken
        );

    async Task StoreAsync(Story story, bool imported, CancellationToken ct)
    {
        await writer.StoreAsync(story, ct);
        consumption.Progressed();
        if (!imported)
        {
            delay.Record((DateTimeOffset.UtcNow - story.Item.UpdatedAt).TotalSeconds);
        }
    }
}
