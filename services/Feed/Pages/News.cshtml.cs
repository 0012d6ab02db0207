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

    public override string? Category => Name == LineConstraint.All ? null : Name;
    public override string Title => Category is null ? Words.AllNews : Portal.CategoryName(Category, Language);
    public string Address => $"/{Language}/{Name}";
    public override string? Canonical => Newest ? Address : null;
    public override IReadOnlyDictionary<string, string> Alternates => InEveryEdition($"/{Name}");

    public async Task OnGetAsync([FromQuery] string? after, [FromQuery] string? before, CancellationToken ct)
    {
        var line = new Line(Language, Category);
        var (older, newer) = (Place("after", after, line), Place("before", before, line));
        Shown = await lines.ReadAsync(line, new(Line.DefaultLimit, older, older is null ? newer : null), ct);
        Newest = older is null && Shown.Previous is null;
        if (Newest && newer is not null)
        {
            // Back at the top there is a whole page, not only the few that are newer than where the reader was.
            Shown = await lines.ReadAsync(line, new(Line.DefaultLimit), ct);
        }
    }

    // A reader whose address has suffered gets the newest news, not a lecture.
    static Cursor? Place(string name, string? text, Line line)
    {
        try
        {
            return text is null ? null : Cursor.Decode(name, text, line.Name);
        }
        catch (Refusal)
        {
            return null;
        }
    }
}
