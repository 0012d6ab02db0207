using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>What an archive brings, seen where readers look for it.</summary>
public sealed class ImportTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    Stack Stack => platform.Stack;

    public static TheoryData<string> Pages => ["project", "reference"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_portal_page_stands_on_line_and_page_as_it_stood_there_and_nobody_is_told(string which)
    {
        var text = which == "project" ? Repository.PortalPage : Repository.ReferencePage;
        Assert.SkipWhen(text is null, "the reference page lies only beside the project: ../shared/seeds/portal-page.txt");
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader);

        var results = await Stack.ImportAsync(text!, "text/plain", "publish=true&language=en&zone=Asia/Baku");
        Assert.All(results, r => Assert.Equal("imported", (string?)r["outcome"]));
        var ids = results.Select(Stack.Id).ToHashSet();
        var line = await Stack.LineUntilAsync(
            items => items.Count(i => ids.Contains(Stack.Id(i))) == ids.Count,
            "all of the page",
            "language=en"
        );
        var ours = line.Where(i => ids.Contains(Stack.Id(i))).ToList();

        // The page read by the simplest of means, to hold what readers get against it.
        var rows = text!.Split('\n').Select(r => r.Trim()).ToArray();
        var minutes = rows.Where(r => Regex.IsMatch(r, "^[0-9]{2}:[0-9]{2} [0-9.]{10}$")).ToList();
        Assert.Equal(minutes.Count + 2, ours.Count);
        var (rubric, minute) = (rows[2].Split(' ')[0].ToLowerInvariant(), string.Join(' ', rows[2].Split(' ')[1..]));
        // The featured item, which has no time of its own, stands at the article's minute.
        Assert.Equal(
            [.. minutes.Append(minute).Select(ToUtc).Order()],
            ours.Where(i => (string)i["category"]! == "general").Select(i => (DateTimeOffset)i["publishedAt"]!).Order()
        );
        Assert.All(ours, i => Assert.DoesNotMatch("(VİDEO|PHOTOS)$|^Hamısı$", (string)i["headline"]!));
        var doubled = rows.Zip(rows.Skip(1)).Count(pair => pair.First.Length > 0 && pair.First == pair.Second);
        Assert.Equal(doubled, ours.Count(i => i["media"]!["picture"] is not null));

        var article = ours.Single(i => (string)i["category"]! == rubric);
        var story = JsonNode.Parse(await Stack.Reader.GetStringAsync(new Uri($"api/news/{article["id"]}", UriKind.Relative)))!;
        Assert.Equal(rows[0], (string?)story["headline"]);
        Assert.Equal(ToUtc(minute), (DateTimeOffset)story["publishedAt"]!);
        Assert.Equal("video", (string?)Assert.Single(story["featured"]!.AsArray())!["media"]!["badges"]![0]);
        Assert.Equal(3, Regex.Count((string)story["body"]!, "<h2>"));

        var page = await Stack.Reader.GetStringAsync(new Uri((string)article["url"]!, UriKind.Relative));
        foreach (var paragraph in rows[4..].TakeWhile(r => !r.EndsWith("VİDEO", StringComparison.Ordinal)).Where(r => r.Length > 0))
        {
            Assert.Contains(Plain(paragraph), Plain(page), StringComparison.Ordinal);
        }

        var again = await Stack.ImportAsync(text!, "text/plain", "publish=true&language=en&zone=Asia/Baku");
        Assert.All(again, r => Assert.Equal("unchanged", (string?)r["outcome"]));
        await Stack.PublishAsync(Stack.Copy($"Witness of {which}"));
        var told = await subscriber.UntilAsync(r => r.Count > 0, "the witness");
        Assert.Equal($"Witness of {which}", told[0].Headline);
    }

    [Theory]
    [InlineData("sample.rss.xml")]
    [InlineData("sample.atom.xml")]
    [InlineData("sample.feed.json")]
    [InlineData("sample.wxr.xml")]
    public async Task What_is_public_in_a_file_of_another_system_stands_on_the_line_at_its_own_time(string file)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "Publishing.Tests", "Imports", file));
        var results = await Stack.ImportAsync(
            text,
            file.EndsWith(".json", StringComparison.Ordinal) ? "application/feed+json" : "application/xml"
        );
        var published = new Dictionary<Guid, string>();
        foreach (var id in results.Where(r => (string?)r["outcome"] == "imported").Select(Stack.Id))
        {
            var article = JsonNode.Parse(await Stack.Editor.GetStringAsync(new Uri($"api/articles/{id}", UriKind.Relative)))!;
            if ((string?)article["state"] == "published")
            {
                published[id] = (string)article["publishedAt"]!;
            }
        }
        Assert.True(published.Count >= 2);
        var line = await Stack.LineUntilAsync(
            items => items.Count(i => published.ContainsKey(Stack.Id(i))) == published.Count,
            "all of the file"
        );
        Assert.All(line.Where(i => published.ContainsKey(Stack.Id(i))), i =>
            Assert.Equal(published[Stack.Id(i)], (string?)i["publishedAt"])
        );
    }

    [Fact]
    public async Task Ten_thousand_lines_go_in_and_are_answered_one_by_one()
    {
        // More answers than any buffer between here and there holds: they must be read while lines are still sent.
        var lines = new StringBuilder();
        for (var i = 0; i < 10_000; i++)
        {
            lines
                .Append(
                    JsonSerializer.Serialize(
                        new
                        {
                            headline = $"Bulk {i}",
                            category = "society",
                            language = "tr",
                            keywords = new[] { "bulk" },
                            publishedAt = $"2020-01-{i % 28 + 1:00}T{i / 28 % 24:00}:{i / 700 % 60:00}:00Z",
                        }
                    )
                )
                .Append('\n');
        }
        var results = await Stack.ImportAsync(lines.ToString());
        Assert.Equal(Enumerable.Range(1, 10_000), results.Select(r => (int)r["line"]!));
        Assert.All(results, r => Assert.Equal("imported", (string?)r["outcome"]));
        var headlines = await Stack.LineUntilAsync(items => items.Count >= 10_000, "all of them", "language=tr&keyword=bulk");
        Assert.Equal(10_000, headlines.DistinctBy(i => (string?)i["headline"]).Count());
    }

    [Fact]
    public async Task A_wire_that_stays_connected_has_each_line_answered_before_it_sends_the_next()
    {
        using var wire = new TcpClient();
        await wire.ConnectAsync(Stack["Gateway"].Address.Host, Stack["Gateway"].Address.Port);
        var stream = wire.GetStream();
        using var answers = new StreamReader(stream);
        await SendAsync(
            $"POST /api/import?publish=true HTTP/1.1\r\nHost: wire\r\nAuthorization: Bearer {Stack.AdminKey}\r\n"
                + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        for (var i = 1; i <= 3; i++)
        {
            var line =
                JsonSerializer.Serialize(
                    new
                    {
                        headline = $"From the wire {i}",
                        category = "world",
                        language = "en",
                    }
                ) + "\n";
            await SendAsync($"{Encoding.UTF8.GetByteCount(line):x}\r\n{line}\r\n");
            var answer = await Eventually.Get(
                async () => await answers.ReadLineAsync(),
                read => read?.StartsWith('{') != false,
                $"the answer to line {i}"
            );
            Assert.Equal((i, "imported"), ((int)JsonNode.Parse(answer!)!["line"]!, (string?)JsonNode.Parse(answer!)!["outcome"]));
        }

        ValueTask SendAsync(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public async Task The_sample_edition_goes_in_whole_with_every_language_and_category_and_its_translations_linked()
    {
        var edition = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "seeds", "edition.ndjson"));
        var lines = edition.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        var results = await Stack.ImportAsync(edition);
        Assert.All(results, r => Assert.Equal("imported", (string?)r["outcome"]));
        Assert.True(lines.Count >= 60);

        var ids = lines.Select(Stack.Id).ToHashSet();
        var line = await Stack.LineUntilAsync(items => items.Count(i => ids.Contains(Stack.Id(i))) == ids.Count, "the whole edition");
        var ours = line.Where(i => ids.Contains(Stack.Id(i))).ToList();
        Assert.Equal(40, ours.Select(i => ((string)i["language"]!, (string)i["category"]!)).Distinct().Count());

        var translation = lines.First(l => l["translationOf"] is not null);
        var original = JsonNode.Parse(
            await Stack.Reader.GetStringAsync(new Uri($"api/news/{translation["translationOf"]}", UriKind.Relative))
        )!;
        Assert.Contains(original["translations"]!.AsArray(), t => Stack.Id(t!) == Stack.Id(translation));
    }

    static DateTimeOffset ToUtc(string bakuTime) =>
        new DateTimeOffset(DateTime.ParseExact(bakuTime, "HH:mm dd.MM.yyyy", null), TimeSpan.FromHours(4)).ToUniversalTime();

    /// <summary>Text without markup, character references or typography.</summary>
    static string Plain(string html) => Regex.Replace(System.Net.WebUtility.HtmlDecode(Regex.Replace(html, "<[^>]*>", " ")), @"\s+", " ");
}
