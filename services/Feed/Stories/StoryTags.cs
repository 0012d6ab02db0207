using Marten;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Stories;

/// <summary>
/// What a story is found by of which it may have several: a row each, in the order of a line, so that a page of the line of a keyword
/// costs what one of the whole line costs. They follow from the stored story, and change in its transaction.
/// </summary>
public static class StoryTags
{
    public const string Table = "story_tag";

    /// <summary>The most recent corrections stand in the order of their times; every other line in that of publishing.</summary>
    public const string Corrected = "corrected";

    public const string Breaking = "breaking";

    /// <summary>What readers had and have no more, in the order in which it was withdrawn.</summary>
    public const string Withdrawn = "withdrawn";

    public const string KeywordPrefix = "keyword:";
    const string AuthorPrefix = "author:";
    const string FormerPrefix = "former:";

    public static string Keyword(string keyword) => KeywordPrefix + keyword;

    public static string Author(string name) => AuthorPrefix + name;

    /// <summary>An address that the story had, whatever has become of it since.</summary>
    public static string Former(string language, string slug) => $"{FormerPrefix}{language}/{slug}";

    /// <summary>The condition of SQL for tags that are filters; the others are addresses.</summary>
    public const string OfLines = $"tag not like '{FormerPrefix}%'";

    const string Insert = $$"""
        insert into {{Table}} (tag, at, id, language, category)
        select '{{KeywordPrefix}}' || keyword, published_at, id, language, category from story, jsonb_array_elements_text(data -> 'keywords') keyword where status = 'Usable'
        union select '{{AuthorPrefix}}' || author, published_at, id, language, category from story, jsonb_array_elements_text(data -> 'bylines') author where status = 'Usable'
        union select '{{Breaking}}', published_at, id, language, category from story where status = 'Usable' and (data -> 'item' -> 'breaking')::boolean
        union select '{{Corrected}}', max((note ->> 'at')::timestamptz), id, language, category from story, jsonb_array_elements(data -> 'notes') note
            where status = 'Usable' and note ->> 'kind' = 'correction' group by id, language, category
        union select '{{Withdrawn}}', (data -> 'item' ->> 'updatedAt')::timestamptz, id, language, category from story where status <> 'Usable'
        union select '{{FormerPrefix}}' || language || '/' || slug, published_at, id, language, category from (select published_at, id, language, category, jsonb_array_elements_text(data -> 'formerSlugs') slug from story) former
        on conflict do nothing
        """;

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("tag").AsPrimaryKey();
        table.AddColumn<DateTimeOffset>("at").AsPrimaryKey();
        table.AddColumn<Guid>("id").AsPrimaryKey();
        table.AddColumn<string>("language").NotNull();
        table.AddColumn<string>("category").NotNull();
        table.Indexes.Add(new IndexDefinition("story_tag_story") { Columns = ["id", "tag"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>To be stored after the stories, in their transaction.</summary>
    public static void Follow(IDocumentSession session, Guid[] stories)
    {
        session.QueueSqlCommand($"delete from {Table} where id = any(?)", stories);
        session.QueueSqlCommand($"with story as (select * from mt_doc_story where id = any(?)) {Insert}", stories);
    }

    /// <summary>Makes those of all stories.</summary>
    public const string Fill = $"with story as (select * from mt_doc_story) {Insert}";
}
