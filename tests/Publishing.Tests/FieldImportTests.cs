using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Import;
using NewsPlatform.Publishing.Import.Feeds;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Files as they are in the field, and as nobody would write them: what each line comes to before it is stored.</summary>
public sealed class FieldImportTests
{
    const int MaxItemBytes = 4 << 20;

    static PortalOptions Portal => BoundsTests.Portal;

    static readonly CopyRules rules = new(Portal);
    static readonly DateTimeOffset now = new(2026, 11, 30, 9, 0, 0, TimeSpan.Zero);

    internal static string File(string name) => Path.Combine(Repository.Root, "tests", "Publishing.Tests", "Imports", name);

    internal static async Task<List<ImportEntry>> ReadAsync(
        byte[] file,
        bool json,
        ILogger? log = null,
        Encoding? encoding = null,
        ImportOptions? options = null
    )
    {
        var edition = new Edition(Portal, null);
        var entries = new List<ImportEntry>();
        var lines = json
            ? JsonFeed.ReadAsync(PipeReader.Create(new MemoryStream(file)), edition, MaxItemBytes, CancellationToken.None)
            : XmlFeed.ReadAsync(
                await XmlItems.OpenAsync(new MemoryStream(file), MaxItemBytes, encoding),
                edition,
                options ?? new(),
                CancellationToken.None
            );
        await foreach (var line in lines)
        {
            entries.Add(ImportEntry.Of(line, rules, now, log ?? new Faults()));
        }
        return entries;
    }

    internal static async Task<List<ImportEntry>> FieldAsync(string name)
    {
        var faults = new Faults();
        var entries = await ReadAsync(
            await System.IO.File.ReadAllBytesAsync(File("Field/" + name)),
            name.EndsWith(".json", StringComparison.Ordinal),
            faults
        );
        Assert.Equal([], faults.Seen);
        return entries;
    }

    internal static IEnumerable<string> Headlines(IEnumerable<ImportEntry> entries) =>
        entries.Select(e => e.Article?.Copy.Headline ?? "rejected: " + e.Reason);

    [Theory]
    [InlineData("atom-enclosure-no-href.xml", 4)]
    [InlineData("entry-relative-xmlbase.xml", 3)]
    [InlineData("link-two-slashes.xml", 3)]
    [InlineData("json-surrogate-author.json", 1)]
    [InlineData("json-null-author.json", 3)]
    [InlineData("json-null-attachment.json", 3)]
    [InlineData("json-surrogate-member.json", 3)]
    [InlineData("enclosure-odd-length.xml", 5)]
    [InlineData("enclosure-bad-url.xml", 4)]
    [InlineData("raw-html-description.xml", 1)]
    [InlineData("json-nine-digits.json", 6)]
    [InlineData("wxr-many-tags.xml", 2)]
    [InlineData("atom-text-types.xml", 5)]
    [InlineData("empty-link.xml", 3)]
    public async Task What_an_import_does_not_use_is_no_reason_to_lose_an_item(string file, int articles)
    {
        var entries = await FieldAsync(file);
        Assert.All(entries, e => Assert.Null(e.Reason));
        Assert.Equal(articles, entries.Select(e => e.Article!.Id).Distinct().Count());
    }

    [Fact]
    public async Task An_item_that_cannot_be_read_is_rejected_by_its_number_and_those_around_it_go_in()
    {
        var entries = await FieldAsync("json-surrogate-id.json");
        Assert.Equal(
            ["J25b before", "rejected: id: has half of a character (a surrogate without its other half)", "J25b after"],
            Headlines(entries)
        );
    }

    [Fact]
    public void A_fault_that_no_rule_foresaw_is_that_lines_alone_and_is_logged()
    {
        var faults = new Faults();
        var entry = ImportEntry.Of(new(7, () => throw new KeyNotFoundException()), rules, now, faults);
        Assert.Equal((7, null), (entry.Line, entry.Article));
        Assert.StartsWith("item: cannot be read", entry.Reason, StringComparison.Ordinal);
        Assert.IsType<KeyNotFoundException>(Assert.Single(faults.Seen));
    }

    [Theory]
    [InlineData("xmlns:wp=\"http://wordpress.org/export/1.2/\"", "xmlns:wp=\"https://wordpress.org/export/1.2/\"", "wp:")]
    [InlineData("xmlns:wp=\"http://wordpress.org/export/1.2/\"", "xmlns:blog=\"HTTP://www.WordPress.org/export/1.1/\"", "blog:")]
    [InlineData("", "", "wp:")]
    public async Task A_WordPress_export_is_known_wherever_and_however_its_names_are_declared(
        string declared,
        string instead,
        string prefix
    )
    {
        var file = await System.IO.File.ReadAllTextAsync(File("Field/wxr-namespace-on-channel.xml"));
        file = (declared.Length == 0 ? file : file.Replace(declared, instead, StringComparison.Ordinal))
            .Replace("<wp:", "<" + prefix, StringComparison.Ordinal)
            .Replace("</wp:", "</" + prefix, StringComparison.Ordinal);
        var entries = await ReadAsync(Encoding.UTF8.GetBytes(file), json: false);
        Assert.Equal(
            [("W19 Public post", false), ("W19 Secret draft", true), ("W19 Private diary", true)],
            entries.Where(e => e.Article is not null).Select(e => (e.Article!.Copy.Headline, e.Article.Draft))
        );
        Assert.Equal(
            ["wp:post_password: a post behind a password is not imported", "wp:status: a post that is 'trash' is not imported"],
            entries.Where(e => e.Article is null).Select(e => e.Reason)
        );
    }

    [Fact]
    public async Task An_RSS_item_with_WordPress_elements_in_a_namespace_of_its_own_stays_the_draft_that_it_is()
    {
        const string file = """
            <rss version="2.0"><channel><title>t</title><link>https://e.example/</link>
            <item><title>Plain</title><guid>https://e.example/1</guid><description>x</description></item>
            <item><title>Secret</title><guid>https://e.example/2</guid><description>x</description>
            <status xmlns="http://wordpress.org/export/1.2/">draft</status>
            <p:post_type xmlns:p="http://wordpress.org/export/1.2/">post</p:post_type></item></channel></rss>
            """;
        var entries = await ReadAsync(Encoding.UTF8.GetBytes(file), json: false);
        Assert.Equal([("Plain", false), ("Secret", true)], entries.Select(e => (e.Article!.Copy.Headline, e.Article.Draft)));
    }

    [Theory]
    [InlineData("Tue, 05 Mar 2013 10:00:00 UTC", "2013-03-05T10:00:00Z")]
    [InlineData("Tue, 05 Mar 2013 10:00:00 EST", "2013-03-05T15:00:00Z")]
    [InlineData("Tue, 05 Mar 2013 10:00 GMT", "2013-03-05T10:00:00Z")]
    [InlineData("05 Mar 13 10:00 -0500", "2013-03-05T15:00:00Z")]
    [InlineData("Tue, 5 Mar 2013 10:00:00 Z", "2013-03-05T10:00:00Z")]
    [InlineData("Tue, 05 Mar 2013 10:00:00 GMT+0400", "2013-03-05T06:00:00Z")]
    [InlineData("Tues, 05 March 2013 10:00:00 +04:00", "2013-03-05T06:00:00Z")]
    [InlineData("tue, 05 mar 2013 10:00:00 gmt", "2013-03-05T10:00:00Z")]
    [InlineData("Wed, 05 Mar 2013 10:00:00 +0000", "2013-03-05T10:00:00Z")]
    [InlineData("Sat, 30 Jun 2012 23:59:60 +0000", "2012-06-30T23:59:59Z")]
    [InlineData("2013-03-05T10:00:00.826492405Z", "2013-03-05T10:00:00.8264924Z")]
    [InlineData("2013-03-05t10:00:00z", "2013-03-05T10:00:00Z")]
    [InlineData("2013-03-05 10:00:00Z", "2013-03-05T10:00:00Z")]
    [InlineData("2013-03-05T14:00+04:00", "2013-03-05T10:00:00Z")]
    [InlineData("Tue, 05 Mar 2013 10:00:00 CET", null)]
    [InlineData("Tue, 05 Mar 2013 10:00:00 AZT", null)]
    [InlineData("Tue, 05 Mar 2013 10:00:00", null)]
    [InlineData("2013-03-05 10:00:00", null)]
    [InlineData("2013-03-05", null)]
    [InlineData("03/05/2013 10:00:00", null)]
    [InlineData("Tue, 05 Mar 2013 24:00:00 +0000", null)]
    [InlineData("0001-01-01T00:00:00+14:00", null)]
    [InlineData("9999-12-31T23:59:59-14:00", null)]
    public void A_time_is_read_alike_wherever_a_feed_says_it_and_one_without_its_zone_is_refused(string said, string? utc)
    {
        if (utc is null)
        {
            Assert.Contains(
                "is no time with its zone",
                Assert.Throws<ProblemException>(() => FeedTime.Of("pubDate", said)).Message,
                StringComparison.Ordinal
            );
        }
        else
        {
            Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), FeedTime.Of("pubDate", said));
        }
    }

    [Fact]
    public async Task Addresses_are_relative_to_the_innermost_base_and_markup_that_was_not_escaped_is_kept()
    {
        var entries = await FieldAsync("xmlbase-feed.xml");
        Assert.Equal(
            ["https://cape.example/blog/two", "https://cape.example/deep/three", "https://cape.example/blog/four"],
            entries.Select(e => e.Article!.Copy.Body.Split('"')[1])
        );
        Assert.Contains(
            "https://cape.example/log/2013/03/two",
            (await FieldAsync("entry-relative-xmlbase.xml"))[1].Article!.Copy.Body,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "<p>First <strong>bold</strong> line.</p><p>Second.</p>",
            (await FieldAsync("raw-html-description.xml"))[0].Article!.Copy.Body
        );
        Assert.Equal(
            ["<p>Plain words &amp; more.</p>", "<p>Words in HTML.</p>", "<p>Only the summary.</p>", "", ""],
            (await FieldAsync("atom-text-types.xml")).Select(e => e.Article!.Copy.Body)
        );
    }

    [Fact]
    public async Task Of_many_tags_as_many_are_kept_as_an_article_may_have_and_it_is_said()
    {
        var entry = (await FieldAsync("wxr-many-tags.xml"))[0];
        Assert.Equal(CopyRules.MaxKeywords, entry.Article!.Copy.Keywords.Count);
        Assert.Matches($"^keywords: 50 of [0-9]+ are taken; they may be 50, of 100 characters each$", entry.Note);
    }

    [Fact]
    public async Task What_an_item_has_more_of_than_an_article_may_have_is_cut_and_said()
    {
        string Many(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
        var bylines = string.Concat(Enumerable.Range(0, 30).Select(n => $"<author><name>Writer {n}</name></author>"));
        var entry = Assert.Single(
            await ReadAsync(
                Encoding.UTF8.GetBytes(
                    $"""
                    <feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:x</id><title>{Many(
                        "Long ",
                        200
                    )}</title>{bylines}<summary>{Many("More ", 800)}</summary>
                    <author><name>{Many(
                        "x",
                        300
                    )}</name></author><content>Text.</content><updated>2026-11-01T00:00:00Z</updated></entry></feed>
                    """
                ),
                json: false
            )
        );
        var copy = entry.Article!.Copy;
        Assert.EndsWith(" Long…", copy.Headline, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"Writer {n}"), copy.Bylines);
        Assert.Equal(
            "headline: is cut to 500 characters; summary: is cut to 2000 characters; bylines: 20 of 31 are "
                + "taken; they may be 20, of 200 characters each",
            entry.Note
        );
    }

    [Fact]
    public async Task A_file_is_read_in_the_encoding_that_its_request_names()
    {
        const string file = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><item><title>Порт открыт</title></item></channel></rss>";
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var cyrillic = Encoding.GetEncoding("windows-1251");
        Assert.Equal(["Порт открыт"], Headlines(await ReadAsync(cyrillic.GetBytes(file), json: false, encoding: cyrillic)));
        Assert.Equal(
            ["Порт открыт"],
            Headlines(await ReadAsync([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(file)], json: false, encoding: cyrillic))
        );
    }

    [Theory]
    [InlineData("EKONOMİ", "economy")]
    [InlineData("SİYASET", "politics")]
    [InlineData("İQTİSADİYYAT", "economy")]
    [InlineData("İDMAN", "sport")]
    [InlineData("MƏDƏNİYYƏT", "culture")]
    [InlineData("КУЛЬТУРА", "culture")]
    [InlineData("WORLD", "world")]
    [InlineData("WORLDS", null)]
    public void A_category_in_capitals_is_found_by_the_rules_of_its_own_language(string rubric, string? code) =>
        Assert.Equal(code, Portal.CategoryOf(rubric));

    [Fact]
    public async Task Different_items_under_one_name_are_not_made_one()
    {
        var entries = await FieldAsync("constant-guid.xml");
        Assert.Equal("R16b Release 1", entries[0].Article!.Copy.Headline);
        Assert.All(entries.Skip(1), e =>
            Assert.Equal("id: 'N/A' was the name of https://strait.example/r1 before; two items cannot have one name", e.Reason)
        );
    }

    [Fact]
    public async Task A_post_whose_time_in_UTC_is_zeros_has_the_time_that_the_portals_clock_showed()
    {
        var entries = await FieldAsync("wxr-zero-gmt.xml");
        Assert.Equal(
            [new(2009, 5, 6, 5, 30, 0, TimeSpan.Zero), new DateTimeOffset(2008, 2, 29, 19, 59, 0, TimeSpan.Zero)],
            entries.Select(e => e.Article!.PublishedAt)
        );
    }

    [Fact]
    public async Task A_picture_that_is_loaded_late_has_its_real_address_and_one_without_any_is_left_out()
    {
        var body = (await FieldAsync("lazy-pictures.xml"))[0].Article!.Copy.Body;
        Assert.Equal(
            "<p>Look:</p><p><img src=\"https://strait.example/real.jpg\" alt=\"Ferry\"></p><p><img alt=\"Pier\" "
                + "src=\"https://strait.example/l.jpg\"></p>",
            body
        );
        Assert.Equal("<p>a</p>", CleanHtml.Of(Html.Body("<p>a<img alt='x'><img src='data:image/gif;base64,R0lG'></p>", null)));
    }

    public static TheoryData<string, string> Expanding { get; } =
        new()
        {
            { string.Concat(Enumerable.Repeat("<x>", 70)) + string.Concat(Enumerable.Repeat("</x>", 70)), "elements within each other" },
            { string.Concat(Enumerable.Repeat("<x/>", 20_001)), "20000 elements at most" },
            { "<x " + string.Concat(Enumerable.Range(0, 101).Select(i => $"a{i}='' ")) + "/>", "100 attributes at most" },
            { "<description>&lt;b>" + string.Concat(Enumerable.Repeat("&lt;b>", 5_000)) + "</description>", "elements within each other" },
            {
                "<description>" + new string('\n', 50_000) + "x" + string.Concat(Enumerable.Repeat("\ny", 30_000)) + "</description>",
                "paragraphs and lines"
            },
        };

    [Theory]
    [MemberData(nameof(Expanding))]
    public async Task An_item_that_asks_for_more_than_it_is_worth_is_rejected_and_those_around_it_go_in(string members, string rule)
    {
        var faults = new Faults();
        static string Item(string title, string more) => $"<item><title>{title}</title><guid>https://e.example/{title}</guid>{more}</item>";
        var entries = await ReadAsync(
            Encoding.UTF8.GetBytes(
                "<rss version=\"2.0\"><channel><title>t</title>"
                    + Item("before", "")
                    + Item("bad", members)
                    + Item("after", "")
                    + "</channel></rss>"
            ),
            json: false,
            faults
        );
        Assert.Equal([], faults.Seen);
        Assert.Equal([1, 2, 3], entries.Select(e => e.Line));
        Assert.Equal(["before", "after"], entries.Where(e => e.Article is not null).Select(e => e.Article!.Copy.Headline));
        Assert.Contains(rule, entries[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_never_end_do_not_fill_the_memory()
    {
        var file =
            "<rss version=\"2.0\"><channel>"
            + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"<n{i}/>"))
            + "<item><title>x</title></item></channel></rss>";
        var entries = await ReadAsync(Encoding.UTF8.GetBytes(file), json: false);
        Assert.Contains("names of elements and attributes", Assert.Single(entries).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sample.rss.xml")]
    [InlineData("sample.atom.xml")]
    [InlineData("sample.wxr.xml")]
    [InlineData("sample.feed.json")]
    public async Task Of_a_file_that_is_broken_anywhere_each_line_is_an_article_or_has_a_reason_that_a_rule_gives(string name)
    {
        var file = await System.IO.File.ReadAllBytesAsync(File(name));
        var random = new Random(13);
        string[] pieces =
        [
            "<",
            ">",
            "&#0;",
            "&#xD83D;",
            "\\ud83d",
            "null",
            "[]",
            "{}",
            "//",
            "http://",
            "http://[",
            "-",
            "999999999999999999999",
            "0001-01-01T00:00:00+14:00",
            "\"",
            "<![CDATA[",
            "]]>",
            "xml:base=\":\" ",
            "\u0000",
            "🙂",
        ];
        for (var i = 0; i < 400; i++)
        {
            var bytes = file.ToList();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                        break;
                    case 2:
                        bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                        break;
                    default:
                        bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), random.Next(1, 200)));
                        break;
                }
            }
            var faults = new Faults();
            try
            {
                Assert.All(await ReadAsync([.. bytes], name.EndsWith(".json", StringComparison.Ordinal), faults), e =>
                    Assert.True(e.Article is null != e.Reason is null)
                );
            }
            catch (ProblemException problem)
            {
                Assert.InRange(problem.Status, 400, 499);
            }
            Assert.True(faults.Seen is [], $"{i}: {faults.Seen.FirstOrDefault()}");
        }
    }

    [Fact]
    public void A_portal_page_that_is_broken_anywhere_gives_items_and_faults_and_nothing_else()
    {
        var random = new Random(13);
        for (var i = 0; i < 400; i++)
        {
            var text = new StringBuilder(Repository.PortalPage);
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                var at = random.Next(text.Length);
                _ = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 60), text.Length - at)),
                    1 => text.Insert(at, "\n\n"),
                    _ => text.Insert(at, "99:99 31.02.0000 VİDEO\ud83d\u0000"),
                };
            }
            foreach (var (line, item, reason) in PortalPageItems.Of(PortalPage.Parse(text.ToString(), Portal.Zone), "en", Portal))
            {
                var faults = new Faults();
                var entry = ImportEntry.Of(item is null ? ImportLine.Fault(line, reason!) : new(line, () => item), rules, now, faults);
                Assert.True(entry.Article is null != entry.Reason is null);
                Assert.Equal([], faults.Seen);
            }
        }
    }

    /// <summary>What was logged as unforeseen.</summary>
    internal sealed class Faults : ILogger
    {
        public List<Exception> Seen { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Seen.Add(exception!);
    }
}
