using Marten;
using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Embargoes;

/// <summary>Keeps the newest of what the trade may know; a version that is not newer changes nothing.</summary>
public sealed class OnEmbargo(IDocumentSession session, TimeProvider clock, [FromKeyedServices(Topology.Trade)] Consumption consumption)
    : IConsumer<ArticleEmbargoed>, IConsumer<ArticleWithdrawn>
{
    public Task Consume(ConsumeContext<ArticleEmbargoed> context) => KeepAsync(new()
    {
        Id = context.Message.Article.ArticleId,
        Article = context.Message.Article,
        EmbargoedUntil = context.Message.EmbargoedUntil,
        EditorNote = context.Message.EditorNote,
        ChangedAt = UtcTimes.Micros(clock.GetUtcNow()),
    }, context.CancellationToken);

    public Task Consume(ConsumeContext<ArticleWithdrawn> context) => KeepAsync(new()
    {
        Id = context.Message.Article.ArticleId,
        Article = context.Message.Article,
        Withdrawn = context.Message.Reason,
        ChangedAt = UtcTimes.Micros(clock.GetUtcNow()),
    }, context.CancellationToken);

    async Task KeepAsync(Embargoed embargoed, CancellationToken ct)
    {
        session.TryUpdateRevision(embargoed, embargoed.Article.Version);
        await session.SaveChangesAsync(ct);
        consumption.Progressed();
    }
}
