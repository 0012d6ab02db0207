using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Pages;

/// <summary>A news line as it stands on a page.</summary>
/// <param name="Limit">How many stories it shows at most, whatever comes in.</param>
/// <param name="Live">Whether it keeps itself current; an older page of a line is history.</param>
public sealed record LineView(string Language, string? Category, IReadOnlyList<LineItem> Items, int Limit, bool Live = true)
{
    /// <summary>An item with everything that one can have, for the browser to take parts away from.</summary>
    public LineItem Template =>
        new()
        {
            Id = Guid.Empty,
            Version = 0,
            Headline = "…",
            Summary = "",
            Category = "general",
            Language = Language,
            Keywords = [],
            Urgency = 5,
            Breaking = true,
            Media = new() { Badges = ["video", "photos"], Picture = new() },
            PublishedAt = default,
            UpdatedAt = default,
            Url = $"/{Language}",
        };
}
