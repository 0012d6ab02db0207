using System.Text.Json.Serialization;
using Marten;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Desk;

/// <summary><paramref name="Next"/> is the cursor for <c>after=</c>, and is not there on the last page.</summary>
public sealed record DeskPage(
    IReadOnlyList<DeskEntry> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next
)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <param name="name">Of the list and what it is filtered by, which a cursor of it is good for.</param>
    /// <param name="size">Items of the page; one more is looked for, to know whether there is another page.</param>
    public static async Task<DeskPage> FindAsync(
        IQuerySession session,
        ArticleLocks locks,
        DeskFilter filter,
        DeskOrder order,
        string name,
        int size,
        string? after,
        CancellationToken ct
    )
    {
        if (after is not null)
        {
            var cursor = Cursor.Decode("after", after, name);
            filter.And($"(d.{order.Column}, d.id) {(order.Descending ? "<" : ">")} (?, ?)", cursor.At, cursor.Id);
        }
        var direction = order.Descending ? " desc" : "";
        var found = await session.QueryAsync<DeskItem>(
            $"where {filter.Where} order by d.{order.Column}{direction}, d.id{direction} limit ?",
            ct,
            [.. filter.Values, size + 1]
        );
        var page = found.Take(size).ToArray();
        var held = await locks.FindAsync([.. page.Select(item => item.Id)], ct);
        return new(
            [.. page.Select(item => DeskEntry.Of(item, held.GetValueOrDefault(item.Id)))],
            found.Count > size ? new Cursor(order.At(page[^1]), page[^1].Id).Encode(name) : null
        );
    }
}

/// <summary>By which time a list is ordered, and by the id where that is the same.</summary>
public sealed record DeskOrder(string Column, bool Descending, Func<DeskItem, DateTimeOffset> At);
