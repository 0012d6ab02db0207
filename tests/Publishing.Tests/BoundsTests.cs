using System.Text;
using CsCheck;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What expands is bounded before the work is done; the work is counted in elements, cells and bytes.</summary>
public sealed class BoundsTests
{
    internal static PortalOptions Portal { get; } =
        new()
        {
            TimeZone = "Asia/Baku",
            Languages = ["en", "az", "ru", "tr"],
            Categories =
            [
                new() { Code = "general" },
                new()
                {
                    Code = "politics",
                    Names = new()
                    {
                        ["en"] = "Politics",
                        ["az"] = "Siyasət",
                        ["tr"] = "Siyaset",
                    },
                },
                new()
                {
                    Code = "world",
                    Names = new() { ["en"] = "World" },
                },
                new()
                {
                    Code = "economy",
                    Names = new()
                    {
                        ["en"] = "Economy",
                        ["az"] = "İqtisadiyyat",
                        ["tr"] = "Ekonomi",
                    },
                },
                new()
                {
                    Code = "sport",
                    Names = new() { ["en"] = "Sport", ["az"] = "İdman" },
                },
                new()
                {
                    Code = "culture",
                    Names = new()
                    {
                        ["en"] = "Culture",
                        ["az"] = "Mədəniyyət",
                        ["ru"] = "Культура",
                    },
                },
            ],
        };

    static readonly CopyRules rules = new(Portal);

    static string Times(string piece, int times) => new StringBuilder().Insert(0, piece, times).ToString();

    static string Numbered(int times, Func<int, string> piece) => string.Concat(Enumerable.Range(0, times).Select(piece));

    public static TheoryData<string, string, string> Html { get; } =
        new()
        {
            {
                "what is left open, and repeated in each paragraph",
                "<p>" + Numbered(90, i => $"<b title={i}>") + Times("</p><p>x", 2_000),
                "elements at most"
            },
            { "paragraphs without end", Times("<p>x", 100_000), "elements at most" },
            { "stray end tags between texts", new string('x', 700_000) + Times("</i>a", 50_000), "stray tags" },
            {
                "rows that break off what is moved out of their table",
                "<table>" + new string('x', 700_000) + Times("x<tr>", 15_000),
                "stray tags"
            },
            { "tags that mean nothing where they stand", new string('x', 700_000) + Times("<col>x", 15_000), "stray tags" },
            { "what stands in a table and in no cell", "<table>" + Times("<b>x</b>", 15_000), "in no cell" },
            { "divisions within each other", Times("<div>", 200_000), "within each other" },
            { "drawings within each other", "<svg>" + Times("<g>", 200_000), "within each other" },
            { "cells that open what they do not close", Times("<table><td><b title=1>", 40_000), "within each other" },
            {
                "a long address in what is left open",
                "<p><a href='" + new string('x', 100_000) + "'>" + Times("</p><p>x", 5_000),
                "attributes"
            },
            { "characters that are longer when they are written", Times("&", 400_000), "bytes of clean HTML" },
            { "comments", Times("<!-- -->", 100_000), "comments" },
            { "lines that each need a break", "<h2>" + Times("<div>x</div>y", 19_000), "elements at most" },
            { "rows in no table", Times("<tr><td>x", 60_000), "elements at most" },
        };

    [Theory]
    [MemberData(nameof(Html))]
    public void HTML_that_asks_for_more_than_it_is_worth_is_refused_by_the_rule_that_it_breaks(string what, string html, string rule)
    {
        var problem = Assert.Throws<ProblemException>(() =>
            new CopyRequest
            {
                Headline = what,
                Category = "world",
                Language = "en",
                Body = html,
            }.ToCopy(rules)
        );
        Assert.Equal(422, problem.Status);
        Assert.Contains(rule, Assert.Single(Errors(problem)["body"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_parser_makes_no_more_elements_than_a_body_may_have_whatever_is_left_open()
    {
        for (var open = 10; open <= 90; open += 20)
        {
            var html = "<p>" + Numbered(open, i => $"<b title={i}>") + Times("</p><p>x", 20_000 / open);
            try
            {
                using var document = BoundedHtml.Parse(html, out var made);
                Assert.InRange(made, 0, BoundedHtml.MaxElements);
                Assert.InRange(BoundedHtml.Below(document.Body!).Count(), 0, 2 * BoundedHtml.MaxElements + 1);
            }
            catch (HtmlBoundExceeded fault)
            {
                Assert.Contains($"{BoundedHtml.MaxElements} elements", fault.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_hundred_thousand_attributes_that_nothing_may_have_are_never_made()
    {
        using var document = BoundedHtml.Parse("<p " + Numbered(100_000, i => $"a{i} ") + "title=t>x</p>");
        Assert.Equal(["title"], document.Body!.FirstElementChild!.Attributes.Select(a => a.Name));
    }

    static readonly string[] tags = (
        "p b i a em strong div span table tr td th tbody caption ul ol li h1 h2 h3 blockquote figure "
        + "figcaption img br iframe video script style template noscript select option "
        + "button form input svg math title textarea body html head pre nobr font object frameset plaintext "
        + "address dl dt dd section fieldset legend details summary hr menu sup sub code xmp center h5"
    ).Split(' ');

    static readonly string[] texts =
    [
        "x",
        " ",
        "\n",
        "&amp;",
        "&lt;",
        "&nbsp;",
        "<",
        "&",
        "ə",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "\"",
        "'",
        "=",
    ];

    static readonly Gen<string> anyHtml = Gen.Int[0, tags.Length - 1]
        .Select(Gen.Int[0, 5], (tag, form) => form switch
            {
                0 => $"</{tags[tag]}>",
                1 => $"<{tags[tag]} title=\"<&>\" href='/x y' src=//e.example/a>",
                2 => $"<{tags[tag]}/>",
                3 => texts[tag % texts.Length],
                _ => $"<{tags[tag]}>",
            })
        .List[0, 60]
        .Select(string.Concat);

    [Fact]
    public void Whatever_is_cleaned_has_no_more_than_it_may_and_is_the_same_when_it_is_cleaned_again() =>
        anyHtml.Sample(
            html =>
            {
                var (clean, fault) = CleanHtml.Try(html);
                Assert.True(clean is null != fault is null);
                if (clean is not null)
                {
                    Assert.InRange(Encoding.UTF8.GetByteCount(clean), 0, CleanHtml.MaxBytes);
                    Assert.Equal((clean, null), CleanHtml.Try(clean));
                    using var document = BoundedHtml.Parse(clean, out var made);
                    Assert.InRange(made, 0, BoundedHtml.MaxElements);
                }
            },
            iter: 3_000,
            threads: 1
        );

    static readonly string[] elements = (
        "p br h2 h3 h4 blockquote ul ol li figure figcaption img table caption thead tbody tfoot tr th td a "
        + "em strong iframe video audio pre sub sup code"
    ).Split(' ');

    static readonly string[] attributes =
        "href src alt width height colspan rowspan scope lang dir title poster rel loading referrerpolicy sandbox controls preload".Split(
            ' '
        );

    static readonly Gen<string> hostileHtml = Gen.Int[0, tags.Length - 1]
        .Select(Gen.Int[0, 6], (tag, form) => form switch
            {
                0 => $"</{tags[tag]}>",
                1 => $"<{tags[tag]} onclick=x() style=a:b id=x src='javascript:x()' href=\"java\nscript:x()\">",
                2 => $"<{tags[tag]} title='<script>x()</script>' href=data:text/html,x src=//www.youtube.com/embed/x>",
                3 => texts[tag % texts.Length],
                4 => "<script>x()</script>",
                _ => $"<{tags[tag]}>",
            })
        .List[0, 60]
        .Select(string.Concat);

    [Fact]
    public void Whatever_is_cleaned_holds_only_what_the_list_has() =>
        hostileHtml.Sample(
            html =>
            {
                using var document = BoundedHtml.Parse(CleanHtml.Of(html, html.Length % 2 == 0 ? "" : "https://portal.example"));
                foreach (var element in document.Body!.QuerySelectorAll("*"))
                {
                    Assert.Contains(element.LocalName, elements);
                    Assert.All(element.Attributes, a => Assert.Contains(a.Name, attributes));
                    foreach (var address in new[] { "href", "src", "poster" }.Select(element.GetAttribute).OfType<string>())
                    {
                        Assert.True(
                            !Uri.TryCreate(address, UriKind.Absolute, out var absolute)
                                || absolute.Scheme is "https" or "http" or "file" && !address.StartsWith("file", StringComparison.Ordinal),
                            address
                        );
                        Assert.DoesNotContain("script:", address, StringComparison.OrdinalIgnoreCase);
                    }
                }
            },
            iter: 3_000,
            threads: 1
        );

    [Fact]
    public void A_large_honest_article_passes_whole()
    {
        var html =
            Numbered(5_000, i =>
                $"<p>{i} {Times("söz ", 30)}{(i % 17 == 0 ? $"<a href=\"https://example.org/{i}\">more</a>" : "<em>so</em>")}</p>"
            )
            + "<table>"
            + Times("<tr>" + Times("<td>1</td>", 10) + "</tr>", 500)
            + "</table>";
        Assert.InRange(Encoding.UTF8.GetByteCount(html), 800_000, CleanHtml.MaxBytes);
        var body = Copy(html).Body;
        Assert.Equal((5_000, 5_000, 295), (body.Split("<p>").Length - 1, body.Split("<td>").Length - 1, body.Split("<a ").Length - 1));
        Assert.Equal(body, CleanHtml.Of(body));
    }

    [Fact]
    public void A_large_honest_article_in_Markdown_passes_whole()
    {
        var markdown =
            "|a|b|c|d|e|f|g|h|i|j|\n|-|-|-|-|-|-|-|-|-|-|\n"
            + Times("|1|2|3|4|5|6|7|8|9|0|\n", 500)
            + Numbered(3_000, i => $"\n{Times("söz *belə* ", 8)}[{i}](https://example.org/{i})\n");
        var (html, fault) = MarkdownBody.Try(markdown);
        Assert.Null(fault);
        Assert.Equal((5_000, 3_000), (html!.Split("<td>").Length - 1, html.Split("<a ").Length - 1));
    }

    public static TheoryData<string, string> Markdown { get; } =
        new()
        {
            { Times("a|", 3_000) + "\n" + Times("-|", 3_000) + "\n" + Times("|\n", 6_000), "cells of tables" },
            { "a|b\n-|-\n" + Times("*a|b\n", 4_000), "brackets, stars" },
            { Times("[a](", 10_000), "brackets, stars" },
            { Times("[a][", 10_000), "brackets, stars" },
            { Times("![[]()", 10_000), "brackets, stars" },
            { Times("[", 10_000) + "a" + Times("]", 10_000), "brackets, stars" },
            { Times("*a **a ", 10_000), "brackets, stars" },
            { "a " + Times("<!A ", 10_000), "brackets, stars" },
            { Numbered(700, i => "e" + new string('`', i)), "brackets, stars" },
            { Numbered(10_000, i => $"[a{i}]: b\n"), "brackets, stars" },
            { Times("> ", 5_000) + "a", "quotes and lists" },
            { Times("- ", 5_000) + "a", "quotes and lists" },
            { Times("1. ", 5_000) + "a", "quotes and lists" },
            { Times("> - ", 5_000) + "a", "quotes and lists" },
            { Numbered(400, i => new string(' ', 2 * i) + "- a\n"), "quotes and lists" },
            { Times("a\n=\n", 30_000), "lines at most" },
            { "[a]: " + new string('b', 1_000) + "\n" + Times("\n\n[a] [a] [a]", 1_000), "bytes of clean HTML" },
        };

    [Theory]
    [MemberData(nameof(Markdown))]
    public void Markdown_that_asks_for_more_than_it_is_worth_is_refused_by_the_rule_that_it_breaks(string markdown, string rule)
    {
        var problem = Assert.Throws<ProblemException>(() =>
            new CopyRequest
            {
                Headline = "h",
                Category = "world",
                Language = "en",
                Markdown = markdown,
            }.ToCopy(rules)
        );
        Assert.Contains(rule, Assert.Single(Errors(problem)["markdown"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_with_too_much_in_it_is_one_fault_and_not_one_for_each()
    {
        var problem = Assert.Throws<ProblemException>(() =>
            new CopyRequest
            {
                Headline = "h",
                Category = "world",
                Language = "en",
                Keywords = Enumerable.Repeat("", 100_000).ToArray(),
            }.ToCopy(rules)
        );
        Assert.Equal("keywords", Assert.Single(Errors(problem)).Key);
        var items = Enumerable
            .Repeat(
                new Contracts.MediaItem
                {
                    Type = Contracts.MediaType.Picture,
                    Alt = "",
                    Url = "no address",
                    Width = 0,
                    Height = 0,
                },
                100
            )
            .ToArray();
        problem = Assert.Throws<ProblemException>(() =>
            new CopyRequest
            {
                Headline = "h",
                Category = "world",
                Language = "en",
                Media = new() { Items = items },
            }.ToCopy(rules)
        );
        Assert.InRange(Errors(problem).Sum(e => e.Value.Length), 1, CopyRules.MaxErrors);
    }

    [Fact]
    public void Masking_a_name_that_is_said_a_hundred_thousand_times_replaces_every_one()
    {
        var masking = Masking.Of(new MaskRequest(null, "Al", "B.", null));
        var body = (string)
            masking.Of(
                System.Text.Json.Nodes.JsonNode.Parse(
                    System.Text.Json.JsonSerializer.Serialize(new { body = "<p>" + Times("Al <em>A</em>l ", 40_000) + "</p>" })
                )
            )!["body"]!;
        Assert.Equal("<p>" + Times("B. <em>B.</em> ", 40_000) + "</p>", body);
    }

    [Fact]
    public void Masking_that_would_make_a_body_too_long_is_refused_by_name()
    {
        var masking = Masking.Of(new MaskRequest(null, "Al", new string('b', 200), null));
        var problem = Assert.Throws<ProblemException>(() =>
            masking.Of(System.Text.Json.Nodes.JsonNode.Parse("{\"body\":\"" + Times("Al ", 300_000) + "\"}"))
        );
        Assert.True(Errors(problem).ContainsKey("replacement"), problem.Message);
    }

    static Copy Copy(string body) =>
        new CopyRequest
        {
            Headline = "h",
            Category = "world",
            Language = "en",
            Body = body,
        }.ToCopy(rules);

    static IDictionary<string, string[]> Errors(ProblemException problem) => (IDictionary<string, string[]>)problem.Members["errors"]!;
}
