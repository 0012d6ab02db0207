using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Lines;

/// <summary>Reads lines page by page. A page is found by its place, so that the 10,000th costs what the second costs, and new stories shift nothing.</summary>
public sealed class LinePages(NpgsqlDataSource database, IDocumentStore store)
{
    /// <summary>The condition of SQL for what readers may have; the indexes of lines hold nothing else.</summary>
    public const string Usable = "status = 'Usable'";

    /// <param name="since">Only what is newer.</param>
    public async Task<LinePage> ReadAsync(Line line, int limit, CancellationToken ct, Cursor? after = null, Cursor? before = null, DateTimeOffset? since = null)
    {
        var found = await FindAsync(line, limit + 1, after, before, since, ct);
        var more = found.Count > limit;
        var page = found.Take(limit).ToList();
        if (before is not null)
        {
            page.Reverse();
        }
        var (hasOlder, hasNewer) = before is null ? (more, after is not null) : (true, more);
        return new LinePage
        {
            Items = [.. page.Select(found => found.Item)],
            Next = page.Count > 0 && hasOlder ? Place(page[^1]) : null,
            Previous = page.Count > 0 && hasNewer ? Place(page[0]) : null,
        };

        string Place((LineItem Item, DateTimeOffset At) found) => new Cursor(found.At, found.Item.Id).Encode(line.Name);
    }

    async Task<List<(LineItem Item, DateTimeOffset At)>> FindAsync(Line line, int limit, Cursor? after, Cursor? before, DateTimeOffset? since, CancellationToken ct)
    {
        await using var command = database.CreateCommand();
        var tags = line.Tags;
        var (from, row, at) = tags.Count == 0 ? ("mt_doc_story d", "d", "d.published_at") : ($"{StoryTags.Table} t join mt_doc_story d on d.id = t.id", "t", "t.at");
        var conditions = new List<string> { $"d.{Usable}" };
        conditions.AddRange(tags.Take(1).Select(tag => $"t.tag = {Value(tag)}"));
        conditions.AddRange(tags.Skip(1).Select(tag => $"exists (select from {StoryTags.Table} other where other.id = t.id and other.tag = {Value(tag)})"));
        if (line.Language is { } language)
        {
            conditions.Add($"{row}.language = {Value(language)}");
        }
        if (line.Category is { } category)
        {
            conditions.Add($"{row}.category = {Value(category)}");
        }
        if (since is { } time)
        {
            conditions.Add($"{at} > {Value(time)}");
        }
        if ((after ?? before) is { } cursor)
        {
            conditions.Add($"({at}, {row}.id) {(after is null ? ">" : "<")} ({Value(cursor.At)}, {Value(cursor.Id)})");
        }
        var direction = before is null ? "desc" : "asc";
        command.CommandText = $"select d.data -> 'item', {at} from {from} where {string.Join(" and ", conditions)} order by {at} {direction}, {row}.id {direction} limit {Value(limit)}";

        var (found, serializer) = (new List<(LineItem, DateTimeOffset)>(), store.Options.Serializer());
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            found.Add((await serializer.FromJsonAsync<LineItem>(rows, 0, ct), rows.GetFieldValue<DateTimeOffset>(1)));
        }
        return found;

        string Value(object value)
        {
            command.Parameters.Add(new() { Value = value });
            return $"${command.Parameters.Count}";
        }
    }
}
