using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Localization;

/// <summary>What the pages themselves say, in one language.</summary>
public sealed class Words : LocalizedTexts<Words>
{
    /// <summary>The language's own name.</summary>
    public string Name => Text();

    public string Skip => Text();
    public string Categories => Text();
    public string Editions => Text();
    public string LeadStories => Text();
    public string NewsLine => Text();
    public string AllNews => Text();
    public string Newer => Text();
    public string Older => Text();
    public string Pages => Text();
    public string Breaking => Text();
    public string Video => Text();
    public string Photos => Text();
    public string Picture => Text();
    public string Source => Text();
    public string Updated => Text();
    public string Update => Text();
    public string Correction => Text();
    public string Featured => Text();
    public string Related => Text();
    public string MostRead => Text();
    public string Keywords => Text();
    public string Translations => Text();
    public string JustIn => Text();
    public string Nothing => Text();
    public string Busy => Text();
    public string BusyWhy => Text();
    public string Missing => Text();
    public string MissingWhy => Text();
    public string Withdrawn => Text();
    public string Home => Text();
    public string Search => Text();
    public string SearchGo => Text();
    public string SearchMore => Text();
    public string SearchNothing => Text();
    public string SearchRefused => Text();
    public string SearchSuggestions => Text();
    public string Notify => Text();
    public string NotifyStop => Text();
    public string NotifyTitle => Text();
    public string NotifyBreaking => Text();
    public string NotifyQuiet => Text();
    public string NotifyFrom => Text();
    public string NotifyTo => Text();
    public string NotifyOn => Text();
    public string NotifyCancel => Text();
    public string NotifyBlocked => Text();
    public string NotifyFailed => Text();

    /// <summary>What the portal is, for search engines and who shares its address; {0} is its name.</summary>
    public string About => Text();

    public string? Badge(string code) =>
        code switch
        {
            "video" => Video,
            "photos" => Photos,
            _ => null,
        };
}
