using System.Globalization;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>What notifications say besides the news, in one language.</summary>
public sealed class PushWords : LocalizedTexts<PushWords>
{
    public string Breaking => Text();
    public string Correction => Text();
    public string Update => Text();
    public string Withdrawn => Text();
    public string Read => Text();
    public string Stop => Text();

    /// <summary>How many stories waited.</summary>
    /// <param name="more">There were more than that.</param>
    public string Digest(int count, bool more) =>
        more
            ? Text("DigestMore", $"{count}")
            : Text(Form(count), Numbers.ElementAtOrDefault(count) ?? count.ToString(CultureInfo.InvariantCulture));

    /// <summary>The first numbers in words, where the language begins a sentence with them.</summary>
    string[] Numbers => Text().Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// The form of the noun by CLDR's rules of plurals, which are Russian's; of languages that need fewer, the texts are the same.
    /// </summary>
    static string Form(int count) =>
        (count % 10, count % 100) switch
        {
            (1, not 11) => "DigestOne",
            (2 or 3 or 4, not (12 or 13 or 14)) => "DigestFew",
            _ => "DigestMany",
        };
}
