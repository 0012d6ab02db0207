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
    }
}
