using Marten;
using NewsPlatform.Feed.Lines;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Syndication;

/// <summary>
/// The months of UTC that have stories, for the index of sitemaps: how many, and when one of them changed last. Storing a story only says
/// that its month changed; who reads the index counts those that did.
/// </summary>
public static class StoryMonths
{
    public const string Table = "story_month";

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<DateOnly>("month").AsPrimaryKey();
        table.AddColumn<int>("stories").NotNull().DefaultValue(0);
        table.AddColumn<DateTimeOffset>("changed_at").NotNull();
        table.AddColumn<DateTimeOffset>("counted_at");
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    const string Changed =
        "on conflict (month) do update set changed_at = greatest(excluded.changed_at, story.changed_at + interval '1 microsecond')";

    /// <summary>To be stored after the stories, in their transaction.</summary>
    public static void Follow(IDocumentSession session, Guid[] stories) =>
        session.QueueSqlCommand(
            $"""
            insert into {Table} as story (month, changed_at)
            select date_trunc('month', published_at at time zone 'UTC')::date as month, max(clock_timestamp()) from mt_doc_story
            where id = any(?) group by month order by month {Changed}
            """,
            stories
        );

    /// <summary>Of stories that an earlier release stored.</summary>
    public const string Fill = $"""
        insert into {Table} as story (month, changed_at)
        select date_trunc('month', published_at at time zone 'UTC')::date, max(clock_timestamp()) from mt_doc_story
        where {LinePages.Usable} group by 1 order by 1 {Changed}
        """;

    /// <summary>
    /// Counts what changed since it was counted, each month by its range of the line's index. What changes while it is counted is not in
    /// the count, and is left to be counted by who comes next: an update that waited for it would see its row, but not its stories.
    /// </summary>
    public const string Count = $"""
        with due as materialized (select month, changed_at from {Table} where counted_at is distinct from changed_at),
        counted as materialized (select month, changed_at, (select count(*) from mt_doc_story
            where {LinePages.Usable} and published_at >= month::timestamp at time zone 'UTC'
                and published_at < (month + interval '1 month') at time zone 'UTC') as stories from due)
        update {Table} m set counted_at = c.changed_at, stories = c.stories
        from counted c where m.month = c.month and m.changed_at = c.changed_at
        """;
}
