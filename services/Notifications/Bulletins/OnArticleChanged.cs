using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Bulletins;

/// <summary>Turns each change into at most one bulletin. One message at a time, so that an article's versions keep their order.</summary>
public sealed class OnArticleChanged(
    BulletinLog bulletins,
    DryRuns dryRuns,
    PortalOptions portal,
    Consumption consumption,
    ILogger<OnArticleChanged> log
) : IConsumer<DryRunBegun>, IConsumer<ArticlePublished>, IConsumer<ArticleUpdated>, IConsumer<ArticleCorrected>, IConsumer<ArticleWithdrawn>
{
    public Task Consume(ConsumeContext<ArticlePublished> context)
    {
        if (!context.Message.Imported)
        {
            return AppendAsync(BulletinKind.Published, context.Message.Article, null, context.CancellationToken);
        }
        consumption.Progressed();
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<ArticleUpdated> context) =>
        AppendAsync(BulletinKind.Updated, context.Message.Article, context.Message.Note, context.CancellationToken, context.Message.Masked);

    public Task Consume(ConsumeContext<ArticleCorrected> context) =>
        AppendAsync(BulletinKind.Corrected, context.Message.Article, context.Message.Note, context.CancellationToken);

    public Task Consume(ConsumeContext<ArticleWithdrawn> context) =>
        AppendAsync(
            BulletinKind.Withdrawn,
            context.Message.Article,
            context.Message.Reason,
            context.CancellationToken,
            context.Message.Masked
        );

    public async Task Consume(ConsumeContext<DryRunBegun> context)
    {
        await dryRuns.BegunAsync(context.Message, context.CancellationToken);
        await AppendAsync(BulletinKind.Published, DryRunArticle.Of(context.Message, portal.Languages[0]), null, context.CancellationToken);
    }

    async Task AppendAsync(BulletinKind kind, PublicArticle article, string? reason, CancellationToken ct, bool masked = false)
    {
        if (await bulletins.AppendAsync(kind, article, reason, masked, ct) is { } bulletin)
        {
            log.LogInformation(
                "Bulletin {Position}: {Kind} {ArticleId} version {Version}",
                bulletin.Position,
                kind,
                article.ArticleId,
                article.Version
            );
        }
        consumption.Progressed();
    }
}
