using Marten;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Purge;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Related;
using NewsPlatform.Feed.Search;
using NewsPlatform.Feed.Stories;
using NewsPlatform.Feed.Syndication;

namespace NewsPlatform.Feed;

/// <summary>Feed's documents, with the indexes that make every page of a line cost the same.</summary>
public static class Storage
{
    public static void Configure(StoreOptions options)
    {
        ConfigureMade(options);
        RelatedTables.Configure(options);
        StoryReads.Configure(options);
        Rankings.Configure(options);
        ChangeTracker.Configure(options);
        CachePurge.Configure(options);
    }

    /// <summary>The tables that are made of articles alone, and can be made anew of them.</summary>
    public static readonly IReadOnlyList<string> Made =
    [
        "mt_doc_story",
        StoryTags.Table,
        StoryTags.FoldingTable,
        StoryMonths.Table,
        StoryTexts.Table,
        SearchTerms.Table,
    ];

    public static void ConfigureMade(StoreOptions options)
    {
        ConfigureStories(options);
        StoryTags.Configure(options);
        StoryMonths.Configure(options);
        StoryTexts.Configure(options);
        SearchTerms.Configure(options);
    }

    /// <remarks>Each column comes with an index of Marten's; it is made the one of a line that the column begins.</remarks>
    static void ConfigureStories(StoreOptions options) =>
        options
            .Schema.For<Story>()
            .UseNumericRevisions(true)
            .Duplicate(s => s.PublishedAt, pgType: "timestamptz", notNull: true, configure: index => OfLine(index, "story_line", "?, id"))
            .Duplicate(s => s.Language, notNull: true, configure: index => OfLine(index, "story_line_language", "?, published_at, id"))
            .Duplicate(s => s.Category, notNull: true, configure: index => OfLine(index, "story_line_category", "?, published_at, id"))
            .Duplicate(
                s => s.Status,
                notNull: true,
                configure: index => OfLine(index, "story_line_language_category", "language, category, published_at, id")
            )
            .Duplicate(s => s.Slug, notNull: true, configure: index => (index.Name, index.Mask) = ("story_address", "language, ?"))
            .Duplicate(s => s.StoryId, notNull: true, configure: index => index.Name = "story_translations");

    static void OfLine(Weasel.Postgresql.Tables.IndexDefinition index, string name, string mask) =>
        (index.Name, index.Mask, index.Predicate) = (name, mask, LinePages.Usable);
}
