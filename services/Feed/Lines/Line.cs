using System.Text.Json;
using System.Text.Json.Serialization;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;

namespace NewsPlatform.Feed.Lines;

/// <summary>Which stories: those of a language, a category and a keyword, each only where it is said; the newest first.</summary>
public sealed record Line(string? Language = null, string? Category = null, string? Keyword = null)
{
    public const int DefaultLimit = 40;
    public const int MaxLimit = 200;

    /// <summary>The condition of SQL for what readers may have; the indexes of lines hold nothing else.</summary>
    public const string Usable = "status = 'Usable'";

    /// <summary>A page of the line by keyset, so that page 10,000 costs what page 2 costs and new stories shift nothing.</summary>
    public async Task<LinePage> PageAsync(IQuerySession session, int limit, Cursor? after, Cursor? before, CancellationToken ct)
    {
        var conditions = new List<string> { $"d.{Usable}" };
        var parameters = new List<object>();
        Add(Language, "d.language = ?");
        Add(Category, "d.category = ?");
        Add(Keyword is null ? null : JsonSerializer.Serialize(new { keywords = new[] { Keyword } }), "d.data @> ?::jsonb");
        if ((after ?? before) is { } cursor)
        {
            conditions.Add($"(d.published_at, d.id) {(after is null ? ">" : "<")} (?, ?)");
            parameters.Add(cursor.PublishedAt);
            parameters.Add(cursor.Id);
        }
        parameters.Add(limit + 1);
        var where = $"where {string.Join(" and ", conditions)}";
        var direction = before is null ? "desc" : "asc";
        var found = await session.QueryAsync<Story>($"{where} order by d.published_at {direction}, d.id {direction} limit ?", ct, [.. parameters]);

        var more = found.Count > limit;
        var items = found.Take(limit).Select(s => s.Item).ToList();
        if (before is not null)
        {
            items.Reverse();
        }
        var (hasOlder, hasNewer) = before is null ? (more, after is not null) : (true, more);
        return new LinePage
        {
            Items = items,
            Next = items.Count > 0 && hasOlder ? Cursor.Of(items[^1]).Encode(this) : null,
            Previous = items.Count > 0 && hasNewer ? Cursor.Of(items[0]).Encode(this) : null,
        };

        void Add(string? value, string condition)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                parameters.Add(value);
            }
        }
    }
}

/// <summary>Some stories of a line, newest first, with the cursors of the neighbouring pages where there are any.</summary>
public sealed record LinePage
{
    public required IReadOnlyList<LineItem> Items { get; init; }

    /// <summary>For <c>after=</c>: the older ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Next { get; init; }

    /// <summary>For <c>before=</c>: the newer ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Previous { get; init; }
}
