using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Embargoes;

/// <summary>What the trade may know goes into its log. One message at a time, so that an article's versions keep their order.</summary>
public sealed class OnEmbargo(TradeLog trade, TimeProvider clock, [FromKeyedServices(Topology.Trade)] Consumption consumption)
    : IConsumer<ArticleEmbargoed>,
        IConsumer<ArticleWithdrawn>
{
    public Task Consume(ConsumeContext<ArticleEmbargoed> context) =>
        StoreAsync(
            Known(context.Message.Article) with
            {
                EmbargoedUntil = context.Message.EmbargoedUntil,
                EditorNote = context.Message.EditorNote,
            },
            context.CancellationToken
        );

    public Task Consume(ConsumeContext<ArticleWithdrawn> context) =>
        StoreAsync(Known(context.Message.Article) with { Withdrawn = context.Message.Reason }, context.CancellationToken);

    Embargoed Known(PublicArticle article) =>
        new()
        {
            Id = article.ArticleId,
            Article = article,
            ChangedAt = UtcTimes.Micros(clock.GetUtcNow()),
        };

    async Task StoreAsync(Embargoed embargoed, CancellationToken ct)
    {
        await trade.AppendAsync(embargoed, ct);
        consumption.Progressed();
    }
}
