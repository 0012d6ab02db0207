using System.Text;
using System.Xml.Linq;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>Bytes of an XML document that are no letter of its encoding: what stands for them, and what they may have broken.</summary>
static class BadBytes
{
    /// <summary>Stands for a byte that is no letter: the last of the characters that are for private use, which no text has.</summary>
    public const string NoLetter = "\U0010FFFD";

    /// <summary>Each in every spelling that one bad byte makes of it.</summary>
    public static readonly string[] EndsOfCData = Ends("]]>"),
        EndsOfComments = Ends("-->");

    /// <summary>That, and what one bad byte makes of it.</summary>
    static string[] Ends(string end) => [end, .. Enumerable.Range(0, end.Length).Select(i => end.Remove(i, 1).Insert(i, NoLetter))];

    /// <summary>
    /// What to say of an item that has a byte which is no letter: whatever a reader guessed of it would not be what its author wrote.
    /// </summary>
    public static string? Fault(XElement item, Encoding encoding)
    {
        foreach (var element in item.DescendantsAndSelf())
        {
            var said = element
                .Attributes()
                .Select(a => a.Value)
                .Concat(element.Nodes().OfType<XText>().Select(t => t.Value))
                .FirstOrDefault(value => value.Contains(NoLetter, StringComparison.Ordinal));
            if (said is not null)
            {
                var at = said.IndexOf(NoLetter, StringComparison.Ordinal);
                var around = Html.Text(Shown(said[Math.Max(0, at - 20)..Math.Min(said.Length, at + 20)]));
                var name = encoding is UTF8Encoding ? "UTF-8" : encoding.WebName;
                return $"'{around}' in its {element.Name.LocalName} has a byte that is no letter in {name}; correct it there, "
                    + "or say the encoding that the file is in";
            }
        }
        return null;
    }

    /// <summary>Whether such a byte stands where the text was to end, so that it went on into what follows.</summary>
    public static bool RanOn(string text) =>
        Array.Exists(EndsOfCData, end => end.Length > 3 && text.Contains(end, StringComparison.Ordinal));

    /// <summary>As others show what they could not read.</summary>
    public static string Shown(string text) => text.Replace(NoLetter, "\uFFFD", StringComparison.Ordinal);

    /// <summary>Where the first of them is, and how long it is; -1 where none is.</summary>
    public static (int At, int Length) First(ReadOnlySpan<char> text, string[] ends)
    {
        var (first, length) = (-1, 0);
        foreach (var end in ends)
        {
            var at = (first < 0 ? text : text[..Math.Min(text.Length, first + end.Length)]).IndexOf(end);
            (first, length) = at >= 0 && (first < 0 || at < first) ? (at, end.Length) : (first, length);
        }
        return (first, length);
    }
}
