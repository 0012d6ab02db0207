using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>
/// What there is to be asked for: articles in every state, keys to lose, subscriptions of everybody, and requests that are right.
/// </summary>
public sealed class World
{
    static readonly string[][] lives =
    [
        [],
        ["submit"],
        ["schedule"],
        ["embargo"],
        ["publish"],
        ["publish", "correct"],
        ["publish", "unpublish"],
        ["publish", "kill"],
    ];
    const int OfEach = 6;

    readonly List<Guid> articles = [];
    readonly List<Guid> doomed = [];
    readonly List<Guid> keys = [];
    readonly List<Guid> subscriptions = [];
    readonly Receiver receiver;
    readonly PushReader browser;

    World(Receiver receiver)
    {
        this.receiver = receiver;
        browser = new(receiver.Url("push"));
    }

    public static async Task<World> MakeAsync(Stack stack, Cast cast, Receiver receiver)
    {
        var world = new World(receiver);
        foreach (var life in lives)
        {
            for (var i = 0; i < OfEach; i++)
            {
                var copy = new
                {
                    headline = $"Of the world {string.Join(' ', life)} {i}",
                    category = i % 2 == 0 ? "sport" : "world",
                    language = i % 3 == 0 ? "az" : "en",
                    body = "<p>Body.</p>",
                    keywords = new[] { "harbour" },
                    bylines = new[] { "A. Writer" },
                };
                var id = Stack.Id(await stack.DraftAsync(copy));
                foreach (var act in life)
                {
                    await stack.ActAsync(id, act, Words(act));
                }
                (i == 0 ? world.doomed : world.articles).Add(id);
            }
        }
        for (var i = 0; i < 20; i++)
        {
            using var made = await stack.Editor.PostAsJsonAsync("api/keys", new { name = $"to-lose-{i}", role = "reporter" });
            world.keys.Add(Stack.Id((await made.Content.ReadFromJsonAsync<JsonNode>())!));
        }
        foreach (var player in cast.Players.Where(p => p.Secret is not null))
        {
            using var client = stack.Bearer(player.Secret!);
            for (var i = 0; i < 4; i++)
            {
                using var made = await client.PostAsJsonAsync(
                    "api/subscriptions",
                    new
                    {
                        kind = "webhook",
                        url = receiver.Url($"of-{player.Name.Replace(' ', '-')}-{i}"),
                        topics = new[] { "keyword:nobody-writes-this" },
                    }
                );
                made.EnsureSuccessStatusCode();
                world.subscriptions.Add(Stack.Id((await made.Content.ReadFromJsonAsync<JsonNode>())!));
            }
        }
        await stack.LineUntilAsync(items => items.Count >= OfEach, "some stories", "keyword=harbour");
        return world;
    }

    /// <summary>One for each kind of body that the operation takes.</summary>
    public IEnumerable<Operation> Variants(Operation operation)
    {
        var bodies = Right(operation).ToArray();
        return bodies.Length == 0
            ? [operation]
            : bodies.Select(body =>
                operation with
                {
                    Bodies = new Dictionary<string, string> { [body.Type] = body.Text },
                    Variant = body.Kind,
                }
            );
    }

    /// <summary>A request that is right, for somebody who may.</summary>
    public Draft Right(Operation operation, Player player, Random random)
    {
        var path = operation
            .Parameters.Where(p => p.In == "path")
            .ToDictionary(p => p.Name, p => p.Name == "id" ? Id(operation, random).ToString() : p.Example ?? "1");
        var (type, body) = operation.Bodies.FirstOrDefault();
        List<(string, string)> headers = [];
        if (player.Secret is not null)
        {
            headers.Add(("Authorization", $"Bearer {player.Secret}"));
        }
        if (operation.Parameters.Any(p => p.Name == "If-Match"))
        {
            headers.Add(("If-Match", "*"));
        }
        if (type is not null)
        {
            headers.Add(("Content-Type", type));
        }
        // Two articles of one headline that are published at the same moment want the same address.
        body = body?.Replace("Harbour opens after the storm", $"Harbour {random.Next()}", StringComparison.Ordinal);
        return new(operation, operation.Method, path, [], headers, body is null ? null : System.Text.Encoding.UTF8.GetBytes(body));
    }

    Guid Id(Operation operation, Random random)
    {
        var from =
            operation.Path.StartsWith("/api/keys", StringComparison.Ordinal) ? keys
            : operation.Path.StartsWith("/api/subscriptions", StringComparison.Ordinal) ? subscriptions
            // What cannot be undone is done to a few only.
            : operation.Path.EndsWith("/kill", StringComparison.Ordinal) || operation.Path.EndsWith("/mask", StringComparison.Ordinal)
                ? doomed
            : articles;
        return from[random.Next(from.Count)];
    }

    IEnumerable<(string? Kind, string Type, string Text)> Right(Operation operation) =>
        operation.Name switch
        {
            "POST /hub" =>
            [
                (
                    null,
                    "application/x-www-form-urlencoded",
                    $"hub.mode=subscribe&hub.topic={Uri.EscapeDataString("http://127.0.0.1/en/rss.xml")}&hub.callback={Uri.EscapeDataString(receiver.Url("hub"))}&hub.secret=s&hub.lease_seconds=600"
                ),
            ],
            "POST /api/subscriptions" =>
            [
                (
                    "webhook",
                    "application/json",
                    JsonSerializer.Serialize(
                        new
                        {
                            kind = "webhook",
                            url = receiver.Url("odd"),
                            description = "Odd",
                            topics = new[] { "keyword:nobody-writes-this" },
                            ratePerSecond = 5,
                        }
                    )
                ),
                (
                    "webPush",
                    "application/json",
                    JsonSerializer.Serialize(
                        new
                        {
                            kind = "webPush",
                            endpoint = browser.Endpoint,
                            keys = browser.Keys,
                            language = "en",
                            topics = new[] { "keyword:nobody-writes-this" },
                            quietHours = new
                            {
                                from = "22:00",
                                to = "07:00",
                                zone = "Asia/Baku",
                            },
                        }
                    )
                ),
                (
                    "email",
                    "application/json",
                    JsonSerializer.Serialize(
                        new
                        {
                            kind = "email",
                            address = "a@example.org",
                            frequency = "daily",
                            language = "en",
                            hour = 7,
                            zone = "Asia/Baku",
                            topics = new[] { "keyword:nobody-writes-this" },
                        }
                    )
                ),
            ],
            "POST /api/articles/{id}/mask" =>
            [
                (null, "application/json", """{"text":"Nobody At All","replacement":"N.","fields":["source"],"reason":"Asked for."}"""),
            ],
            "POST /api/subscriptions/{id}/replay" => [(null, "application/json", """{"after":0,"upTo":5}""")],
            "PUT /api/subscriptions/{id}" =>
            [
                (
                    null,
                    "application/json",
                    """{"topics":["breaking"],"language":"en","quietHours":{"from":"22:00","to":"07:00","zone":"Asia/Baku"}}"""
                ),
            ],
            "POST /api/import" => Imports.Right,
            _ => operation.Bodies.Select(b => ((string?)null, b.Key, b.Value)),
        };

    static object? Words(string act) =>
        act switch
        {
            "schedule" => new { publishAt = DateTimeOffset.UtcNow.AddDays(20) },
            "embargo" => new { until = DateTimeOffset.UtcNow.AddDays(20) },
            "correct" => new { note = "So it is." },
            "kill" => new { reason = "It is not so." },
            _ => null,
        };
}
