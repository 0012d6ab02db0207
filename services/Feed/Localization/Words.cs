using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace NewsPlatform.Feed.Localization;

/// <summary>
/// What the pages themselves say, in one language. The texts lie in <c>Words.resx</c> (English) and <c>Words.{language}.resx</c>, under the
/// names of these members; they are read once, not at each request.
/// </summary>
public sealed class Words
{
    static readonly string[] languages = ["en", "az", "ru", "tr"];

    static readonly FrozenDictionary<string, Words> all = Read();

    readonly FrozenDictionary<string, string> texts;

    Words(IEnumerable<LocalizedString> texts) => this.texts = texts.ToFrozenDictionary(text => text.Name, text => text.Value);

    public static IReadOnlyList<string> Languages => languages;

    /// <summary>The names of all texts that the language's own file has.</summary>
    public IEnumerable<string> Names => texts.Keys;

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

    /// <summary>An edition whose language is not among these speaks English around its news.</summary>
    public static Words Of(string language) => all.GetValueOrDefault(language, all["en"]);

    string Text([CallerMemberName] string name = "") => texts[name];

    static FrozenDictionary<string, Words> Read()
    {
        var localizer = new ResourceManagerStringLocalizerFactory(
            Options.Create(new LocalizationOptions()),
            NullLoggerFactory.Instance
        ).Create(typeof(Words));
        var before = CultureInfo.CurrentUICulture;
        try
        {
            return languages.ToFrozenDictionary(
                language => language,
                language =>
                {
                    // A localizer knows no other way to be told a language.
                    CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
                    return new Words(localizer.GetAllStrings(includeParentCultures: language == "en"));
                }
            );
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
