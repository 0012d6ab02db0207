using Marten;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.DryRun;
using NewsPlatform.Publishing.Events;
using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.Publishing.Keys;

namespace NewsPlatform.Publishing;

/// <summary>Publishing's event store.</summary>
public static class Storage
{
    /// <summary>Of every feature that stores events.</summary>
    public static readonly EventCatalog Events = new([.. ArticleEvents.All, .. KeyEvents.All, DryRunClock.Begun]);

    public static void Configure(StoreOptions options)
    {
        options.Events.MetadataConfig.HeadersEnabled = true;
        options.Events.MetadataConfig.UserNameEnabled = true;
        Events.Configure(options);
        options.ConfigureKeyStore();
        DryRunClock.Configure(options);
        options.Schema.For<Slug>().Identity(slug => slug.Key);
        StoredResponse.Configure(options);
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
