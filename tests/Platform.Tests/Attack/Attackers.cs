using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using NewsPlatform.TestSupport;
using static NewsPlatform.Platform.Tests.Fuzz.Oddities;

namespace NewsPlatform.Platform.Tests.Attack;

/// <summary>Who wants the platform to answer nobody. Each attack ends after a number of requests, whatever becomes of them.</summary>
/// <param name="feed">Of the portal, as it names itself: what the hub may be asked for.</param>
public sealed class Attackers(Uri server, Cast cast, string feed)
{
    /// <summary>Of each attack.</summary>
    const int AtOnce = 20;

    readonly RawClient raw = new(server);
    readonly ConcurrentDictionary<string, int> answers = new();
    readonly List<ClientWebSocket> sockets = [];

    /// <summary>Where they come from; each attack has an address of its own.</summary>
    public static IPAddress From(int attack) => new([127, 66, 6, (byte)attack]);

    public string Said => string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{a.Key}: {a.Value}"));

    public Task AllAsync(string slowly) =>
        Task.WhenAll(
            LongQuestionsAsync(),
            SocketsAsync(),
            TextsThatGrowAsync(),
            CallbacksAsync(slowly),
            BodiesWithoutKeyAsync(),
            SearchesAsync()
        );

    /// <summary>Lets go of what was held open.</summary>
    public void Leave() => sockets.ForEach(socket => socket.Dispose());

    /// <summary>Searches and cursors of 200 kB, each another one.</summary>
    Task LongQuestionsAsync() => TimesAsync(600, i => (i % 4) switch
            {
                0 => SendAsync("long", 1, new("GET", $"/en?q={i}{Many("a", 200_000)}")),
                1 => SendAsync("long", 1, new("GET", $"/api/news?after={i}{Many("b", 200_000)}")),
                2 => SendAsync("long", 1, new("GET", $"/api/news?before={i}{Many("%C3%A4", 30_000)}")),
                _ => SendAsync("long", 1, new("GET", $"/en/all?keyword={i}{Many("c", 200_000)}")),
            });

    /// <summary>Three hundred WebSockets, each of which wants twenty subscriptions of 15 kB, and stays.</summary>
    Task SocketsAsync() => TimesAsync(300, async i =>
        {
            if (await Elsewhere.SocketAsync(From(2 + i % 3 * 100), server) is not { } socket)
            {
                Count("sockets: refused");
                return;
            }
            lock (sockets)
            {
                sockets.Add(socket);
            }
            try
            {
                for (var n = 0; n < 20; n++)
                {
                    var topics = Enumerable
                        .Range(0, 50)
                        .Select(t => string.Join(',', Enumerable.Range(0, 3).Select(k => $"keyword:{i}-{n}-{t}-{k}{Many("x", 70)}")));
                    await socket.SendAsync(
                        JsonSerializer.SerializeToUtf8Bytes(
                            new
                            {
                                type = "subscribe",
                                id = $"{n}",
                                topics,
                            }
                        ),
                        WebSocketMessageType.Text,
                        true,
                        CancellationToken.None
                    );
                }
                Count("sockets: taken");
            }
            catch (Exception closed) when (closed is WebSocketException or IOException)
            {
                Count("sockets: closed");
            }
        });

    /// <summary>Little that becomes much: tables whose rows are filled up, elements in elements, items in items.</summary>
    Task TextsThatGrowAsync() => TimesAsync(90, i => (i % 3) switch
            {
                0 => SendAsync("grow", 3, Draft("markdown", $"|{Many("a|", 1000)}\n|{Many("-|", 1000)}\n{Many("|\n", 5000)}")),
                1 => SendAsync("grow", 3, Draft("body", $"{Many("<blockquote><ul><li>", 5000)}x{Many("<table><tr><td>", 2000)}")),
                _ => SendAsync(
                    "grow",
                    3,
                    new RawRequest("POST", "/api/import?publish=true")
                    {
                        Body = Encoding.UTF8.GetBytes(
                            $"{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{{\"id\":\"x\",\"a\":{Many("[", 100_000)}"
                        ),
                    }
                        .With("Content-Type", "application/feed+json")
                        .With("Authorization", $"Bearer {cast["editor of sport"].Secret}")
                ),
            });

    RawRequest Draft(string member, string text) =>
        new RawRequest("POST", "/api/articles")
            .With("Authorization", $"Bearer {cast["reporter"].Secret}")
            .Json(
                JsonSerializer.Serialize(
                    new Dictionary<string, string>
                    {
                        ["headline"] = "Attack",
                        ["category"] = "world",
                        ["language"] = "en",
                        [member] = text,
                    }
                )
            );

    /// <summary>The hub is to ask a server that does not answer, and webhooks are made, enabled and ended.</summary>
    Task CallbacksAsync(string slowly) => TimesAsync(150, async i =>
        {
            await SendAsync(
                "hub",
                60,
                new RawRequest("POST", "/hub")
                {
                    Body = Encoding.ASCII.GetBytes(
                        $"hub.mode=subscribe&hub.topic={Uri.EscapeDataString(feed)}&hub.callback={Uri.EscapeDataString($"{slowly}/{i}")}"
                    ),
                }.With("Content-Type", "application/x-www-form-urlencoded")
            );
            var made = await SendAsync(
                "webhook",
                61,
                Bearer("POST", "/api/subscriptions")
                    .Json(
                        JsonSerializer.Serialize(
                            new
                            {
                                kind = "webhook",
                                url = $"{slowly}/{i}",
                                topics = Array.Empty<string>(),
                            }
                        )
                    )
            );
            if (made.Status == 201)
            {
                await SendAsync("webhook", 61, Bearer("POST", $"/api/subscriptions/{made.Json()!["id"]}/enable"));
                await SendAsync("webhook", 61, Bearer("DELETE", $"/api/subscriptions/{made.Json()!["id"]}"));
            }
        });

    RawRequest Bearer(string method, string path) =>
        new RawRequest(method, path).With("Authorization", $"Bearer {cast["subscriber"].Secret}");

    /// <summary>Four megabytes that nobody has a use for, by somebody without a key.</summary>
    Task BodiesWithoutKeyAsync() => TimesAsync(150, i => SendAsync(
                "body",
                7,
                new RawRequest("POST", i % 2 == 0 ? $"/api/articles/{Guid.NewGuid()}/odd" : "/api/articles") { Body = new byte[4_000_000] }
                    .With("Idempotency-Key", $"key-{i}")
                    .With("Content-Type", "application/json")
            ));

    /// <summary>Sixty at once, each another one.</summary>
    async Task SearchesAsync()
    {
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 60)
                    .Select(i => SendAsync("search", 10, new("GET", $"/api/news?language=en&q=harbour%20or%20storm%20or%20w{round}x{i}")))
            );
        }
    }

    async Task<RawAnswer> SendAsync(string attack, int from, RawRequest request)
    {
        var answer = await raw.SendAsync(request, From(from));
        Count($"{attack}: {answer.Status}");
        return answer;
    }

    void Count(string what) => answers.AddOrUpdate(what, 1, (_, count) => count + 1);

    static Task TimesAsync(int times, Func<int, Task> attack) =>
        Parallel.ForEachAsync(Enumerable.Range(0, times), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
            await attack(i)
        );
}
