using Marten;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Stories;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Related;

/// <summary>
/// What is stored of related stories: who they are, the places in lines whose change is due to be looked at, and the stories that such a
/// change touched.
/// </summary>
public static class RelatedTables
{
    /// <summary>PostgreSQL's channel that says that something is due.</summary>
    public const string Changed = "story_related";

    public const string Table = "story_related";
    public const string Due = "related_due";
    public const string Touched = "related_touched";

    /// <summary>
    /// The places that the stories of {0} have: in the lines of their keywords, and in that of their language and category, which has no
    /// name.
    /// </summary>
    const string Places = $$"""
        select id, tag as line, at, language, category from {{StoryTags.Table}}
        where id {0} and starts_with(tag, '{{StoryTags.FoldedKeywordPrefix}}')
        union all select id, '', published_at, language, category from mt_doc_story where id {0} and {{LinePages.Usable}}
        """;

    /// <summary>The places that they leave, and behind those that they take some, which can be seen later.</summary>
    static readonly string change = $"""
        insert into {Due} (id, line, at, language, category)
        {PlacesOf("= any(?)")} union all select unnest(?), null, null, null, null
        """;

    public static void Configure(StoreOptions options)
    {
        var related = new Table($"{options.DatabaseSchemaName}.{Table}");
        related.AddColumn<Guid>("id").AsPrimaryKey();
        related.AddColumn("others", "uuid[]").NotNull();

        var due = new Table($"{options.DatabaseSchemaName}.{Due}");
        due.AddColumn("number", "bigserial").AsPrimaryKey();
        due.AddColumn<Guid>("id").NotNull();
        due.AddColumn("line", "varchar");
        due.AddColumn("at", "timestamptz");
        due.AddColumn("language", "varchar");
        due.AddColumn("category", "varchar");

        var touched = new Table($"{options.DatabaseSchemaName}.{Touched}");
        touched.AddColumn<Guid>("id").AsPrimaryKey();
        touched.AddColumn<DateTimeOffset>("at").NotNull();
        touched.Indexes.Add(new IndexDefinition("related_touched_newest") { Columns = ["at"] });

        options.Storage.ExtendedSchemaObjects.Add(related);
        options.Storage.ExtendedSchemaObjects.Add(due);
        options.Storage.ExtendedSchemaObjects.Add(touched);
    }

    /// <summary>
    /// To be stored before the stories and their tags are, in their transaction, since it notes the places that they leave.
    /// </summary>
    public static void Follow(IDocumentSession session, Guid[] stories)
    {
        session.QueueSqlCommand(change, stories, stories, stories);
        session.QueueSqlCommand($"notify {Changed}");
    }

    /// <summary>The SQL of the places of stories that a condition selects by their ids.</summary>
    public static string PlacesOf(string stories) => Places.Replace("{0}", stories, StringComparison.Ordinal);
}
