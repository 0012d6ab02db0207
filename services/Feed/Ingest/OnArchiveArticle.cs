using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ingest;

/// <summary>
/// Stores what comes from an archive, behind what editors do: by a queue and a writer of its own, so that no story of today waits for it.
/// Which of the two comes first does not matter to an article that has both, since versions tell.
/// </summary>
public sealed class OnArchiveArticle(
    [FromKeyedServices(OnArchiveArticle.Writer)] StoryWriter writer,
    [FromKeyedServices(OnArchiveArticle.Writer)] Consumption consumption
) : IConsumer<ArticlePublished>
{
    /// <summary>The name of the writer, which is that of the queue.</summary>
    public const string Writer = "feed.archive";

    public async Task Consume(ConsumeContext<ArticlePublished> context)
    {
        await writer.StoreAsync(Story.From(context.Message.Article), context.CancellationToken);
        consumption.Progressed();
    }
}
