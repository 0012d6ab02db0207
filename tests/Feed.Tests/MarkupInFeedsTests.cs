using System.Text.Json.Nodes;
using System.Xml.Linq;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>Text that looks like markup is text to every reader, in whatever format it comes.</summary>
public sealed class MarkupInFeedsTests(FeedService service) : IClassFixture<FeedService>
{
    const string Text = "Use <b> only where a<b & c, not &lt;i&gt;";
    const string Html = "Use &lt;b&gt; only where a&lt;b &amp; c, not &amp;lt;i&amp;gt;";

    Stack Stack => service.Stack;

    async Task<PublicArticle> SendAsync(string keyword, string summary)
    {
        var article = Broker.Article($"{Text} – {keyword}", keywords: [keyword]) with { Summary = summary };
        await Stack.SendAsync(article);
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", $"keyword={keyword}");
        return article;
    }

    Task<string> ReadAsync(string feed, string keyword) =>
        Stack.Reader.GetStringAsync(new Uri($"en/{feed}?keyword={keyword}", UriKind.Relative));

    [Fact]
    public async Task A_summary_is_html_in_rss_and_text_in_atom_and_json()
    {
        await SendAsync("markup-summary", Text);
        var item = XDocument.Parse(await ReadAsync("rss.xml", "markup-summary")).Descendants("item").Single();
        Assert.Equal(Html, (string?)item.Element("description"));
        XNamespace atom = "http://www.w3.org/2005/Atom";
        var entry = XDocument.Parse(await ReadAsync("atom.xml", "markup-summary")).Descendants(atom + "entry").Single();
        Assert.Equal(
            ("text", Text),
            ((string?)entry.Element(atom + "summary")!.Attribute("type"), (string?)entry.Element(atom + "summary"))
        );
        Assert.Equal(Text, (string?)JsonNode.Parse(await ReadAsync("feed.json", "markup-summary"))!["items"]![0]!["summary"]);
    }

    [Fact]
    public async Task Where_there_is_no_summary_the_headline_stands_for_it_as_html()
    {
        var article = await SendAsync("markup-headline", "");
        var item = XDocument.Parse(await ReadAsync("rss.xml", "markup-headline")).Descendants("item").Single();
        Assert.Equal($"{Html} – markup-headline", (string?)item.Element("description"));
        Assert.Equal(article.Headline, (string?)item.Element("title"));
    }

    [Theory]
    [InlineData("feedparser")]
    [InlineData("feedsmith")]
    [InlineData("rowanmanning")]
    public async Task A_foreign_reader_of_rss_shows_the_four_characters_of_a_tag(string parser)
    {
        await SendAsync($"markup-{parser}", Text);
        var rss = await ReadAsync("rss.xml", $"markup-{parser}");
        string said;
        if (parser == "feedparser")
        {
            Assert.SkipUnless(File.Exists("/usr/lib/python3/dist-packages/feedparser/__init__.py"), "python3-feedparser is not installed");
            said = await Tool.RunAsync("/usr/bin/python3", Node.Folder, rss, "feeds.py");
        }
        else
        {
            Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
            said = await Node.RunAsync(rss, "feeds.js", parser);
        }
        var html = (string)JsonNode.Parse(said)!["items"]![0]!["summary"]!;
        if (parser == "rowanmanning")
        {
            // Makes text of it by itself.
            Assert.Equal(Text, html);
            return;
        }
        using var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(html);
        Assert.Equal(Text, document.Body!.TextContent);
        Assert.Empty(document.Body.Children);
    }
}
