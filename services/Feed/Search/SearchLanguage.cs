namespace NewsPlatform.Feed.Search;

/// <summary>
/// How PostgreSQL reads a language: the text search configuration that it has from version 15 on, or else one that takes every word as it
/// stands.
/// </summary>
public static class SearchLanguage
{
    public const string WordByWord = "simple";

    static readonly Dictionary<string, string> configurations = new()
    {
        ["ar"] = "arabic",
        ["ca"] = "catalan",
        ["da"] = "danish",
        ["de"] = "german",
        ["el"] = "greek",
        ["en"] = "english",
        ["es"] = "spanish",
        ["eu"] = "basque",
        ["fi"] = "finnish",
        ["fr"] = "french",
        ["ga"] = "irish",
        ["hi"] = "hindi",
        ["hu"] = "hungarian",
        ["hy"] = "armenian",
        ["id"] = "indonesian",
        ["it"] = "italian",
        ["lt"] = "lithuanian",
        ["nb"] = "norwegian",
        ["ne"] = "nepali",
        ["nl"] = "dutch",
        ["nn"] = "norwegian",
        ["no"] = "norwegian",
        ["pt"] = "portuguese",
        ["ro"] = "romanian",
        ["ru"] = "russian",
        ["sr"] = "serbian",
        ["sv"] = "swedish",
        ["ta"] = "tamil",
        ["tr"] = "turkish",
        ["yi"] = "yiddish",
    };

    /// <param name="language">A BCP 47 tag, of which the primary subtag counts.</param>
    public static string Configuration(string language) => configurations.GetValueOrDefault(language.Split('-')[0], WordByWord);

    /// <summary>
    /// The SQL of a text without its accents: é is e, ş is s, ё is е, and so are ə and ı, which are letters of their own, e and i. Only й
    /// stays, which nobody writes as и. Text stays as long as it is or gets shorter, a word never becomes none, and quotes and backslashes
    /// come from nowhere, so that it may be done to the text of a tsvector or a tsquery, after the stems are cut off: a stemmer needs the
    /// accents.
    /// </summary>
    public static string Plain(string sql) =>
        $"translate(normalize(regexp_replace(normalize({sql}, NFD), '(?<![''и])[\u0300-\u036f]', '', 'g'), NFC), 'əıøłđħŧ', 'eioldht')";

    /// <summary>A word in the text of a tsquery, whatever is in it.</summary>
    public static string Quote(string lexeme) =>
        $"'{lexeme.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
}
