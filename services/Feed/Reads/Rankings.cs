using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Lines;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Reads;

/// <summary>
/// The rankings as they were last made, a row for each with its language and category or without, so that reading one costs the same
/// however much is read. A story that was withdrawn, or has gone to another category, is not in them from then on.
/// </summary>
public sealed class Rankings(NpgsqlDataSource database, IDocumentStore store)
{
    public const string Table = "story_ranking";

    const int EditionLength = 5;

    const string Read = $"""
        select (d.data -> 'item') || jsonb_build_object('reads', place.reads)
        from {Table} r, unnest(r.ids, r.reads) with ordinality place(id, reads, number) join mt_doc_story d on d.id = place.id
        where r.name = $1 and r.language = $2 and r.category = $3 and d.{LinePages.Usable}
            and ($2 = '' or d.language = $2) and ($3 = '' or d.category = $3)
        order by place.number limit $4
        """;

    /// <remarks>A ranking without language or category has an empty one.</remarks>
    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("name").AsPrimaryKey();
        table.AddColumn<string>("language").AsPrimaryKey();
        table.AddColumn<string>("category").AsPrimaryKey();
        table.AddColumn("ids", "uuid[]").NotNull();
        table.AddColumn("reads", "integer[]").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    public async Task<IReadOnlyList<RankedStory>> ReadAsync(
        Ranking ranking,
        string? language,
        string? category,
        int limit,
        CancellationToken ct
    )
    {
        await using var command = database.Command(Read, ranking.Name, language ?? "", category ?? "", limit);
        var serializer = store.Options.Serializer();
        return await command.ListAsync(row => serializer.FromJson<RankedStory>(row, 0), ct);
    }

    /// <summary>For the pages of an edition: what its readers have read most in a day.</summary>
    public async Task<IReadOnlyList<LineItem>> OfEditionAsync(string language, CancellationToken ct) =>
        await ReadAsync(Ranking.MostReadOfTheDay, language, null, EditionLength, ct);
}
