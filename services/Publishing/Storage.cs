using JasperFx.Events;
using Marten;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Desk;
using NewsPlatform.Publishing.DryRun;
using NewsPlatform.Publishing.Keys;

namespace NewsPlatform.Publishing;

/// <summary>Publishing's event store.</summary>
public static class Storage
{
    public static void Configure(StoreOptions options)
    {
        // The relay is woken by the append itself. Marten drops a call that comes while it is looking, so the next look must be soon:
        // what is published at that moment waits for it. It costs an idle instance some hundredths of a core.
        options.Events.UseListenNotifyForEventAppends = true;
        options.Projections.FastPollingTime = TimeSpan.FromMilliseconds(25);
        options.Projections.SlowPollingTime = TimeSpan.FromMilliseconds(40);
        options.Events.MetadataConfig.HeadersEnabled = true;
        options.Events.MetadataConfig.UserNameEnabled = true;
        options.ConfigureKeyStreams();
        options.Events.MapEventType<ArticleDrafted>("article_drafted");
        options.Events.MapEventType<ArticleRevised>("article_revised");
        options.Events.MapEventType<ArticleSubmitted>("article_submitted");
        options.Events.MapEventType<ArticleReturned>("article_returned");
        options.Events.MapEventType<ArticleScheduled>("article_scheduled");
        options.Events.MapEventType<ArticleUnscheduled>("article_unscheduled");
        options.Events.MapEventType<ArticleEmbargoed>("article_embargoed");
        options.Events.MapEventType<EmbargoLifted>("embargo_lifted");
        options.Events.MapEventType<ScheduledCopyCorrected>("scheduled_copy_corrected");
        options.Events.MapEventType<ArticlePublished>("article_published");
        options.Events.MapEventType<ArticleUpdated>("article_updated");
        options.Events.MapEventType<ArticleCorrected>("article_corrected");
        options.Events.MapEventType<ArticleUnpublished>("article_unpublished");
        options.Events.MapEventType<ArticleKilled>("article_killed");
        options.Events.MapEventType<ArticleMasked>("article_masked");
        DryRunClock.Configure(options);
        options.Schema.For<Slug>().Identity(slug => slug.Key);
        options.Schema.For<StoredResponse>().DocumentAlias("answer").Duplicate(answer => answer.At, pgType: "timestamptz", notNull: true);
        options.Schema.For<DueArticle>().DocumentAlias("due").Duplicate(due => due.At, pgType: "timestamptz", notNull: true);
        DeskItem.Configure(options);
        ArticleLocks.Configure(options);
        options.Projections.LeadershipPollingTime = 1_000;
        // Who loses a race for a version leaves a hole in the sequence, and what comes behind it waits until it is certain that nobody
        // fills it: Marten asks PostgreSQL for that whether a transaction lives that still could, so the wait is for the looking only and
        // loses nothing.
        options.Projections.StaleSequenceThreshold = TimeSpan.FromMilliseconds(250);
        // An event that cannot be read or relayed stops the relay where operators see it; it is never skipped.
        options.Projections.Errors.SkipApplyErrors = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipUnknownEvents = false;
    }
}
