using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Lines;

/// <summary>
/// Reads lines section by section. One is found by its place, so that the 10,000th page costs what the second costs, and new stories shift
/// nothing.
/// </summary>
public sealed class LinePages(NpgsqlDataSource database, IDocumentStore store)
{
    /// <summary>The condition of SQL for what readers may have; the indexes of lines hold nothing else.</summary>
    public const string Usable = "status = 'Usable'";

    public async Task<LinePage> ReadAsync(Line line, PageRequest page, CancellationToken ct)
    {
        var found = await ReadAsync<LineItem>(line, page, "d.data -> 'item'", ct);
        return new()
        {
            Items = found.Items,
            Next = found.Next,
            Previous = found.Previous,
        };
    }

    /// <summary>Whole stories.</summary>
    public Task<Page<Story>> StoriesAsync(Line line, PageRequest page, CancellationToken ct) => ReadAsync<Story>(line, page, "d.data", ct);

    /// <summary>Tells the stories of a section and their versions from any others, without reading what they say.</summary>
    public async Task<string> FingerprintAsync(Line line, PageRequest page, CancellationToken ct)
    {
        var versions = new StringBuilder();
        await using var command = database.CreateCommand();
        Select(command, line, page with { Limit = page.Limit + 1 }, "d.mt_version");
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            versions.Append(CultureInfo.InvariantCulture, $"{rows.GetGuid(1):N}{rows.GetValue(0)};");
        }
        return Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(versions.ToString())));
    }

    async Task<Page<T>> ReadAsync<T>(Line line, PageRequest page, string column, CancellationToken ct)
    {
        var serializer = store.Options.Serializer();
        await using var command = database.CreateCommand();
        Select(command, line, page with { Limit = page.Limit + 1 }, column);
        var found = await command.ListAsync(
            row => (Item: serializer.FromJson<T>(row, 0), Place: new Cursor(row.GetFieldValue<DateTimeOffset>(2), row.GetGuid(1))),
            ct
        );
        var more = found.Count > page.Limit;
        var items = found.Take(page.Limit).ToList();
        if (page.Before is not null)
        {
            items.Reverse();
        }
        var (hasOlder, hasNewer) = page.Before is null ? (more, page.After is not null) : (true, more);
        return new(
            [.. items.Select(one => one.Item)],
            items.Count > 0 && hasOlder ? items[^1].Place.Encode(line.Name) : null,
            items.Count > 0 && hasNewer ? items[0].Place.Encode(line.Name) : null
        );
    }

    /// <summary>Asks for the column, the story's id and its place in the line.</summary>
    public static void Select(NpgsqlCommand command, Line line, PageRequest page, string column)
    {
        var (from, row, at) = Rows(line);
        var conditions = Conditions(command, line);
        if (page.Since is { } time)
        {
            conditions.Add($"{at} > {Value(command, time)}");
        }
        if ((page.After ?? page.Before) is { } cursor)
        {
            conditions.Add(
                $"({at}, {row}.id) {(page.After is null ? ">" : "<")} ({Value(command, cursor.At)}, {Value(command, cursor.Id)})"
            );
        }
        var direction = page.Before is null ? "desc" : "asc";
        command.CommandText = $"""
            select {column}, d.id, {at} from {from} where {string.Join(" and ", conditions)}
            order by {at} {direction}, {row}.id {direction} limit {Value(command, page.Limit)}
            """;
    }

    /// <summary>What a line's stories are read from, which of it has the columns of its index, and the time that orders them.</summary>
    public static (string From, string Row, string At) Rows(Line line) =>
        line.Tags.Count == 0
            ? ("mt_doc_story d", "d", "d.published_at")
            : ($"{StoryTags.Table} t join mt_doc_story d on d.id = t.id", "t", "t.at");

    public static List<string> Conditions(NpgsqlCommand command, Line line)
    {
        var row = Rows(line).Row;
        var conditions = new List<string> { $"d.{Usable}" };
        conditions.AddRange(line.Tags.Take(1).Select(tag => $"t.tag = {Value(command, tag)}"));
        conditions.AddRange(
            line.Tags.Skip(1)
                .Select(tag => $"exists (select from {StoryTags.Table} other where other.id = t.id and other.tag = {Value(command, tag)})")
        );
        if (line.Language is { } language)
        {
            conditions.Add($"{row}.language = {Value(command, language)}");
        }
        if (line.Category is { } category)
        {
            conditions.Add($"{row}.category = {Value(command, category)}");
        }
        return conditions;
    }

    public static string Value(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new() { Value = value });
        return $"${command.Parameters.Count}";
    }
}
