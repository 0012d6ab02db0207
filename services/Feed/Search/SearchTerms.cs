using Marten;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Search;

/// <summary>
/// Every keyword and every author that a story ever had, once in each language, to be suggested while somebody types. Nothing is ever taken
/// away or counted here, so that no two writers meet in a row: whether a usable story still has it, the lines know.
/// </summary>
public static class SearchTerms
{
    public const string Table = "search_term";

    public static void Configure(StoreOptions options)
    {
        options.Storage.ExtendedSchemaObjects.Add(new Extension("pg_trgm"));
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("language").AsPrimaryKey();
        table.AddColumn<string>("tag").AsPrimaryKey();
        table.AddColumn("typed", "text").NotNull();
        table.Indexes.Add(
            new IndexDefinition("search_term_typed")
            {
                Columns = ["typed"],
                Method = IndexMethod.gin,
                Mask = "? gin_trgm_ops",
            }
        );
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>
    /// The SQL of a text as it is typed: lower case without accents, only letters and digits, and a space before every word. PostgreSQL
    /// makes it of what is stored and of what is asked, so that it need be no more than alike on both sides.
    /// </summary>
    public static string Typed(string sql) =>
        $"rtrim(regexp_replace(' ' || {SearchLanguage.Plain($"lower({Seen(sql)})")}, '[^[:alnum:]]+', ' ', 'g'))";

    static string Seen(string sql) => $"regexp_replace(normalize({sql}, NFKC), '{Folding.Hidden}', '', 'g')";

    /// <summary>Makes those anew that an earlier release made otherwise.</summary>
    public static string Fill => $"update {Table} set typed = {Typed(Named("tag"))} where typed is distinct from {Typed(Named("tag"))}";

    /// <summary>The SQL of what a tag of a keyword or an author names.</summary>
    public static string Named(string tag) => $"substr({tag}, strpos({tag}, ':') + 1)";

    static readonly string insert = $"""
        insert into {Table} (language, tag, typed)
        select distinct language, tag, {Typed(Named("tag"))} from {StoryTags.Table}
        where id = any(#) and (tag like '{StoryTags.Keyword("")}%' or tag like '{StoryTags.Author(
            ""
        )}%') and octet_length(tag) < {StoryTexts.MaxTagBytes}
        order by language, tag
        on conflict do nothing
        """;

    /// <summary>To be stored after the tags of the stories.</summary>
    public static void Follow(IDocumentSession session, Guid[] stories) => session.QueueSqlCommand('#', insert, stories);
}
