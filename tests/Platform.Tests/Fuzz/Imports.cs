using System.Text;
using static NewsPlatform.Platform.Tests.Fuzz.Oddities;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>What is sent to be imported, right and odd.</summary>
public static class Imports
{
    const string Rss =
        """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://example.org/</link>"""
        + """<language>en</language><item><guid>odd-1</guid><title>Odd</title><link>https://example.org/1</link>"""
        + """<description>D</description><category>world</category>"""
        + """<pubDate>Tue, 24 Nov 2026 09:30:00 GMT</pubDate></item></channel></rss>""";
    const string Atom =
        """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title>"""
        + """<id>urn:x</id><entry><id>urn:odd</id><title>Odd</title><updated>2026-11-24T09:30:00Z</updated>"""
        + """<content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry></feed>""";

    public static readonly (string? Kind, string Type, string Text)[] Right =
    [
        (
            "NDJSON",
            "application/x-ndjson",
            """{"id":"0198a6b4-3f11-7a60-8a55-5f0c7a9d2e99","headline":"Odd","category":"world","language":"en","body":"<p>"""
                + """x</p>","keywords":["odd"],"publishedAt":"2026-11-24T09:30:00Z","updatedAt":"2026-11-24T"""
                + """09:30:00Z","media":{"badges":["video"],"items":[]}}"""
        ),
        ("RSS", "application/rss+xml", Rss),
        ("Atom", "application/atom+xml", Atom),
        ("XML", "text/xml", Rss),
        (
            "JSON Feed",
            "application/feed+json",
            """{"version":"https://jsonfeed.org/version/1.1","title":"T","language":"en","items":[{"id":"odd","title":"Odd","""
                + """ "content_html":"<p>x</p>","date_published":"2026-11-24T09:30:00Z","tags":["world"]}]}"""
        ),
        ("page", "text/plain", "Odd\n\nSport 09:30 24.11.2026\n\nA paragraph.\n\n09:31 24.11.2026\nOther\n"),
    ];

    static readonly (string Name, Func<string> Text)[] documents =
    [
        ("a document type", () => "<!DOCTYPE rss [<!ENTITY a \"b\">]><rss><channel><item><title>&a;</title></item></channel></rss>"),
        ("entities of entities", () =>
            "<!DOCTYPE r [<!ENTITY a0 \"x\">"
            + string.Concat(Enumerable.Range(1, 20).Select(i => $"<!ENTITY a{i} \"&a{i - 1};&a{i - 1};\">"))
            + "]><rss>&a20;</rss>"
        ),
        ("deep elements", () => $"<rss><channel><item><title>{Many("<a>", 20_000)}"),
        ("many attributes", () => $"<rss {string.Join(' ', Enumerable.Range(0, 20_000).Select(i => $"a{i}=\"1\""))}/>"),
        ("a long attribute", () => $"<rss a=\"{Many("a", 1 << 20)}\"/>"),
        ("many items without anything", () => $"<rss><channel>{Many("<item/>", 5000)}</channel></rss>"),
        ("namespaces", () => $"<rss {string.Join(' ', Enumerable.Range(0, 2000).Select(i => $"xmlns:a{i}=\"u{i}\""))}><channel/></rss>"),
        ("an encoding that is not so", () => "<?xml version=\"1.0\" encoding=\"utf-16\"?><rss/>"),
        ("an unknown encoding", () => "<?xml version=\"1.0\" encoding=\"odd\"?><rss/>"),
        ("a NUL in XML", () => "<rss><channel><item><title>a&#0;b</title></item></channel></rss>"),
        ("a comment without end", () => $"<!-- {Many("-", 100_000)}"),
        ("another root", () => "<odd xmlns=\"urn:odd\"><a/></odd>"),
        ("half an item", () => Rss[..300]),
        ("odd dates", () => Rss.Replace("24 Nov 2026", "99 Odd 99999", StringComparison.Ordinal)),
        ("no title", () => Rss.Replace("<title>Odd</title>", "", StringComparison.Ordinal)),
        ("markup in a title", () => Rss.Replace("Odd", "&lt;script&gt;", StringComparison.Ordinal)),
        ("many odd lines", () => Many("{}\n", 3000)),
        ("many empty lines", () => Many("\n", 100_000)),
        ("a line without end", () => $"{{\"headline\":\"{Many("a", 3 << 20)}"),
        ("lines of no JSON", () => "odd\n[1]\n\"x\"\nnull\n{\"headline\":1}\n"),
        ("two articles on a line", () => "{}{}\n"),
        ("a line of odd bytes", () => "\u0000\u0001\ud7ff\n"),
        ("items within items", () => $"{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":{Many("[{\"items\":", 2000)}1"),
        ("items that are none", () => "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[1,null,\"x\",[],{}]}"),
        ("no items", () => "{\"version\":\"https://jsonfeed.org/version/1.1\"}"),
        ("a page without anything", () => "\n\n\n"),
        ("a page of one long line", () => Many("a ", 500_000)),
        ("a page of times", () => Many("09:31 24.11.2026\n", 20_000)),
        ("a page of odd times", () => Many("99:99 99.99.9999\nOdd\n", 500)),
        ("a page beyond its size", () => Many("a", 5 << 20)),
    ];

    public static IEnumerable<Mutation> Of(Operation operation) =>
        operation.Path != "/api/import"
            ? []
            : documents.Select(document => new Mutation($"import: {document.Name}", d => d.Say(Encoding.UTF8.GetBytes(document.Text()))));
}
