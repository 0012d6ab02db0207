using System.Text;
using Marten;
using NewsPlatform.ServiceDefaults;
using Npgsql;
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
    const string FoldedPrefix = "folded:";
    public const string FoldedKeywordPrefix = FoldedPrefix + KeywordPrefix;

    /// <summary>
    /// The tags of keywords and authors, each with the one that all spellings of it share. Nothing is ever taken away: it follows from the
    /// tag alone.
    /// </summary>
    public const string FoldingTable = "tag_folding";

    /// <summary>
    /// UTF-8 bytes of a folded tag: one composed sign may become eighteen letters, and an index has no room for a hundred such.
    /// </summary>
    const int MaxFoldedBytes = 1_000;

    public static string Keyword(string keyword) => KeywordPrefix + keyword;

    public static string Author(string name) => AuthorPrefix + name;

    /// <summary>What all spellings of a keyword or of an author share; of one that is too long, the tag itself.</summary>
    public static string Folded(string tag)
    {
        var name = tag.IndexOf(':', StringComparison.Ordinal) + 1;
        var folded = $"{FoldedPrefix}{tag[..name]}{Folding.Of(tag[name..])}";
        return Encoding.UTF8.GetByteCount(folded) <= MaxFoldedBytes ? folded : tag;
    }

    /// <summary>An address that the story had, whatever has become of it since.</summary>
    public static string Former(string language, string slug) => $"{FormerPrefix}{language}/{slug}";

    /// <summary>The condition of SQL for tags that are filters; the others are addresses.</summary>
    public const string OfLines = $"tag not like '{FormerPrefix}%'";

    /// <summary>The SQL of the tags of keywords and authors of one story of a table.</summary>
    const string Named = $"""
        (select '{KeywordPrefix}' || keyword from jsonb_array_elements_text(data -> 'keywords') keyword
            union select '{AuthorPrefix}' || author from jsonb_array_elements_text(data -> 'bylines') author) named (tag)
        """;

    const string Insert = $$"""
        insert into {{Table}} (tag, at, id, language, category)
        select '{{KeywordPrefix}}' || keyword, published_at, id, language, category
        from story, jsonb_array_elements_text(data -> 'keywords') keyword where status = 'Usable'
        union select '{{AuthorPrefix}}' || author, published_at, id, language, category
        from story, jsonb_array_elements_text(data -> 'bylines') author where status = 'Usable'
        union select folding.folded, published_at, id, language, category
            from story, lateral {{Named}} join {{FoldingTable}} folding using (tag) where status = 'Usable'
        union select '{{Breaking}}', published_at, id, language, category
        from story where status = 'Usable' and (data -> 'item' -> 'breaking')::boolean
        union select '{{Corrected}}', max((note ->> 'at')::timestamptz), id, language, category
        from story, jsonb_array_elements(data -> 'notes') note
            where status = 'Usable' and note ->> 'kind' = 'correction' group by id, language, category
        union select '{{Withdrawn}}', (data -> 'item' ->> 'updatedAt')::timestamptz, id, language, category
        from story where status <> 'Usable'
        union select '{{FormerPrefix}}' || language || '/' || slug, published_at, id, language, category
        from (select published_at, id, language, category, jsonb_array_elements_text(data -> 'formerSlugs') slug from story) former
        on conflict do nothing
        """;

    /// <summary>By which the tags of a story are found, to be taken away.</summary>
    public const string StoryIndex = "story_tag_story";

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("tag").AsPrimaryKey();
        table.AddColumn<DateTimeOffset>("at").AsPrimaryKey();
        table.AddColumn<Guid>("id").AsPrimaryKey();
        table.AddColumn<string>("language").NotNull();
        table.AddColumn<string>("category").NotNull();
        table.Indexes.Add(new IndexDefinition(StoryIndex) { Columns = ["id", "tag"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
        var folding = new Table($"{options.DatabaseSchemaName}.{FoldingTable}");
        folding.AddColumn<string>("tag").AsPrimaryKey();
        folding.AddColumn<string>("folded").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(folding);
    }

    /// <summary>In the order of tags, so that no two writers wait for each other.</summary>
    static string Fold(string tags, string folded) =>
        $"""
            insert into {FoldingTable} (tag, folded) select * from unnest({tags}::text[], {folded}::text[]) its order by 1
            on conflict do nothing
            """;

    /// <summary>To be stored after the stories, in their transaction.</summary>
    public static void Follow(IDocumentSession session, IReadOnlyCollection<Story> its)
    {
        string[] named = [.. its.SelectMany(s => s.Keywords.Select(Keyword).Concat(s.Bylines.Select(Author))).Distinct()];
        session.QueueSqlCommand('#', Fold("#", "#"), named, named.Select(Folded).ToArray());
        Guid[] stories = [.. its.Select(s => s.Id)];
        session.QueueSqlCommand($"delete from {Table} where id = any(?)", stories);
        session.QueueSqlCommand($"with story as (select * from mt_doc_story where id = any(?)) {Insert}", stories);
    }

    /// <summary>Makes those of all stories, once <see cref="FoldAsync"/> has been there.</summary>
    public const string Fill = $"with story as (select * from mt_doc_story) {Insert}";

    /// <summary>Folds the keywords and the authors of all stories.</summary>
    public static async Task FoldAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var read = connection.Command($"select distinct tag from mt_doc_story, lateral {Named}");
        read.CommandTimeout = 0;
        foreach (var some in (await read.ListAsync(row => row.GetString(0), ct)).Chunk(FoldedTogether))
        {
            await using var fold = connection.Command(Fold("$1", "$2"), some, some.Select(Folded).ToArray());
            await fold.ExecuteNonQueryAsync(ct);
        }
    }

    const int FoldedTogether = 10_000;
}
