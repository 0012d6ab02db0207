using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>Where the items of a feed go.</summary>
/// <param name="Asked">The language that the request names; it overrides what the feed says.</param>
public sealed record Edition(PortalOptions Portal, string? Asked)
{
    /// <param name="said">What the feed says of itself or an item, such as <c>en-GB</c>; the first that the portal has.</param>
    public string Language(params ReadOnlySpan<string?> said)
    {
        if (Asked is not null)
        {
            return Asked;
        }
        foreach (var tag in said)
        {
            if (tag is not null && Folding.Of(tag).Split('-', '_')[0] is var language && Portal.Languages.Contains(language))
            {
                return language;
            }
        }
        return Portal.Languages[0];
    }

    /// <summary>The category of the first label that names one, and every other label as a keyword.</summary>
    public (string Category, IReadOnlyList<string> Keywords) Sort(IEnumerable<FeedLabel> labels)
    {
        var all = labels.Where(label => label.Name.Length > 0).ToList();
        var rubric = all.FirstOrDefault(label => CategoryOf(label) is not null);
        var keywords = all.Where(label => label != rubric)
            .SelectMany(label => label.Name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return (rubric is null ? "general" : CategoryOf(rubric)!, [.. keywords.DistinctBy(Folding.Of)]);
    }

    string? CategoryOf(FeedLabel label) => Portal.CategoryOf(label.Name) ?? (label.Code is { } code ? Portal.CategoryOf(code) : null);
}

/// <summary>A category or tag. <paramref name="Code"/> is how addresses spell it.</summary>
public sealed record FeedLabel(string Name, string? Code = null);
