using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

[assembly: AssemblyFixture(typeof(Servers))]
[assembly: TestCollectionOrderer(typeof(Order))]
[assembly: TestMethodOrderer(typeof(Order))]

namespace NewsPlatform.Notifications.Tests;

/// <summary>
/// Notifications as it is deployed; the tests are the relay. Heartbeats and queues are small, so that their effect is soon seen.
/// </summary>
public sealed class NotificationsService(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                ["Stream__HeartbeatSeconds"] = "1",
                ["Stream__QueueLength"] = "20",
                ["Stream__ReplayPage"] = "10",
            },
            "Notifications"
        );

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}

public sealed class StreamTests(NotificationsService service) : IClassFixture<NotificationsService>
{
    Stack Stack => service.Stack;

    [Fact]
    public async Task A_bulletin_is_named_by_its_kind_and_carries_its_position_and_the_article_as_on_a_line()
    {
        var article = Broker.Article("First words", keywords: ["whole"]);
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:whole");
        await Stack.SendMessagesAsync(
            new ArticlePublished(article),
            new ArticleUpdated(article with { Version = 3, Headline = "More words", UpdatedAt = article.UpdatedAt.AddMinutes(1) })
        );
        var received = await subscriber.UntilAsync(r => r.Count == 2, "both bulletins");

        Assert.Equal([("published", "First words"), ("updated", "More words")], received.Select(r => (r.Kind, r.Headline)));
        Assert.All(received, r => Assert.Equal(r.Id, r.Data["position"]!.ToString()));
        Assert.Equal(
            (article.ArticleId, "en", $"/en/world/slug-{article.ArticleId:N}"),
            (
                Stack.Id(received[0].Data["article"]!),
                (string)received[0].Data["article"]!["language"]!,
                (string)received[0].Data["article"]!["url"]!
            )
        );
    }

    [Fact]
    public async Task The_same_message_twice_is_told_once_and_an_older_version_not_at_all()
    {
        var article = Broker.Article("Once", version: 4, keywords: ["once"]);
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:once");
        await Stack.SendAsync(
            article,
            article,
            article with
            {
                Version = 2,
                Headline = "Older",
            },
            Broker.Article("Last", keywords: ["once"])
        );
        var received = await subscriber.UntilAsync(r => r.Any(b => b.Headline == "Last"), "the last one");
        Assert.Equal(["Once", "Last"], received.Select(r => r.Headline));
    }

    [Fact]
    public async Task Who_resumes_is_not_told_what_was_masked_since()
    {
        var article = Broker.Article("Jane Doe speaks", keywords: ["masked"]) with { Summary = "By Jane Doe" };
        await using var before = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:masked");
        await Stack.SendMessagesAsync(
            new ArticlePublished(article),
            new ArticleCorrected(article with { Version = 3 }, "It was Jane Doe"),
            new ArticlePublished(Broker.Article("Jane Doe elsewhere", keywords: ["masked"]))
        );
        await Stack.SendMessagesAsync(
            new ArticleUpdated(article with { Version = 4, Headline = "Somebody speaks", Summary = "" }, Masked: true)
        );
        var live = await before.UntilAsync(r => r.Count == 4, "all four");
        Assert.Equal(("updated", "Somebody speaks"), (live[3].Kind, live[3].Headline));

        await using var after = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:masked", "0");
        var replayed = await after.UntilAsync(r => r.Count == 4, "all four again");
        Assert.Equal(live.Select(r => (r.Id, r.Kind)), replayed.Select(r => (r.Id, r.Kind)));
        Assert.Equal(["Somebody speaks", "Somebody speaks", "Jane Doe elsewhere", "Somebody speaks"], replayed.Select(r => r.Headline));
        Assert.All(replayed.Where(r => r.Headline == "Somebody speaks"), r =>
            Assert.DoesNotContain("Jane", r.Data.ToJsonString(), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_import_tells_nobody()
    {
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:archive");
        await Stack.SendMessagesAsync(
            new ArticlePublished(Broker.Article("From the archive", keywords: ["archive"]), Imported: true),
            new ArticlePublished(Broker.Article("Live", keywords: ["archive"]))
        );
        var received = await subscriber.UntilAsync(r => r.Count > 0, "the live one");
        Assert.Equal("Live", Assert.Single(received).Headline);
    }

    [Fact]
    public async Task Who_was_away_gets_exactly_what_was_missed_and_then_what_is_new()
    {
        await using (var before = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:away"))
        {
            await Stack.SendAsync(Broker.Article("Seen", keywords: ["away"]));
            var seen = (await before.UntilAsync(r => r.Count == 1, "the first"))[0];
            await Stack.SendAsync([
                .. Enumerable.Range(0, 45).Select(i => Broker.Article($"Missed {i}", keywords: [i % 2 == 0 ? "away" : "other"])),
            ]);
            await using var after = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:away", seen.Id);
            await Stack.SendAsync(Broker.Article("New", keywords: ["away"]));
            var received = await after.UntilAsync(r => r.Any(b => b.Headline == "New"), "the new one");
            Assert.Equal([.. Enumerable.Range(0, 23).Select(i => $"Missed {2 * i}"), "New"], received.Select(r => r.Headline));
        }
    }

    [Fact]
    public async Task The_seam_between_replay_and_live_neither_loses_nor_repeats()
    {
        await using var first = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:seam");
        await Stack.SendAsync(Broker.Article("Start", keywords: ["seam"]));
        var start = (await first.UntilAsync(r => r.Count == 1, "the start"))[0].Id;

        var sending = Stack.SendAsync([.. Enumerable.Range(0, 300).Select(i => Broker.Article($"Seam {i}", keywords: ["seam"]))]);
        var joined = new List<Subscriber>();
        for (var i = 0; i < 15; i++)
        {
            joined.Add(await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:seam", start));
        }
        await sending;
        foreach (var subscriber in joined)
        {
            var received = await subscriber.UntilAsync(r => r.Count >= 300 || subscriber.Ended, "all of them");
            // A subscriber that fell behind the small queue was dropped; then it has the beginning, whole and in order.
            Assert.Equal(Enumerable.Range(0, received.Count).Select(i => $"Seam {i}"), received.Select(r => r.Headline));
            await subscriber.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("999999999")]
    [InlineData("9223372036854775807")]
    public async Task A_position_from_the_future_is_answered_by_a_gap_and_then_by_what_there_is(string future)
    {
        await using var live = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:gap");
        await Stack.SendAsync(Broker.Article("There", keywords: ["gap"]));
        await live.UntilAsync(r => r.Count == 1, "it");
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:gap", future);
        var received = await subscriber.UntilAsync(r => r.Count >= 2, "the gap and the bulletin");
        // A control frame has no id of its own; the parser remembers the last one, and there was none.
        Assert.Equal(("gap", true), (received[0].Kind, string.IsNullOrEmpty(received[0].Id)));
        Assert.Equal(1, (long)received[0].Data["oldest"]!);
        Assert.Equal("There", received[1].Headline);
    }

    [Theory]
    [InlineData("?topic=nonsense", null)]
    [InlineData("?lastEventId=x", null)]
    [InlineData("?lastEventId=-1", null)]
    [InlineData("", "1.5")]
    [InlineData("?topics=breaking", null)]
    public async Task What_cannot_be_read_is_refused(string query, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"api/stream{query}");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }
        using var answer = await Stack.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(
            (HttpStatusCode.BadRequest, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType)
        );
    }

    [Fact]
    public async Task Ten_thousand_topics_and_one_of_a_kilobyte_are_refused_by_name()
    {
        await RefusedAsync(string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"topic=keyword:{i}")));
        await RefusedAsync($"topic=keyword:{new string('k', 1_000)}");
    }

    async Task RefusedAsync(string query)
    {
        using var answer = await Stack.Reader.GetAsync(
            new Uri($"api/stream?{query}", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead
        );
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((HttpStatusCode.BadRequest, "topic"), (answer.StatusCode, Assert.Single(problem["errors"]!.AsObject()).Key));
    }

    [Fact]
    public async Task A_quiet_stream_shows_at_once_and_again_and_again_that_it_lives()
    {
        using var answer = await Stack.Reader.GetAsync(
            new Uri("api/stream?topic=keyword:quiet", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead
        );
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("retry:", await reader.ReadLineAsync(), StringComparison.Ordinal);
        var heartbeats = 0;
        while (heartbeats < 3)
        {
            var line = (await reader.ReadLineAsync())!;
            Assert.DoesNotMatch("^(id|event|data)", line);
            heartbeats += line.StartsWith(':') ? 1 : 0;
        }
    }

    [Theory]
    [InlineData("1.0", false)]
    [InlineData("1.1", true)]
    public async Task Events_come_in_chunks_to_whom_knows_them_and_as_they_are_to_whom_does_not(string version, bool chunks)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Stack.Reader.BaseAddress!.Port);
        var keyword = $"chunks-{version}";
        await client.Client.SendAsync(
            Encoding.ASCII.GetBytes($"GET /api/stream?topic=keyword:{keyword} HTTP/{version}\r\nHost: x\r\n\r\n")
        );
        using var reader = new StreamReader(client.GetStream());
        var before = await UntilAsync(": welcome");
        Assert.Equal(chunks, before.Contains("Transfer-Encoding: chunked"));
        var article = Broker.Article("As it is", keywords: [keyword]);
        await Stack.SendAsync(article);
        var lines = await UntilAsync("event: published");
        var (id, data) = (await reader.ReadLineAsync(), await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        Assert.Contains($"{article.ArticleId:D}", data, StringComparison.Ordinal);
        if (chunks)
        {
            var bytes = Encoding.UTF8.GetByteCount($"event: published\n{id}\n{data}\n\n");
            Assert.Equal(bytes, int.Parse(lines[^2], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        async Task<List<string>> UntilAsync(string last)
        {
            var lines = new List<string>();
            do
            {
                lines.Add((await reader.ReadLineAsync())!);
            } while (lines[^1] != last);
            return lines;
        }
    }

    [Fact]
    public async Task A_service_that_stops_ends_its_streams_and_exits_in_order()
    {
        await using var own = await Stack.StartAsync(Stack.Servers, null, "Notifications");
        await using var subscriber = await Subscriber.JoinAsync(own.Reader);
        Assert.Equal(0, await own["Notifications"].StopAsync());
        await subscriber.UntilAsync(_ => subscriber.Ended, "the end of the stream");
    }
}
