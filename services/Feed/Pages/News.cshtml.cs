using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Feed.Lines;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>All news of an edition or those of a category, page by page.</summary>
public sealed class NewsModel(PortalOptions portal, LinePages lines) : EditionPage(portal)
{
    string Name => (string)RouteData.Values["line"]!;

    public LinePage Shown { get; private set; } = new() { Items = [] };

    /// <summary>Whether this is the newest page, the one that goes on.</summary>
    public bool Newest { get; private set; }

    public override string? Category => LineOf(Language, Name).Category;
    public override string Title => Category is null ? Words.AllNews : Portal.CategoryName(Category, Language);
    public string Address => $"/{Language}/{Name}";
    public override string? Canonical => Newest ? Address : null;
    public override IReadOnlyDictionary<string, string> Alternates => InEveryEdition($"/{Name}");

    public async Task OnGetAsync([FromQuery] string? after, [FromQuery] string? before, CancellationToken ct)
    {
        var line = LineOf(Language, Name);
        var page = SectionOf(line, after, before);
        Shown = await lines.ReadAsync(line, page, ct);
        Newest = page.After is null && Shown.Previous is null;
        if (Newest && page.Before is not null)
        {
            // Back at the top there is a whole page, not only the few that are newer than where the reader was.
            Shown = await lines.ReadAsync(line, new(Line.DefaultLimit), ct);
        }
    }

    public static Line LineOf(string language, string name) => new(language, name == LineConstraint.All ? null : name);

    /// <summary>The part of the line that the page shows.</summary>
    public static PageRequest SectionOf(Line line, string? after, string? before)
    {
        var older = Place("after", after, line);
        return new(Line.DefaultLimit, older, older is null ? Place("before", before, line) : null);
    }

    // A reader whose address has suffered gets the newest news, not a lecture.
    static Cursor? Place(string name, string? text, Line line)
    {
        try
        {
            return text is null ? null : Cursor.Decode(name, text, line.Name);
        }
        catch (ProblemException)
        {
            return null;
        }
    }
}
