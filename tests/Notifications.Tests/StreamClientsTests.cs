using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Client;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Clients that others wrote, and the platform's own, through restarts, ends and gaps.</summary>
public sealed class StreamClientsTests(Servers servers)
{
    Task<Stack> StartAsync(params (string Name, string Value)[] settings) =>
        Stack.StartAsync(servers, settings.ToDictionary(s => $"Stream__{s.Name}", s => s.Value), "Notifications");

    static Script Listen(Stack stack, string script, params string[] arguments)
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        return Script.Start([
            script,
            .. arguments.Select(a => a.Replace("{stack}", stack.Reader.BaseAddress!.ToString(), StringComparison.Ordinal)),
        ]);
    }

    static bool IsBulletin(JsonNode said) => said["data"] is not null;

    static IEnumerable<string> Headlines(IEnumerable<JsonNode> said) =>
        said.Where(IsBulletin).Select(s => (string)s["data"]!["article"]!["headline"]!);

    static async Task RestartAsync(Stack stack, bool inOrder)
    {
        await (inOrder ? stack["Notifications"].StopAsync() : stack["Notifications"].KillAsync());
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
    }

    [Theory]
    [InlineData("eventsource.js", "{stack}api/stream?topic=language:en")]
    [InlineData("newsstream.js", "{stack}api/stream", "sse", "language:en")]
    [InlineData("newsstream.js", "{stack}api/stream", "websocket", "language:en")]
    public async Task A_client_has_every_bulletin_once_although_the_service_is_stopped_and_killed_in_between(
        string script,
        params string[] arguments
    )
    {
        await using var stack = await StartAsync(("RetryMilliseconds", "200"));
        await using var client = Listen(stack, script, arguments);
        await client.FirstAsync(s => (string)s["what"]! == "open", "the connection");
        await stack.SendAsync([.. Enumerable.Range(0, 5).Select(i => Broker.Article($"{i}"))]);
        await client.UntilAsync(s => Headlines(s).Count() == 5, "the first ones");
        await RestartAsync(stack, inOrder: true);
        await stack.SendAsync([.. Enumerable.Range(5, 5).Select(i => Broker.Article($"{i}"))]);
        await client.UntilAsync(s => Headlines(s).Count() == 10, "those of after the stop");
        await stack["Notifications"].KillAsync();
        await stack.SendAsync([.. Enumerable.Range(10, 5).Select(i => Broker.Article($"{i}"))]);
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        var said = await client.UntilAsync(s => Headlines(s).Count() >= 15, "those of when it was away");
        Assert.Equal(Enumerable.Range(0, 15).Select(i => $"{i}"), Headlines(said));
    }

    [Fact]
    public async Task The_typed_client_resumes_before_it_has_had_a_bulletin_and_is_told_of_gaps()
    {
        await using var stack = await StartAsync(("RetryMilliseconds", "200"));
        using var compressed = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip })
        {
            BaseAddress = stack.Reader.BaseAddress,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var gaps = new List<Gap>();
        var stream = new NewsStream(
            compressed,
            new()
            {
                Topics = ["keyword:typed"],
                FirstDelay = TimeSpan.FromMilliseconds(200),
                OnGap = gaps.Add,
            }
        );
        using var stop = new CancellationTokenSource();
        await using var bulletins = stream.ReadAsync(stop.Token).GetAsyncEnumerator();
        var next = bulletins.MoveNextAsync().AsTask();
        await Eventually.True(() => Task.FromResult(stream.Position is not null), "the beginning is known");
        await stack["Notifications"].KillAsync();
        var article = Broker.Article("Typed", keywords: ["typed"]);
        await stack.SendMessagesAsync(
            new ArticlePublished(article),
            new ArticleCorrected(article with { Version = 3 }, "The name was wrong.")
        );
        stack["Notifications"].Start();
        Assert.True(await next);
        Assert.Equal((BulletinKind.Published, "Typed"), (bulletins.Current.Kind, bulletins.Current.Article.Headline));
        Assert.True(await bulletins.MoveNextAsync());
        Assert.Equal((BulletinKind.Corrected, "The name was wrong."), (bulletins.Current.Kind, bulletins.Current.Reason));
        Assert.Empty(gaps);

        await stack["Notifications"].StopAsync();
        await stack.SendAsync(Broker.Article("Lost", keywords: ["typed"]), Broker.Article("Kept", keywords: ["typed"]));
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        await using (var gone = new NewsStream(
                compressed,
                new()
                {
                    After = 99_999,
                    OnGap = gaps.Add,
                    Topics = ["keyword:typed"],
                }
            ).ReadAsync(stop.Token).GetAsyncEnumerator())
        {
            Assert.True(await gone.MoveNextAsync());
            Assert.Equal(("Typed", 1), (gone.Current.Article.Headline, Assert.Single(gaps).Oldest));
        }
        var refused = new NewsStream(compressed, new() { Topics = ["nonsense"] });
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await Assert.ThrowsAsync<NewsStreamRefusedException>(async () =>
                    await refused.ReadAsync(stop.Token).GetAsyncEnumerator().MoveNextAsync()
                )
            ).Status
        );
        await stop.CancelAsync();
    }

    [Fact]
    public async Task What_was_trimmed_is_a_gap_for_who_had_not_read_it_and_none_for_who_asks_for_the_earliest()
    {
        await using var stack = await StartAsync(("RecentBulletins", "10"));
        await using var first = await Subscriber.JoinAsync(stack.Reader);
        await stack.SendAsync([.. Enumerable.Range(1, 30).Select(i => Broker.Article($"{i}"))]);
        await first.UntilAsync(r => r.Count == 30, "all");
        await stack.ExecuteAsync("Notifications", "delete from mt_doc_bulletin where id <= 25");

        await using var behind = await Subscriber.JoinAsync(stack.Reader, "", "3");
        var told = await behind.UntilAsync(r => r.Count == 6, "the gap and what is left");
        Assert.Equal(("gap", """{"oldest":26,"newest":30}"""), (told[0].Kind, told[0].Data.ToJsonString()));
        Assert.Equal(Enumerable.Range(26, 5).Select(i => $"{i}"), told.Skip(1).Select(r => r.Headline));

        await using var earliest = await Subscriber.JoinAsync(stack.Reader, "?lastEventId=earliest");
        told = await earliest.UntilAsync(r => r.Count == 5, "what is left");
        Assert.Equal(Enumerable.Range(26, 5).Select(i => $"{i}"), told.Select(r => r.Headline));

        await using var knows = await Subscriber.JoinAsync(stack.Reader, "", "25");
        Assert.Equal("26", (await knows.UntilAsync(r => r.Count == 5, "what is left"))[0].Headline);
    }

    [Fact]
    public async Task A_replay_that_began_in_memory_goes_on_in_the_log_and_the_other_way_round()
    {
        await using var stack = await StartAsync(("RecentBulletins", "16"), ("ReplayPage", "7"));
        await using var first = await Subscriber.JoinAsync(stack.Reader);
        var updated = Broker.Article("updated", keywords: ["replayed"]);
        await stack.SendAsync([.. Enumerable.Range(0, 40).Select(i => Broker.Article($"{i}", keywords: ["replayed"])), updated]);
        await stack.SendMessagesAsync(new ArticleUpdated(updated with { Version = 3 }));
        await first.UntilAsync(r => r.Count == 42, "all");
        foreach (var from in new[] { 0, 10, 24, 25, 26, 40 })
        {
            await using var subscriber = await Subscriber.JoinAsync(stack.Reader, "?topic=keyword:replayed", $"{from}");
            var told = await subscriber.UntilAsync(r => r.Count == 42 - from, "the rest");
            Assert.Equal(Enumerable.Range(from + 1, 42 - from).Select(i => $"{i}"), told.Select(r => r.Id));
        }
    }

    [Fact]
    public async Task A_compressed_stream_is_read_as_it_comes_and_whole_when_it_ends()
    {
        await using var stack = await StartAsync();
        using var plain = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = stack.Reader.BaseAddress,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/stream")
        {
            Headers = { AcceptEncoding = { new("br"), new("gzip") } },
        };
        using var answer = await plain.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(("gzip", "Accept-Encoding"), (answer.Content.Headers.ContentEncoding.Single(), answer.Headers.Vary.Single()));
        using var reader = new StreamReader(
            new System.IO.Compression.GZipStream(await answer.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress)
        );
        for (var i = 0; i < 5; i++)
        {
            await stack.SendAsync(Broker.Article($"Compressed {i}"));
            // Each is there before the next is sent.
            while (!(await reader.ReadLineAsync())!.Contains($"Compressed {i}", StringComparison.Ordinal)) { }
        }
        var stopping = stack["Notifications"].StopAsync();
        // The decoder checks length and checksum at the end, and throws when they are missing or wrong.
        Assert.Contains("ended, since this instance stops", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await stopping);

        using var refusing = new HttpRequestMessage(HttpMethod.Get, "api/stream") { Headers = { AcceptEncoding = { new("gzip", 0) } } };
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        using var uncompressed = await plain.SendAsync(refusing, HttpCompletionOption.ResponseHeadersRead);
        Assert.Empty(uncompressed.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Who_reads_too_slowly_is_dropped_told_why_and_resumes_with_nothing_missing()
    {
        await using var stack = await StartAsync(("QueueLength", "10"), ("DropSeconds", "60"));
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await slow.ConnectAsync(IPAddress.Loopback, stack.Reader.BaseAddress!.Port);
        await slow.SendAsync(Encoding.ASCII.GetBytes("GET /api/stream HTTP/1.1\r\nHost: x\r\n\r\n"));
        await using var quick = await Subscriber.JoinAsync(stack.Reader);
        var long_ = new string('x', 200_000);
        for (var sent = 0; (await stack.MetricAsync("Notifications", "news_stream_dropped_total")) < 1; sent++)
        {
            await stack.SendAsync(Broker.Article($"{sent}") with { Summary = long_ });
            await quick.UntilAsync(r => r.Count == sent + 1, "the quick one has it");
        }
        using var reader = new StreamReader(new NetworkStream(slow));
        string? line;
        long last = 0;
        do
        {
            line = await reader.ReadLineAsync();
            last = line is not null && line.StartsWith("id: ", StringComparison.Ordinal) ? long.Parse(line[4..]) : last;
        } while (line is not null && !line.StartsWith(": dropped", StringComparison.Ordinal));
        Assert.NotNull(line);
        Assert.False(quick.Ended);
        await using var resumed = await Subscriber.JoinAsync(stack.Reader, "", $"{last}");
        var missed = await resumed.UntilAsync(r => r.Count == quick.Received.Count - last, "what it missed");
        Assert.Equal(quick.Received.Skip((int)last).Select(r => r.Id), missed.Select(r => r.Id));
    }

    [Fact]
    public async Task Old_connections_are_ended_one_by_one_and_told_different_times_to_come_back()
    {
        await using var stack = await StartAsync(("MaxAgeSeconds", "4"));
        using var client = new HttpClient { BaseAddress = stack.Reader.BaseAddress };
        var texts = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(async _ => await client.GetStringAsync(new Uri("api/stream", UriKind.Relative)))
        );
        Assert.All(texts, text => Assert.Matches("\nretry: [0-9]+\n: ended, since it was old", text));
        Assert.True(texts.Select(text => text.Split("retry: ")[^1].Split('\n')[0]).Distinct().Count() > 3);
        Assert.Equal(10, await stack.MetricAsync("Notifications", "news_stream_ended_total{", "reason=\"rotated\""));
    }

    [Fact]
    public async Task A_service_that_stops_ends_streams_over_a_while_and_sends_an_EventSource_away_in_the_meantime()
    {
        await using var stack = await StartAsync(("DrainSeconds", "5"));
        using var client = new HttpClient { BaseAddress = stack.Reader.BaseAddress };
        var texts = Enumerable.Range(0, 20).Select(_ => client.GetStringAsync(new Uri("api/stream", UriKind.Relative))).ToArray();
        await Eventually.Get(
            () => stack.MetricAsync("Notifications", "news_stream_subscribers{"),
            listening => listening == 20,
            "all listen"
        );
        var stopping = stack["Notifications"].StopAsync();
        await Task.WhenAny(texts);
        Assert.Contains(texts, text => !text.IsCompleted);
        using var late = new HttpRequestMessage(HttpMethod.Get, "api/stream") { Headers = { Accept = { new("text/event-stream") } } };
        using var told = await client.SendAsync(late);
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        Assert.StartsWith("retry: ", await told.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var other = await client.GetAsync(new Uri("api/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, other.StatusCode);
        Assert.All(await Task.WhenAll(texts), text => Assert.Contains("since this instance stops", text, StringComparison.Ordinal));
        Assert.Equal(0, await stopping);
    }
}
