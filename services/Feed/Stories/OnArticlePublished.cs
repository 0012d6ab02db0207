using System.Diagnostics.Metrics;
using Marten;
using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Stories;

/// <summary>Idempotent and order-proof in one statement: messages carry full state, and a version that is not newer is not stored.</summary>
public sealed class OnArticlePublished(IDocumentSession session, Consumption consumption) : IConsumer<ArticlePublished>
{
    static readonly Histogram<double> delay = Telemetry.DelayHistogram("news.feed.delay", "From an article's becoming public to its being readable");

    public async Task Consume(ConsumeContext<ArticlePublished> context)
    {
        var article = context.Message;
        session.TryUpdateRevision(Story.From(article), article.Version);
        await session.SaveChangesAsync(context.CancellationToken);
        consumption.Progressed();
        if (!article.Imported)
        {
            delay.Record((DateTimeOffset.UtcNow - article.UpdatedAt).TotalSeconds);
        }
    }
}
