namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// Cuts an item to what an article may have, and notes what it has left out: a post with a hundred tags is worth having with fifty.
/// </summary>
public sealed class Surplus
{
    readonly List<string> notes = [];

    /// <summary>For the answer to the item's line; null where nothing was left out.</summary>
    public string? Note => notes.Count == 0 ? null : string.Join("; ", notes);

    public string Text(string member, string text, int max)
    {
        if (text.Length > max)
        {
            notes.Add($"{member}: is cut to {max} characters");
        }
        return Html.Cut(text, max);
    }

    public IReadOnlyList<string> List(string member, IReadOnlyList<string> all, int max, int maxLength)
    {
        string[] taken = [.. all.Where(text => text.Length <= maxLength).Take(max)];
        if (taken.Length < all.Count)
        {
            notes.Add($"{member}: {taken.Length} of {all.Count} are taken; they may be {max}, of {maxLength} characters each");
        }
        return taken;
    }
}
