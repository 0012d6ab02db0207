using System.Globalization;
using System.Xml.Linq;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Localization;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>The whole of a story as HTML that stands alone: what its page shows, without the page.</summary>
static class StoryHtml
{
    public static string Of(Story story, Medium? picture, IReadOnlyList<Medium> media, PortalOptions portal)
    {
        var words = Words.Of(story.Item.Language);
        return string.Concat([
            .. Blocks([picture is null ? null : Figure(picture), story.Dateline is { } place ? new XElement("p", place) : null]),
            story.CleanWhole(portal),
            .. Blocks(media.Select(Figure)),
            .. Blocks([story.Rights is { } rights ? new XElement("p", new XElement("small", rights)) : null]),
            .. Blocks(
                story.Notes.Select(note => new XElement(
                    "p",
                    new XElement("strong", note.Kind == "correction" ? words.Correction : words.Update),
                    $" ({portal.Day(note.At)} {portal.Minute(note.At)}): ",
                    note.Text
                ))
            ),
        ]);
    }

    static IEnumerable<string> Blocks(IEnumerable<XElement?> blocks) =>
        blocks
            .OfType<XElement>()
            .Select(block =>
            {
                foreach (var text in block.DescendantNodes().OfType<XText>().ToList())
                {
                    text.Value = Entries.Xml(text.Value);
                }
                return block.ToString(SaveOptions.DisableFormatting);
            });

    static XElement Figure(Medium medium)
    {
        var item = medium.Item;
        var shown = item.Type switch
        {
            MediaType.Video => new XElement("video", new XAttribute("src", medium.Url), new XAttribute("controls", ""), ""),
            MediaType.Audio => new XElement("audio", new XAttribute("src", medium.Url), new XAttribute("controls", ""), ""),
            _ => new XElement(
                "img",
                new XAttribute("src", medium.Url),
                new XAttribute("alt", item.Alt),
                Size("width", item.Width),
                Size("height", item.Height)
            ),
        };
        var says = string.Join(" · ", new[] { item.Caption, item.Credit }.Where(text => !string.IsNullOrEmpty(text)));
        return new XElement("figure", shown, says.Length == 0 ? null : new XElement("figcaption", says));
    }

    static XAttribute? Size(string name, int? pixels) =>
        pixels is { } value ? new(name, value.ToString(CultureInfo.InvariantCulture)) : null;
}
