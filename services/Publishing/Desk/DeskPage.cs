using System.Text.Json.Serialization;
using NewsPlatform.Publishing.Articles;

namespace NewsPlatform.Publishing.Desk;

/// <summary><paramref name="Next"/> is the cursor for <c>after=</c>, and is not there on the last page.</summary>
public sealed record DeskPage(
    IReadOnlyList<DeskEntry> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next
)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <param name="found">One more than the page has, if there is one.</param>
    public static async Task<DeskPage> OfAsync(
        IReadOnlyList<DeskItem> found,
        int size,
        Func<DeskItem, string> next,
        ArticleLocks locks,
        CancellationToken ct
    )
    {
        var page = found.Take(size).ToArray();
        var held = await locks.FindAsync([.. page.Select(item => item.Id)], ct);
        return new(
            [.. page.Select(item => DeskEntry.Of(item, held.GetValueOrDefault(item.Id)))],
            found.Count > size ? next(page[^1]) : null
        );
    }
}
