using Marten;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Localization;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Syndication;

/// <summary>Finds archives, each by its place: the oldest costs what the newest costs.</summary>
public sealed class Archives(NpgsqlDataSource database, IDocumentStore store, TimeProvider clock)
{
    DateOnly Today => Times.Day(clock.GetUtcNow());

    /// <summary>The newest one; null when there is none yet.</summary>
    public async Task<Archive?> NewestAsync(Line line, CancellationToken ct) => await PrecedingAsync(line, Today.AddDays(1), ct);

    /// <summary>What the archive holds, newest first; null when there is no such archive, or it is not complete yet.</summary>
    public async Task<IReadOnlyList<Story>?> ReadAsync(Line line, Archive archive, CancellationToken ct)
    {
        if (archive.Part > Parts(archive.Day, await CountAsync(line, archive.Day, ct)))
        {
            return null;
        }
        var serializer = store.Options.Serializer();
        await using var command = database.CreateCommand();
        var (_, row, at) = LinePages.Rows(line);
        command.CommandText = $"""
            select d.data {On(command, line, archive.Day)}
            order by {at}, {row}.id offset {(archive.Part - 1) * Archive.Size} limit {Archive.Size}
            """;
        var found = await command.ListAsync(story => serializer.FromJson<Story>(story, 0), ct);
        found.Reverse();
        return found;
    }

    public async Task<Archive?> BeforeAsync(Line line, Archive archive, CancellationToken ct) =>
        archive.Part > 1 ? archive with { Part = archive.Part - 1 } : await PrecedingAsync(line, archive.Day, ct);

    public async Task<Archive?> AfterAsync(Line line, Archive archive, CancellationToken ct)
    {
        if (archive.Part < Parts(archive.Day, await CountAsync(line, archive.Day, ct)))
        {
            return archive with { Part = archive.Part + 1 };
        }
        return
            await NeighbourAsync(line, Times.Start(archive.Day.AddDays(1)), later: true, ct) is { } day
            && Parts(day, await CountAsync(line, day, ct)) > 0
            ? new(day, 1)
            : null;
    }

    /// <summary>The last complete one before a day.</summary>
    async Task<Archive?> PrecedingAsync(Line line, DateOnly day, CancellationToken ct)
    {
        while (await NeighbourAsync(line, Times.Start(day), later: false, ct) is { } earlier)
        {
            if (Parts(earlier, await CountAsync(line, earlier, ct)) is > 0 and var parts)
            {
                return new(earlier, parts);
            }
            day = earlier;
        }
        return null;
    }

    /// <summary>How many parts of a day are complete: of a day that is over, its last one too.</summary>
    int Parts(DateOnly day, long stories) => (int)((stories + (day < Today ? Archive.Size - 1 : 0)) / Archive.Size);

    /// <summary>The next day that has stories.</summary>
    async Task<DateOnly?> NeighbourAsync(Line line, DateTimeOffset from, bool later, CancellationToken ct)
    {
        await using var command = database.CreateCommand();
        var (rows, _, at) = LinePages.Rows(line);
        var conditions = LinePages.Conditions(command, line);
        conditions.Add($"{at} {(later ? ">=" : "<")} {LinePages.Value(command, from)}");
        command.CommandText =
            $"select {at} from {rows} where {string.Join(" and ", conditions)} order by {at} {(later ? "asc" : "desc")} limit 1";
        await using var found = await command.ExecuteReaderAsync(ct);
        return await found.ReadAsync(ct) ? Times.Day(found.GetFieldValue<DateTimeOffset>(0)) : null;
    }

    async Task<long> CountAsync(Line line, DateOnly day, CancellationToken ct)
    {
        await using var command = database.CreateCommand();
        command.CommandText = $"select count(*) {On(command, line, day)}";
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    static string On(NpgsqlCommand command, Line line, DateOnly day)
    {
        var (rows, _, at) = LinePages.Rows(line);
        var conditions = LinePages.Conditions(command, line);
        conditions.Add(
            $"{at} >= {LinePages.Value(command, Times.Start(day))} and {at} < {LinePages.Value(command, Times.Start(day.AddDays(1)))}"
        );
        return $"from {rows} where {string.Join(" and ", conditions)}";
    }
}
