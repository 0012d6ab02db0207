using System.Text;
using NewsPlatform.Publishing.Import;
using NewsPlatform.Publishing.Import.Feeds;
using NewsPlatform.ServiceDefaults;
using Xunit;
using static NewsPlatform.Publishing.Tests.FieldImportTests;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What is broken in a file costs the item that it stands in, and no other.</summary>
public sealed class BrokenImportTests
{
    static readonly Encoding latin = Encoding.Latin1;

    static string Rss(params string[] items) =>
        $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
        + $"xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel><title>t</title>\n"
        + $"{string.Join('\n', items)}\n</channel></rss>";

    static string Item(string title, string more = "") =>
        $"<item><title>{title}</title><guid>https://e.example/{Uri.EscapeDataString(title)}</guid>{more}</item>";

    static async Task<IEnumerable<string>> ReadAsync(string file) =>
        Headlines(await FieldImportTests.ReadAsync(latin.GetBytes(file), json: false));

    [Fact]
    public async Task A_byte_that_is_no_letter_costs_its_own_item_and_is_named()
    {
        var entries = await FieldAsync("wxr-one-bad-byte.xml");
        Assert.Equal(
            [
                "W07 Before the bad byte",
                "rejected: item: 'caf\uFFFD closed' in its encoded has a byte that is no letter in UTF-8; correct it "
                    + "there, or say the encoding that the file is in",
                "W07 After the bad byte",
            ],
            Headlines(entries)
        );
    }

    [Theory]
    [InlineData("<description>caf\xE9</description>")]
    [InlineData("<description><![CDATA[caf\xE9]]></description>")]
    [InlineData("<description lang=\"\xE9\">cafe</description>")]
    [InlineData("<descri\xE9ption>cafe</description>")]
    [InlineData("<description>cafe<\xE9/description>")]
    [InlineData("<description><![CDATA[cafe]]\xE9></description><x><![CDATA[]]></x>")]
    [InlineData("<description><![CDATA[cafe]\xE9></description>")]
    [InlineData("<!-- cafe -\xE9>")]
    [InlineData("<description>cafe</description>\xE9")]
    [InlineData("<description>cut \xF0\x9F\x98</description>")]
    public async Task Wherever_in_an_item_of_RSS_a_bad_byte_stands_its_neighbours_go_in(string member)
    {
        var read = await ReadAsync(Rss(Item("before"), Item("bad", member), Item("after")));
        Assert.Equal(
            ["before", "rejected: item:", "after"],
            read.Select(r => r.StartsWith("rejected: item:", StringComparison.Ordinal) ? "rejected: item:" : r)
        );
    }

    [Fact]
    public async Task A_bad_byte_in_an_entry_of_Atom_costs_that_entry()
    {
        static string Entry(string title) =>
            $"<a:entry><a:id>tag:e.example,2013:{title.Length}</a:id><a:title>{title}</a:title>"
            + $"<a:updated>2013-03-05T10:00:00Z</a:updated></a:entry>";
        var read = await ReadAsync(
            $"<a:feed xmlns:a=\"http://www.w3.org/2005/Atom\">{Entry("one")}{Entry("caf\xE9")}"
                + $"{Entry("three").Replace("</a:title>", "</a:ti\xE9tle>", StringComparison.Ordinal)}{Entry("four!!")}"
                + $"</a:feed>"
        );
        Assert.Equal(["one", "rejected", "rejected", "four!!"], read.Select(r => r.Split(':')[0]));
    }

    [Theory]
    [InlineData("sample.rss.xml")]
    [InlineData("sample.atom.xml")]
    [InlineData("sample.wxr.xml")]
    public async Task Whichever_byte_of_a_file_is_none_no_two_items_are_lost(string name)
    {
        var file = await System.IO.File.ReadAllBytesAsync(FieldImportTests.File(name));
        var whole = await FieldImportTests.ReadAsync(file, json: false);
        var first = latin
            .GetString(file)
            .IndexOf(name.Contains("atom", StringComparison.Ordinal) ? "<entry" : "<item", StringComparison.Ordinal);
        for (var at = first; at < file.Length; at += 3)
        {
            byte[] broken = [.. file];
            broken[at] = 0xFF;
            var read = await FieldImportTests.ReadAsync(broken, json: false);
            var lost = whole
                .Where(e => e.Article is not null)
                .Select(e => e.Article!.Copy.Headline)
                .Except(read.Select(e => e.Article?.Copy.Headline))
                .ToList();
            Assert.True(lost.Count <= 1, $"byte {at} costs {string.Join(", ", lost)}");
            Assert.True(
                lost.Count <= read.Count(e => e.Article is null) - whole.Count(e => e.Article is null)
                    || whole.Any(e => e.Article is null && read.All(r => r.Reason != e.Reason)),
                $"byte {at} costs {lost.FirstOrDefault()} without a word"
            );
        }
    }

    [Theory]
    [InlineData("<!-- cafe -\xE9>", "<!-- x -->")]
    [InlineData("<description><![CDATA[cafe]\xE9></description>", "<description><![CDATA[x]]></description>")]
    public async Task A_text_whose_end_is_broken_does_not_take_the_next_item_with_it(string bad, string next)
    {
        var read = await ReadAsync(Rss(Item("before"), Item("bad", bad), Item("next", next), Item("after")));
        Assert.Equal(
            ["before", "rejected: item", "next", "after"],
            read.Select(r => r.StartsWith("rejected: item", StringComparison.Ordinal) ? "rejected: item" : r)
        );
    }

    [Fact]
    public async Task A_bad_byte_outside_of_all_items_costs_none()
    {
        var read = await ReadAsync(
            Rss(Item("one"), "<link>https://caf\xE9.example/</link>", Item("two"), "<ti\xE9tle>x</title>", Item("three"))
                .Replace("<title>t</title>", "<title>caf\xE9</title>", StringComparison.Ordinal)
        );
        Assert.Equal(["one", "two", "three"], read);
    }

    [Theory]
    [InlineData("windows-1251", "Порт открыт")]
    [InlineData("utf-16", "Порт открыт 🙂")]
    [InlineData("utf-16BE", "Порт открыт 🙂")]
    [InlineData("shift_jis", "港が開く")]
    [InlineData("gb2312", "港口开放")]
    [InlineData("iso-8859-9", "Liman açıldı, İstanbul")]
    public async Task A_file_is_read_in_the_encoding_that_it_declares(string name, string headline)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = Encoding.GetEncoding(name);
        var file = Rss(Item("one"), Item(headline), Item("three")).Replace("UTF-8", name, StringComparison.Ordinal);
        foreach (var mark in new[] { encoding.GetPreamble(), [] })
        {
            Assert.Equal(
                ["one", headline, "three"],
                Headlines(await FieldImportTests.ReadAsync([.. mark, .. encoding.GetBytes(file)], json: false))
            );
        }
    }

    [Fact]
    public async Task A_file_whose_request_names_its_encoding_is_read_so()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var file = await System.IO.File.ReadAllBytesAsync(FieldImportTests.File("Field/charset-in-header-windows-1251.xml"));
        var entry = Assert.Single(await FieldImportTests.ReadAsync(file, json: false, encoding: Encoding.GetEncoding("windows-1251")));
        Assert.Equal(("R18 Маяк снова горит", "<p>Огонь виден далеко.</p>"), (entry.Article!.Copy.Headline, entry.Article.Copy.Body));
    }

    [Fact]
    public async Task What_declares_letters_of_two_bytes_and_has_none_is_read_as_UTF_8() =>
        Assert.Equal(["one"], await ReadAsync(Rss(Item("one")).Replace("UTF-8", "utf-16", StringComparison.Ordinal)));

    [Fact]
    public async Task An_encoding_that_nobody_knows_is_refused_by_its_name()
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() =>
            ReadAsync(Rss(Item("one")).Replace("UTF-8", "x-ours", StringComparison.Ordinal))
        );
        Assert.Contains("'x-ours'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blank_lines_before_the_declaration_are_passed() =>
        Assert.Equal(["one", "two"], await ReadAsync("\r\n \n" + Rss(Item("one"), Item("two"))));

    [Theory]
    [InlineData("<description>a & b</description>")]
    [InlineData("<description>a&nbsp;b</description>")]
    [InlineData("<description>a<br>b</description>")]
    [InlineData("<description>a</descripton>")]
    [InlineData("<description a=b>a</description>")]
    [InlineData("<description>&#xFFFFFFFF;</description>")]
    [InlineData("<description><![CDATA[<item><title>no item</title></item>]]></description>&")]
    [InlineData("<!-- <item><title>no item</title></item> --></channel>")]
    [InlineData("<wp:status>draft</wp:status>")]
    public async Task An_item_that_is_not_well_formed_is_rejected_with_its_line_and_those_around_it_go_in(string member)
    {
        var entries = await FieldImportTests.ReadAsync(
            Encoding.UTF8.GetBytes(Rss(Item("before"), Item("bad", member), Item("after"), Item("worse", "&"), Item("last"))),
            json: false
        );
        Assert.Equal(
            [(1, "before"), (2, null), (3, "after"), (4, null), (5, "last")],
            entries.Select(e => (e.Line, e.Article?.Copy.Headline))
        );
        Assert.All(entries.Where(e => e.Article is null), e =>
            Assert.Equal($"See line {3 + e.Line}.", e.Reason![e.Reason!.IndexOf("See", StringComparison.Ordinal)..])
        );
        Assert.StartsWith("item: is not well-formed XML: ", entries[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_says_something_of_the_channel_and_is_not_well_formed_costs_no_item() =>
        Assert.Equal(["one", "two"], await ReadAsync(Rss("<description>a & b</description>", Item("one"), "<image>", Item("two"))));

    [Fact]
    public async Task An_item_that_is_too_long_is_rejected_and_the_next_goes_in()
    {
        var read = await ReadAsync(
            Rss(Item("before"), Item("long", $"<description>{new string('x', 9 << 20)}</description>"), Item("after"))
        );
        Assert.Equal(["before", "rejected: item: an item may have 4194304 bytes at most", "after"], read);
    }

    [Fact]
    public async Task A_file_in_which_nothing_is_well_formed_ends_with_a_reason()
    {
        var read = (await ReadAsync(Rss([.. Enumerable.Range(0, XmlItems.MaxBroken + 10).Select(i => Item("bad", "&"))]))).ToList();
        Assert.Equal(XmlItems.MaxBroken + 2, read.Count);
        Assert.Contains("nothing from here on was read", read[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_stays_one_behind_an_item_that_is_not_well_formed()
    {
        var file = await System.IO.File.ReadAllTextAsync(FieldImportTests.File("Field/wxr-namespace-on-channel.xml"));
        var entries = await FieldImportTests.ReadAsync(
            Encoding.UTF8.GetBytes(file.Replace("<![CDATA[open]]>", "open & <b>", StringComparison.Ordinal)),
            json: false
        );
        Assert.Equal(
            [("W19 Secret draft", true), ("W19 Private diary", true)],
            entries.Where(e => e.Article is not null).Select(e => (e.Article!.Copy.Headline, e.Article.Draft))
        );
    }

    [Theory]
    [InlineData("{\"headline\":\"caf\xE9\",\"category\":\"world\",\"language\":\"en\"}")]
    [InlineData("{\"headline\":\"cafe\",\"cat\xE9gory\":\"world\",\"language\":\"en\"}")]
    [InlineData("{\"headline\":\"cafe\",\xE9\"category\":\"world\",\"language\":\"en\"}")]
    public async Task A_bad_byte_in_a_line_of_JSON_costs_that_line(string bad)
    {
        const string good = "{\"headline\":\"good\",\"category\":\"world\",\"language\":\"en\"}";
        var entries = new List<ImportEntry>();
        var faults = new Faults();
        await foreach (
            var lines in Lines.ReadAsync(
                System.IO.Pipelines.PipeReader.Create(new MemoryStream(latin.GetBytes($"{good}\n{bad}\n{good}\n"))),
                1 << 20,
                10,
                CancellationToken.None
            )
        )
        {
            entries.AddRange(lines.Select(line => ImportEntry.Of(line, new(BoundsTests.Portal), DateTimeOffset.UnixEpoch, faults)));
        }
        Assert.Equal(["good", null, "good"], entries.Select(e => e.Article?.Copy.Headline));
        Assert.Equal([], faults.Seen);
        Assert.Equal("line: has a byte that is no letter in UTF-8: save the file in UTF-8, or correct the letter", entries[1].Reason);
    }

    [Theory]
    [InlineData("\"title\":\"caf\xE9\"")]
    [InlineData("\"title\":\"cafe\",\"_m\xE9mber\":1")]
    [InlineData("\"title\":\"cafe\",\"id\":\"\xE9\"")]
    public async Task A_bad_byte_in_an_item_of_a_JSON_Feed_costs_that_item(string members)
    {
        var faults = new Faults();
        var entries = await FieldImportTests.ReadAsync(
            latin.GetBytes(
                $$"""{"version":"https://jsonfeed.org/version/1.1","title":"caf{{'\xE9'}}","""
                    + $$""" "items":[{"id":"1","title":"one"},{{{members}}},{"id":"3","title":"three"}]}"""
            ),
            json: true,
            faults
        );
        Assert.Equal(
            ["one", "rejected: item: has a byte that is no letter in UTF-8: save the file in UTF-8, or correct the letter", "three"],
            Headlines(entries)
        );
        Assert.Equal([], faults.Seen);
    }
}
