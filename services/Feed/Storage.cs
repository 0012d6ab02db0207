using Marten;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Stories;

namespace NewsPlatform.Feed;

/// <summary>Feed's documents, with the indexes that make every page of a line cost the same.</summary>
public static class Storage
{
    public static void Configure(StoreOptions options) => options.Schema.For<Story>()
        .UseNumericRevisions(true)
        .Duplicate(s => s.Language, notNull: true)
        .Duplicate(s => s.Category, notNull: true)
        .Duplicate(s => s.Slug, notNull: true)
        .Duplicate(s => s.Status, notNull: true)
        .Duplicate(s => s.StoryId, notNull: true)
        .Duplicate(s => s.PublishedAt, pgType: "timestamptz", notNull: true)
        .Index([s => s.PublishedAt, s => s.Id], index => OfUsable(index, "story_line"))
        .Index([s => s.Language, s => s.PublishedAt, s => s.Id], index => OfUsable(index, "story_line_language"))
        .Index([s => s.Category, s => s.PublishedAt, s => s.Id], index => OfUsable(index, "story_line_category"))
        .Index([s => s.Language, s => s.Category, s => s.PublishedAt, s => s.Id], index => OfUsable(index, "story_line_language_category"))
        .Index([s => s.Language, s => s.Slug], index => index.Name = "story_address")
        .Index(s => s.StoryId, index => index.Name = "story_translations")
        .GinIndexJsonData(index => index.Name = "story_keywords");

    static void OfUsable(Weasel.Postgresql.Tables.IndexDefinition index, string name) => (index.Name, index.Predicate) = (name, Line.Usable);
}
