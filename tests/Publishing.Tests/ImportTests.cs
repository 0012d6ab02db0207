using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class ImportTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    [Fact]
    public async Task A_wrong_line_is_reported_with_its_number_and_reason_and_the_others_go_in()
    {
        var results = await Stack.ImportAsync(
            """
            {"headline":"First of three","category":"world","language":"en","publishedAt":"2026-11-20T08:00:00Z"}
            {"headline":"No category","language":"en"}

            {"headline":"Broken
            {"headline":"No zone","category":"world","language":"en","publishedAt":"2026-11-20T08:00:00"}
            {"headline":"Future","category":"world","language":"en","publishedAt":"2999-01-01T00:00:00Z"}
            {"headline":"Last of three","category":"sport","language":"az","publishedAt":"2026-11-20T12:00:00+04:00"}
            """
        );
        Assert.Equal(
            [(1, "imported"), (2, "rejected"), (4, "rejected"), (5, "rejected"), (6, "rejected"), (7, "imported")],
            results.Select(r => ((int)r["line"]!, (string)r["outcome"]!))
        );
        Assert.Contains("category", (string?)results[1]["reason"], StringComparison.Ordinal);
        Assert.Contains("publishedAt", (string?)results[3]["reason"], StringComparison.Ordinal);
        Assert.Contains("future", (string?)results[4]["reason"], StringComparison.Ordinal);
        var last = await Stack.Editor.GetAsync(new Uri($"api/articles/{results[5]["id"]}", UriKind.Relative));
        Assert.Equal("2026-11-20T08:00:00Z", (string?)JsonNode.Parse(await last.Content.ReadAsStringAsync())!["publishedAt"]);
    }

    [Fact]
    public async Task What_the_database_does_not_take_is_rejected_and_the_lines_around_it_go_in()
    {
        await Stack.ExecuteAsync(
            "Publishing",
            """
            create function refuse_line() returns trigger language plpgsql as $$
              begin raise exception using errcode = '22P05', message = 'not taken'; end $$;
            create trigger refuse_line before insert on mt_events for each row
              when (new.data::text like '%not to be taken%') execute function refuse_line();
            """
        );
        var results = await Stack.ImportAsync(
            """
            {"headline":"Before what is refused","category":"world","language":"en"}
            {"headline":"This is not to be taken","category":"world","language":"en"}
            {"headline":"After what is refused","category":"world","language":"en"}
            """
        );
        await Stack.ExecuteAsync("Publishing", "drop function refuse_line cascade");
        Assert.Equal(["imported", "rejected", "imported"], results.Select(r => (string)r["outcome"]!));
        Assert.Equal("item: the store does not take it; the operators' log says why", (string?)results[1]["reason"]);
    }

    [Fact]
    public async Task Importing_twice_changes_nothing()
    {
        const string lines =
            """{"headline":"Twice one","category":"world","language":"en","publishedAt":"2026-11-20T08:00:00Z","body":"<p>a</p>"}"""
            + "\n"
            + """{"id":"7d9a8c1e-0000-4000-8000-000000000001","headline":"Twice two","category":"world","""
            + """ "language":"en","publishedAt":"2026-11-20T08:01:00Z"}""";
        var first = await Stack.ImportAsync(lines);
        var second = await Stack.ImportAsync(lines);
        Assert.All(first, r => Assert.Equal("imported", (string?)r["outcome"]));
        Assert.All(second, r => Assert.Equal("unchanged", (string?)r["outcome"]));
        Assert.Equal(first.Select(r => (string?)r["id"]), second.Select(r => (string?)r["id"]));
    }

    [Fact]
    public async Task The_same_article_twice_in_one_import_is_one()
    {
        const string line = """{"headline":"Doubled","category":"world","language":"en","publishedAt":"2026-11-20T09:00:00Z"}""";
        var results = await Stack.ImportAsync(line + "\n" + line);
        Assert.Equal(["imported", "unchanged"], results.Select(r => (string)r["outcome"]!));
    }

    [Fact]
    public async Task An_article_whose_headline_changed_keeps_its_address()
    {
        const string first =
            """{"id":"7d9a8c1e-0000-4000-8000-000000000002","headline":"Address of the first","""
            + """ "category":"world","language":"en","publishedAt":"2026-11-20T08:00:00Z"}""";
        var results = await Stack.ImportAsync(first);
        var changed = await Stack.ImportAsync(first.Replace("the first", "another", StringComparison.Ordinal));
        Assert.Equal(["imported", "imported"], results.Concat(changed).Select(r => (string)r["outcome"]!));
    }

    [Fact]
    public async Task Lines_about_one_article_far_from_each_other_are_taken_in_their_order()
    {
        const string line =
            """{"id":"7d9a8c1e-0000-4000-8000-000000000003","headline":"Version 0","""
            + """ "category":"world","language":"en","publishedAt":"2026-11-20T08:00:00Z"}""";
        var lines = new StringBuilder();
        for (var i = 0; i < 1_200; i++)
        {
            lines
                .Append(
                    i % 400 == 0
                        ? line.Replace("Version 0", $"Version {i / 400}", StringComparison.Ordinal)
                        : line.Replace("000003", $"{100_000 + i}", StringComparison.Ordinal)
                )
                .Append('\n');
        }
        var results = await Stack.ImportAsync(lines.ToString());
        Assert.Equal(Enumerable.Range(1, 1_200), results.Select(r => (int)r["line"]!));
        Assert.All(results, r => Assert.Equal("imported", (string?)r["outcome"]));
        using var answer = await Stack.Editor.GetAsync(new Uri("api/articles/7d9a8c1e-0000-4000-8000-000000000003", UriKind.Relative));
        Assert.Equal("Version 2", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["headline"]);
    }

    [Fact]
    public async Task Without_publish_imported_articles_are_drafts()
    {
        var results = await Stack.ImportAsync("""{"headline":"Only a draft","category":"world","language":"en"}""", query: "publish=false");
        using var answer = await Stack.Editor.GetAsync(new Uri($"api/articles/{results[0]["id"]}", UriKind.Relative));
        Assert.Equal("draft", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["state"]);
    }

    [Fact]
    public async Task A_line_over_the_limit_is_rejected_and_the_next_goes_in()
    {
        var results = await Stack.ImportAsync(
            $$"""{"headline":"Huge","category":"world","language":"en","body":"{{new string('x', 3 << 20)}}"}"""
                + "\n"
                + """{"headline":"After the huge one","category":"world","language":"en","publishedAt":"2026-11-20T09:05:00Z"}"""
        );
        Assert.Equal([(1, "rejected"), (2, "imported")], results.Select(r => ((int)r["line"]!, (string)r["outcome"]!)));
    }

    [Fact]
    public async Task Each_line_is_answered_while_the_next_is_still_to_come()
    {
        var lines = Channel.CreateUnbounded<byte[]>();
        using var request = Stack.Write(HttpMethod.Post, "api/import", new Pushed(lines.Reader));
        StreamReader? answers = null;
        var sending = Stack.Editor.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        for (var i = 0; i < 3; i++)
        {
            await lines.Writer.WriteAsync(
                Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Stack.Copy($"Streamed {i} {Guid.NewGuid()}")) + "\n")
            );
            answers ??= new StreamReader(await (await sending).Content.ReadAsStreamAsync());
            Assert.Equal(i + 1, (int)JsonNode.Parse((await answers.ReadLineAsync())!)!["line"]!);
        }
        lines.Writer.Complete();
        Assert.Null(await answers!.ReadLineAsync());
    }

    [Fact]
    public async Task A_portal_page_gives_its_article_its_featured_item_and_every_item_of_its_line()
    {
        var results = await Stack.ImportAsync(Repository.PortalPage, "text/plain", "publish=true&language=en&zone=Asia/Baku");
        var again = await Stack.ImportAsync(Repository.PortalPage, "text/plain", "publish=true&language=en&zone=Asia/Baku");
        Assert.All(results, r => Assert.Equal("imported", (string?)r["outcome"]));
        Assert.All(again, r => Assert.Equal("unchanged", (string?)r["outcome"]));

        using var answer = await Stack.Editor.GetAsync(
            new Uri($"api/articles/{results.Single(r => (int)r["line"]! == 1)["id"]}", UriKind.Relative)
        );
        var article = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(3, ((string)article["body"]!).Split("<h2>").Length - 1);
        Assert.Single(article["featured"]!.AsArray());
    }

    [Theory]
    [InlineData("text/plain", "language=xx", 400)]
    [InlineData("text/plain", "zone=Mars/Olympus", 400)]
    [InlineData("application/x-ndjson", "language=en", 400)]
    [InlineData("application/x-ndjson", "publsh=true", 400)]
    [InlineData("text/csv", "publish=true", 415)]
    public async Task What_an_import_cannot_read_it_refuses_before_it_begins(string mediaType, string query, int status)
    {
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => Stack.ImportAsync("{}", mediaType, query));
        Assert.Equal(status, (int)refused.StatusCode!);
        Assert.Contains("urn:newsplatform:problem:", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-ndjson; charset=nonsense", 415)]
    [InlineData("application/rss+xml; charset=nonsense", 415)]
    [InlineData("text/plain; charset=nonsense", 415)]
    [InlineData("application/x-ndjson; charset=windows-1251", 415)]
    [InlineData("application/x-ndjson; charset=\"UTF-8\"", 200)]
    public async Task A_charset_that_is_not_known_is_refused_by_name(string contentType, int status)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", contentType));
        using var answer = await Stack.Editor.PostAsync(new Uri("api/import", UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 415, text.Contains("charset", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Importing_needs_a_key()
    {
        using var answer = await Stack.Reader.PostAsync(
            new Uri("api/import", UriKind.Relative),
            new StringContent("", Encoding.UTF8, "application/x-ndjson")
        );
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    /// <summary>A body that is sent as it is written, while the answer is read.</summary>
    internal sealed class Pushed : HttpContent
    {
        readonly ChannelReader<byte[]> chunks;

        public Pushed(ChannelReader<byte[]> chunks)
        {
            this.chunks = chunks;
            Headers.ContentType = new("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await foreach (var chunk in chunks.ReadAllAsync())
            {
                await stream.WriteAsync(chunk);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
