using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// What is said to people besides the news, in one language. The texts lie beside the class, in <c>{Class}.resx</c> (English) and
/// <c>{Class}.{language}.resx</c>, under the names of its members; they are read once, not each time.
/// </summary>
public abstract class LocalizedTexts<TTexts>
    where TTexts : LocalizedTexts<TTexts>, new()
{
    static readonly string[] languages = ["en", "az", "ru", "tr"];

    static readonly FrozenDictionary<string, TTexts> all = Read();

    FrozenDictionary<string, string> texts = FrozenDictionary<string, string>.Empty;

#pragma warning disable CA1000 // They belong to the class that names itself as the type.
    public static IReadOnlyList<string> Languages => languages;

    /// <summary>A language that is not among these speaks English around its news.</summary>
    public static TTexts Of(string language) => all.GetValueOrDefault(language, all["en"]);
#pragma warning restore CA1000

    /// <summary>The names of all texts that the language's own file has.</summary>
    public IEnumerable<string> Names => texts.Keys;

    /// <param name="name">The member that asks.</param>
    protected string Text([CallerMemberName] string name = "") => texts[name];

    /// <summary>A text with a place for a value.</summary>
    protected string Text(string name, string value) => string.Format(CultureInfo.InvariantCulture, texts[name], value);

    static FrozenDictionary<string, TTexts> Read()
    {
        var localizer = new ResourceManagerStringLocalizerFactory(
            Options.Create(new LocalizationOptions()),
            NullLoggerFactory.Instance
        ).Create(typeof(TTexts));
        var before = CultureInfo.CurrentUICulture;
        try
        {
            return languages.ToFrozenDictionary(
                language => language,
                language =>
                {
                    // A localizer knows no other way to be told a language.
                    CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
                    var found = localizer.GetAllStrings(includeParentCultures: language == "en");
                    return new TTexts { texts = found.ToFrozenDictionary(text => text.Name, text => text.Value) };
                }
            );
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
