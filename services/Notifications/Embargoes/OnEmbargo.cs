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
            new()
            {
                Id = context.Message.Article.ArticleId,
                Article = context.Message.Article,
                EmbargoedUntil = context.Message.EmbargoedUntil,
                EditorNote = context.Message.EditorNote,
                ChangedAt = UtcTimes.Micros(clock.GetUtcNow()),
            },
            context.CancellationToken
        );

    public Task Consume(ConsumeContext<ArticleWithdrawn> context) =>
        StoreAsync(
            new()
            {
                Id = context.Message.Article.ArticleId,
                Article = context.Message.Article,
                Withdrawn = context.Message.Reason,
                ChangedAt = UtcTimes.Micros(clock.GetUtcNow()),
            },
            context.CancellationToken
        );

    async Task StoreAsync(Embargoed embargoed, CancellationToken ct)
    {
        await trade.AppendAsync(embargoed, ct);
        consumption.Progressed();
    }
}
