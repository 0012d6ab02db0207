using NewsPlatform.Contracts;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Reads;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>An edition's front page: the lead stories, the news line, and what else it holds by category.</summary>
public sealed class FrontModel(PortalOptions portal, LinePages lines, Rankings rankings) : EditionPage(portal)
{
    const int LeadCount = 5;
    const int SectionLength = 4;

    public IReadOnlyList<LineItem> Items { get; private set; } = [];

    /// <summary>The newest that have a picture, the most urgent of them first.</summary>
    public IReadOnlyList<LineItem> Leads { get; private set; } = [];

    /// <summary>The rest of the line by category, in the portal's order.</summary>
    public IReadOnlyList<(string Category, IReadOnlyList<LineItem> Items)> Sections { get; private set; } = [];

    public IReadOnlyList<LineItem> MostRead { get; private set; } = [];

    public override string Canonical => $"/{Language}";
    public override IReadOnlyDictionary<string, string> Alternates => InEveryEdition("");

    public async Task OnGetAsync(CancellationToken ct)
    {
        Items = (await lines.ReadAsync(new(Language), new(Line.DefaultLimit), ct)).Items;
        var newest = Items.OrderByDescending(i => i.Media.Picture is not null).Take(LeadCount).ToList();
        var first = newest.MinBy(i => i.Urgency);
        Leads = [.. newest.OrderByDescending(i => i == first)];
        Sections =
        [
            .. Portal
                .CategoryCodes.Select(c =>
                    (c, (IReadOnlyList<LineItem>)[.. Items.Where(i => i.Category == c).Except(Leads).Take(SectionLength)])
                )
                .Where(s => s.Item2.Count > 0),
        ];
        MostRead = await rankings.OfEditionAsync(Language, ct);
    }
}
