using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Bulletins;

/// <summary>Turns each change into at most one bulletin. One message at a time, so that an article's versions keep their order.</summary>
public sealed class OnArticlePublished(BulletinLog bulletins, Consumption consumption, ILogger<OnArticlePublished> log) : IConsumer<ArticlePublished>
{
    public async Task Consume(ConsumeContext<ArticlePublished> context)
    {
        if (await bulletins.AppendAsync(context.Message, context.CancellationToken) is { } bulletin)
        {
            log.LogInformation("Bulletin {Position}: {Kind} {ArticleId} version {Version}",
                bulletin.Position, bulletin.Kind, bulletin.Article.Id, bulletin.Article.Version);
        }
        consumption.Progressed();
    }
}
