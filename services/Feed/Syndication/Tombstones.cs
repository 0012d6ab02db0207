using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Syndication;

/// <summary>Finds what was withdrawn, for who had it before.</summary>
public sealed class Tombstones(NpgsqlDataSource database)
{
    const int Most = 30;

    /// <summary>What was withdrawn last from the language and category; who never had it passes over it (RFC 6721, section 4).</summary>
    public async Task<IReadOnlyList<Tombstone>> ReadAsync(Line line, CancellationToken ct)
    {
        await using var command = database.CreateCommand();
        var conditions = new List<string> { $"t.tag = {LinePages.Value(command, StoryTags.Withdrawn)}" };
        if (line.Language is not null)
        {
            conditions.Add($"t.language = {LinePages.Value(command, line.Language)}");
        }
        if (line.Category is not null)
        {
            conditions.Add($"t.category = {LinePages.Value(command, line.Category)}");
        }
        command.CommandText = $"""
            select t.id, t.at, d.data ->> 'reason' from {StoryTags.Table} t join mt_doc_story d on d.id = t.id
            where {string.Join(" and ", conditions)} order by t.at desc, t.id desc limit {Most}
            """;
        return await command.ListAsync(
            row => new Tombstone(
                row.GetGuid(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.IsDBNull(2) ? null : Entries.Xml(row.GetString(2))
            ),
            ct
        );
    }
}
