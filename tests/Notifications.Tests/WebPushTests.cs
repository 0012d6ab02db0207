using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Notifications as it is deployed, with push services on this machine and a short schedule of retries.</summary>
public sealed class WebPushPlatform(Servers servers) : IAsyncLifetime
{
    public static readonly Dictionary<string, string> Settings = new()
    {
        ["Outbound__Allow"] = "127.0.0.0/8,::1/128",
        ["WebPush__RetrySchedule"] = "1s,1s,1s",
        ["WebPush__MaxPerClientPerMinute"] = "200",
        ["Portal__PublicUrl"] = "https://news.example.org",
    };

    public Stack Stack { get; private set; } = null!;
    public PushService Pushes { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Pushes = await PushService.StartAsync();
        Stack = await Stack.StartAsync(servers, Settings, "Notifications");
    }

    public async ValueTask DisposeAsync()
    {
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Pushes.DisposeAsync();
    }
}

public sealed class WebPushTests(WebPushPlatform platform) : IClassFixture<WebPushPlatform>
{
    Stack Stack => platform.Stack;
    PushService Pushes => platform.Pushes;

    static object Request(PushReader browser, string[] topics, object? quietHours = null, string? language = null, object? keys = null) =>
        new
        {
            topics,
            endpoint = browser.Endpoint,
            keys = keys ?? browser.Keys,
            quietHours,
            language,
            kind = "webPush",
        };

    async Task<(Guid Id, string Secret)> SubscribeAsync(
        PushReader browser,
        string keyword,
        object? quietHours = null,
        string? language = null
    )
    {
        using var answer = await Stack.Reader.PostAsJsonAsync(
            "api/subscriptions",
            Request(browser, [$"keyword:{keyword}"], quietHours, language)
        );
        var made = await answer.Content.ReadFromJsonAsync<JsonNode>();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{made}");
        return (Stack.Id(made!), (string)made!["secret"]!);
    }

    async Task<(int Status, JsonNode? Body)> AskAsync(HttpMethod method, Guid id, string? secret, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"api/subscriptions/{id}")
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        request.Headers.Authorization = secret is null ? null : new("Bearer", secret);
        using var answer = await Stack.Reader.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null);
    }

    async Task<IReadOnlyList<JsonNode>> ReadAsync(PushReader browser, int count)
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        return
        [
            .. (await browser.ReadAsync([.. (await Pushes.UntilAsync(browser, count)).Select(push => push.Body)])).Select(text =>
                JsonNode.Parse(text)!
            ),
        ];
    }

    static string Word() => $"w{Guid.NewGuid():N}";

    [Fact]
    public async Task A_story_is_pushed_in_a_form_that_foreign_clients_read_and_its_correction_and_withdrawal_replace_it()
    {
        var (browser, word) = (Pushes.Reader(), Word());
        await SubscribeAsync(browser, word, language: "az");
        var article = Broker.Article("Liman açıldı", keywords: [word]) with { Summary = "Gəmilər yenidən girir." };
        await Stack.SendAsync(article);
        await Pushes.UntilAsync(browser, 1);
        await Stack.SendMessagesAsync(new ArticleCorrected(article with { Version = 3, Headline = "Liman bağlandı" }, "Açılmayıb."));
        await Pushes.UntilAsync(browser, 2);
        await Stack.SendMessagesAsync(
            new ArticleWithdrawn(
                article with
                {
                    Version = 4,
                    Headline = "Liman bağlandı",
                    Summary = "",
                },
                PubStatus.Canceled,
                "Belə olmayıb."
            )
        );
        var messages = await ReadAsync(browser, 3);

        Assert.Equal(
            [
                ("published", "Liman açıldı", "Gəmilər yenidən girir."),
                ("corrected", "Liman bağlandı", "Düzəliş: Açılmayıb."),
                ("withdrawn", "Xəbər geri götürülüb", "Liman bağlandı\nBelə olmayıb."),
            ],
            messages.Select(m => ((string)m["kind"]!, (string)m["title"]!, (string)m["body"]!))
        );
        Assert.All(messages, m =>
            Assert.Equal((article.ArticleId.ToString(), $"/en/world/slug-{article.ArticleId:N}"), ((string)m["tag"]!, (string)m["url"]!))
        );
        var pushes = Pushes.To(browser);
        Assert.Equal(["normal", "normal", "normal"], pushes.Select(push => push.Headers["urgency"]));
        Assert.Matches("^[A-Za-z0-9_-]{1,32}$", Assert.Single(pushes.Select(push => push.Headers["topic"]).Distinct()));
        Assert.All(pushes, push =>
            Assert.Equal(("aes128gcm", "application/octet-stream"), (push.Headers["content-encoding"], push.Headers["content-type"]))
        );
        Assert.All(pushes.Take(2), push => Assert.InRange(int.Parse(push.Headers["ttl"], null), 43_000, 43_200));
        Assert.InRange(int.Parse(pushes[2].Headers["ttl"], null), 604_000, 604_800);
    }

    [Fact]
    public async Task Breaking_news_is_urgent_and_each_push_is_signed_for_its_push_service()
    {
        var (browser, word) = (Pushes.Reader(), Word());
        await SubscribeAsync(browser, word);
        await Stack.SendAsync(Broker.Article("It happens", keywords: [word], breaking: true));
        var push = (await Pushes.UntilAsync(browser, 1))[0];
        Assert.Equal("high", push.Headers["urgency"]);

        var key = (string)(await Stack.Reader.GetFromJsonAsync<JsonNode>("api/push/key"))!["key"]!;
        var signed = push.Headers["authorization"].Split(["vapid t=", ", k="], StringSplitOptions.None);
        Assert.Equal(key, signed[2]);
        var point = Base64Url.DecodeFromChars(key);
        using var ecdsa = ECDsa.Create(
            new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = point[1..33], Y = point[33..] } }
        );
        var checkedToken = await new JsonWebTokenHandler().ValidateTokenAsync(
            signed[1],
            new()
            {
                IssuerSigningKey = new ECDsaSecurityKey(ecdsa),
                ValidAudience = Pushes.Origin,
                ValidateIssuer = false,
                ValidAlgorithms = ["ES256"],
            }
        );
        Assert.True(checkedToken.IsValid, checkedToken.Exception?.Message);
        Assert.Equal("https://news.example.org", checkedToken.Claims["sub"]);
        Assert.InRange(checkedToken.SecurityToken.ValidTo, DateTime.UtcNow.AddHours(5), DateTime.UtcNow.AddHours(24));
    }

    [Fact]
    public async Task A_push_service_that_others_wrote_takes_every_push_and_one_that_expired_is_pruned()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var port = Servers.FreePort();
        using var server = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(
                "node",
                [Path.Combine(Node.Folder, "node_modules", "web-push-testing", "src", "bin", "server.js"), $"{port}"]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            using var foreign = new HttpClient { BaseAddress = new($"http://localhost:{port}") };
            await Eventually.True(
                async () => (await foreign.PostAsync(new Uri("/status", UriKind.Relative), null)).IsSuccessStatusCode,
                "the foreign push service"
            );
            var key = (string)(await Stack.Reader.GetFromJsonAsync<JsonNode>("api/push/key"))!["key"]!;
            var taken = (
                await (
                    await foreign.PostAsJsonAsync("/subscribe", new { userVisibleOnly = "true", applicationServerKey = key })
                ).Content.ReadFromJsonAsync<JsonNode>()
            )!["data"]!;
            var word = Word();
            using var made = await Stack.Reader.PostAsJsonAsync(
                "api/subscriptions",
                new
                {
                    kind = "webPush",
                    endpoint = (string)taken["endpoint"]!,
                    keys = taken["keys"],
                    topics = new[] { $"keyword:{word}" },
                }
            );
            var subscription = (await made.Content.ReadFromJsonAsync<JsonNode>())!;
            Assert.True(made.StatusCode == HttpStatusCode.Created, $"{subscription}");

            var articles = Enumerable.Range(0, 20).Select(i => Broker.Article($"Foreign {i}", keywords: [word])).ToArray();
            await Stack.SendAsync(articles);
            var hash = (string)taken["clientHash"]!;
            var messages = await Eventually.Get(
                async () =>
                    (
                        await (
                            await foreign.PostAsJsonAsync("/get-notifications", new { clientHash = hash })
                        ).Content.ReadFromJsonAsync<JsonNode>()
                    )!["data"]!["messages"]!.AsArray(),
                all => all.Count >= 20,
                "all pushes"
            );
            Assert.Equal(articles.Select(a => a.Headline), messages.Select(m => (string)JsonNode.Parse((string)m!)!["title"]!));

            await foreign.PostAsync(new Uri($"/expire-subscription/{hash}", UriKind.Relative), null);
            await Stack.SendAsync(Broker.Article("After it expired", keywords: [word]));
            await Eventually.True(
                async () => (await AskAsync(HttpMethod.Get, Stack.Id(subscription), (string)subscription["secret"]!)).Status == 404,
                "the subscription is gone"
            );
            Assert.Equal(
                ["0"],
                await Stack.QueryAsync(
                    "Notifications",
                    $"select count(*) from subscription_wants where subscription = '{Stack.Id(subscription)}'"
                )
            );
        }
        finally
        {
            server.Kill();
        }
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_browser_that_is_gone_is_forgotten(int status)
    {
        var (browser, word) = (Pushes.Reader(), Word());
        var (id, secret) = await SubscribeAsync(browser, word);
        Pushes.Answer(browser, (status, null));
        await Stack.SendAsync(Broker.Article("Nobody there", keywords: [word]));
        await Eventually.True(async () => (await AskAsync(HttpMethod.Get, id, secret)).Status == 404, "the subscription is gone");
        Assert.Single(Pushes.To(browser));
        Assert.Equal(["0"], await Stack.QueryAsync("Notifications", $"select count(*) from notice where subscription = '{id}'"));
    }

    [Fact]
    public async Task A_push_that_is_too_large_is_made_shorter_and_if_that_is_too_large_too_it_is_left_out()
    {
        var (browser, word) = (Pushes.Reader(), Word());
        await SubscribeAsync(browser, word);
        Pushes.Answer(browser, (413, null), (201, null), (413, null), (413, null), (201, null));
        foreach (var headline in new[] { "Shortened", "Left out", "Whole" })
        {
            await Stack.SendAsync(Broker.Article(headline, keywords: [word]) with { Summary = new string('s', 5_000) });
        }
        var pushes = await Pushes.UntilAsync(browser, 5);
        Assert.Equal([413, 201, 413, 413, 201], pushes.Select(push => push.Status));
        Assert.True(pushes[1].Body.Length < pushes[0].Body.Length / 2);
        var messages = await ReadAsync(browser, 5);
        Assert.Equal(["Shortened", "Shortened", "Left out", "Left out", "Whole"], messages.Select(m => (string)m["title"]!));
        Assert.InRange(Encoding.UTF8.GetByteCount(messages[4].ToJsonString()), 2_500, 3_100);
    }

    [Fact]
    public async Task A_push_service_that_asks_for_patience_is_left_alone_and_then_everything_comes_in_order()
    {
        var (browser, word) = (Pushes.Reader(), Word());
        await SubscribeAsync(browser, word);
        Pushes.Answer(browser, (429, 3), (503, null), (500, null));
        await Stack.SendAsync(Broker.Article("First", keywords: [word]));
        await Pushes.UntilAsync(browser, 1);
        await Stack.SendAsync(Broker.Article("Second", keywords: [word]));
        var pushes = await Pushes.UntilAsync(browser, 5);
        Assert.Equal([429, 503, 500, 201, 201], pushes.Select(push => push.Status));
        Assert.True(pushes[1].At - pushes[0].At >= TimeSpan.FromSeconds(2.9));
        Assert.Equal(["First", "First", "First", "First", "Second"], (await ReadAsync(browser, 5)).Select(m => (string)m["title"]!));
    }

    [Fact]
    public async Task What_fails_for_too_long_is_given_up_and_what_comes_after_it_is_pushed()
    {
        var (browser, word) = (Pushes.Reader(), Word());
        await SubscribeAsync(browser, word);
        Pushes.Answer(browser, (500, null), (500, null), (500, null), (500, null));
        await Stack.SendAsync(Broker.Article("Given up", keywords: [word]));
        await Pushes.UntilAsync(browser, 4);
        await Stack.SendAsync(Broker.Article("After it", keywords: [word]));
        Assert.Equal(
            ["Given up", "Given up", "Given up", "Given up", "After it"],
            (await ReadAsync(browser, 5)).Select(m => (string)m["title"]!)
        );
    }

    [Fact]
    public async Task A_subscription_is_kept_by_its_secret_alone()
    {
        var (browser, word) = (Pushes.Reader(), Word());
        var (id, secret) = await SubscribeAsync(
            browser,
            word,
            new
            {
                from = "22:00",
                to = "07:00",
                zone = "Asia/Baku",
            }
        );
        var (status, view) = await AskAsync(HttpMethod.Get, id, secret);
        Assert.Equal(
            (200, "webPush", "active", "22:00", "en"),
            (status, (string)view!["kind"]!, (string)view["state"]!, (string)view["quietHours"]!["from"]!, (string)view["language"]!)
        );
        Assert.DoesNotContain(browser.Endpoint, view.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(view["secret"]);

        var (_, other) = await SubscribeAsync(Pushes.Reader(), word);
        var change = new { topics = new[] { "breaking" } };
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete, HttpMethod.Put })
        {
            Assert.Equal(401, (await AskAsync(method, id, null, method == HttpMethod.Put ? change : null)).Status);
            Assert.Equal(404, (await AskAsync(method, id, other, method == HttpMethod.Put ? change : null)).Status);
            Assert.Equal(404, (await AskAsync(method, id, "guessed", method == HttpMethod.Put ? change : null)).Status);
        }

        Assert.Equal(
            200,
            (
                await AskAsync(HttpMethod.Put, id, secret, new { topics = new[] { $"keyword:{word}-too" }, quietHours = (object?)null })
            ).Status
        );
        await Stack.SendAsync(Broker.Article("Of before", keywords: [word]), Broker.Article("Of now", keywords: [$"{word}-too"]));
        Assert.Equal(["Of now"], (await ReadAsync(browser, 1)).Select(m => (string)m["title"]!));

        Assert.Equal(204, (await AskAsync(HttpMethod.Delete, id, secret)).Status);
        Assert.Equal(404, (await AskAsync(HttpMethod.Get, id, secret)).Status);
        await Stack.SendAsync(Broker.Article("Too late", keywords: [$"{word}-too", word]));
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, $"?topic=keyword:{word}", "0");
        await subscriber.UntilAsync(r => r.Any(b => b.Headline == "Too late"), "it");
        Assert.Single(Pushes.To(browser));
    }

    [Fact]
    public async Task An_endpoint_has_one_subscription_and_only_who_has_its_secret_or_its_keys_replaces_it()
    {
        var (browser, word) = (Pushes.Reader(), Word());
        var (id, secret) = await SubscribeAsync(browser, word);
        var stranger = Request(browser, ["breaking"], keys: new PushReader("").Keys);
        using (var refused = await Stack.Reader.PostAsJsonAsync("api/subscriptions", stranger))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        }
        Assert.Equal($"keyword:{word}", (string)(await AskAsync(HttpMethod.Get, id, secret)).Body!["topics"]![0]!);

        using var again = await Stack.Reader.PostAsJsonAsync("api/subscriptions", Request(browser, [$"keyword:{word}", "breaking"]));
        var replaced = (await again.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((HttpStatusCode.OK, id), (again.StatusCode, Stack.Id(replaced)));
        Assert.Equal(404, (await AskAsync(HttpMethod.Get, id, secret)).Status);

        using var client = Stack.Bearer((string)replaced["secret"]!);
        var fresh = new PushReader(browser.Endpoint);
        using var byItsSecret = await client.PostAsJsonAsync("api/subscriptions", Request(fresh, [$"keyword:{word}"]));
        Assert.Equal(
            (HttpStatusCode.OK, id),
            (byItsSecret.StatusCode, Stack.Id((await byItsSecret.Content.ReadFromJsonAsync<JsonNode>())!))
        );
        await Stack.SendAsync(Broker.Article("Once", keywords: [word], breaking: true));
        Assert.Equal(
            ["Once"],
            (await fresh.ReadAsync((await Pushes.UntilAsync(browser, 1))[0].Body)).Select(text => (string)JsonNode.Parse(text)!["title"]!)
        );
        Assert.Equal(
            ["1"],
            await Stack.QueryAsync(
                "Notifications",
                $"select count(*) from mt_doc_subscription where data -> 'target' ->> 'endpoint' = '{browser.Endpoint}'"
            )
        );
    }

    [Fact]
    public async Task In_quiet_hours_only_breaking_news_comes_and_when_they_end_one_message_for_the_rest()
    {
        var (browser, word, now) = (Pushes.Reader(), Word(), DateTimeOffset.UtcNow);
        static string Clock(DateTimeOffset at) => at.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        var (id, secret) = await SubscribeAsync(
            browser,
            word,
            new
            {
                from = Clock(now.AddHours(-3)),
                to = Clock(now.AddHours(3)),
                zone = "UTC",
            },
            language: "tr"
        );
        await Stack.SendAsync([.. Enumerable.Range(0, 3).Select(i => Broker.Article($"Waits {i}", keywords: [word]))]);
        await Stack.SendAsync(Broker.Article("Cannot wait", keywords: [word], breaking: true));
        Assert.Equal(["Cannot wait"], (await ReadAsync(browser, 1)).Select(m => (string)m["title"]!));
        await Eventually.Get(
            () => Stack.QueryAsync("Notifications", $"select count(*) from notice where subscription = '{id}'"),
            rows => rows[0] == "3",
            "three wait"
        );

        // It was two hours ago, and the quiet hours have ended since.
        await Stack.ExecuteAsync(
            "Notifications",
            $"update notice set noted_at = noted_at - interval '2 hours' where subscription = '{id}'"
        );
        var ended = new
        {
            topics = new[] { $"keyword:{word}" },
            language = "tr",
            quietHours = new
            {
                from = Clock(now.AddHours(-3)),
                to = Clock(now.AddHours(-1)),
                zone = "UTC",
            },
        };
        Assert.Equal(200, (await AskAsync(HttpMethod.Put, id, secret, ended)).Status);
        var digest = (await ReadAsync(browser, 2))[1];
        Assert.Equal(("digest", "Siz uyurken 3 haber", "/tr"), ((string)digest["kind"]!, (string)digest["title"]!, (string)digest["url"]!));
        Assert.Equal(3, ((string)digest["body"]!).Split('\n').Length);
        await Eventually.Get(
            () => Stack.QueryAsync("Notifications", $"select count(*) from notice where subscription = '{id}'"),
            rows => rows[0] == "0",
            "nothing waits"
        );
        Assert.Equal(2, Pushes.To(browser).Count);
    }

    [Fact]
    public async Task What_nobody_takes_is_too_old_after_its_time_to_live()
    {
        var (browser, word) = (Pushes.Reader(), Word());
        var (id, _) = await SubscribeAsync(browser, word);
        Pushes.Answer(browser, (503, 5));
        await Stack.SendAsync(Broker.Article("Old", keywords: [word]));
        await Pushes.UntilAsync(browser, 1);
        await Stack.ExecuteAsync(
            "Notifications",
            $"update notice set noted_at = noted_at - interval '13 hours' where subscription = '{id}'"
        );
        await Stack.SendAsync(Broker.Article("New", keywords: [word]));
        Assert.Equal(["Old", "New"], (await ReadAsync(browser, 2)).Select(m => (string)m["title"]!));
    }

    /// <summary>As browsers and libraries write them, whose bytes have characters that the alphabets write in two ways.</summary>
    [Fact]
    public async Task Keys_are_read_in_either_alphabet_with_padding_or_without_and_are_the_same_keys()
    {
        var browser = Pushes.Reader();
        while (!Convert.ToBase64String(browser.Key).ContainsAny('+', '/') || !Convert.ToBase64String(browser.Auth).ContainsAny('+', '/'))
        {
            browser = Pushes.Reader();
        }
        var (key, auth) = (Convert.ToBase64String(browser.Key), Convert.ToBase64String(browser.Auth));
        var id = Guid.Empty;
        foreach (
            var (p256dh, shared, status) in new[]
            {
                (key, auth, HttpStatusCode.Created),
                (key.TrimEnd('='), auth.TrimEnd('='), HttpStatusCode.OK),
                (ToUrl(key), ToUrl(auth), HttpStatusCode.OK),
                (ToUrl(key).TrimEnd('='), ToUrl(auth).TrimEnd('='), HttpStatusCode.OK),
            }
        )
        {
            // Who subscribes an endpoint again has to know its keys.
            using var answer = await Stack.Reader.PostAsJsonAsync(
                "api/subscriptions",
                Request(browser, ["breaking"], keys: new { p256dh, auth = shared })
            );
            Assert.Equal(status, answer.StatusCode);
            id = Stack.Id((await answer.Content.ReadFromJsonAsync<JsonNode>())!);
        }
        var kept = (await Stack.QueryAsync("Notifications", $"select data::text from mt_doc_subscription where id = '{id}'")).Single()!;
        Assert.Contains($"\"{key}\"", kept, StringComparison.Ordinal);

        static string ToUrl(string text) => text.Replace('+', '-').Replace('/', '_');
    }

    public static TheoryData<string, string, int, string> Bad() =>
        new()
        {
            { "endpoint", "http://10.0.0.1/push", 422, "endpoint" },
            { "endpoint", "https://169.254.169.254/latest", 422, "endpoint" },
            { "endpoint", "https://[fd00::1]/push", 422, "endpoint" },
            { "endpoint", "https://2130706433.example.invalid/push", 422, "endpoint" },
            { "endpoint", "https://8.8.8.8/push", 422, "endpoint" },
            { "endpoint", "ftp://127.0.0.1/push", 422, "endpoint" },
            { "endpoint", "nowhere", 422, "endpoint" },
            { "endpoint", "https://user@127.0.0.1/push", 422, "endpoint" },
            { "endpoint", "LONG", 422, "endpoint" },
            { "p256dh", "", 422, "keys.p256dh" },
            { "p256dh", "not base64 !", 422, "keys.p256dh" },
            { "p256dh", "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 422, "keys.p256dh" },
            { "auth", "AAAA", 422, "keys.auth" },
            { "auth", "AAAAAAAAAAAAAAAAAAAAAA= ", 422, "keys.auth" },
            { "auth", "AAAAAAAAAAAAAAAAAAAAAA%%", 422, "keys.auth" },
            { "auth", "AAAAAAAAAA+AAAAAAAAA-A==", 422, "keys.auth" },
            { "auth", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 422, "keys.auth" },
            { "zone", "Europe/Atlantis", 422, "quietHours.zone" },
            { "zone", "../../etc/passwd", 422, "quietHours.zone" },
            { "from", "25:00", 422, "quietHours.from" },
            { "from", "07:00", 422, "quietHours.to" },
            { "language", "xx", 422, "language" },
            { "topic", "everything", 400, "topics" },
            { "topic", "keyword:LONG", 400, "topics" },
            { "member", "surprise", 400, "surprise" },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_cannot_be_kept_is_refused_by_name_and_nothing_is_stored(string member, string value, int status, string named)
    {
        value = value.Replace("LONG", new string('x', 4_000), StringComparison.Ordinal);
        var browser = Pushes.Reader();
        var body = JsonNode.Parse(
            System.Text.Json.JsonSerializer.Serialize(
                Request(
                    browser,
                    ["breaking"],
                    new
                    {
                        from = "22:00",
                        to = "07:00",
                        zone = "Asia/Baku",
                    },
                    "en"
                )
            )
        )!;
        switch (member)
        {
            case "p256dh" or "auth":
                body["keys"]![member] = value;
                break;
            case "zone" or "from":
                body["quietHours"]![member] = value;
                break;
            case "topic":
                body["topics"] = new JsonArray(value);
                break;
            case "member":
                body[value] = true;
                break;
            default:
                body[member] = value;
                break;
        }
        using var answer = await Stack.Reader.PostAsJsonAsync("api/subscriptions", body);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.True((int)answer.StatusCode == status && problem["errors"]?[named] is not null, $"{(int)answer.StatusCode} {problem}");
        Assert.Equal(
            ["0"],
            await Stack.QueryAsync(
                "Notifications",
                $"select count(*) from mt_doc_subscription where data -> 'target' ->> 'endpoint' = '{browser.Endpoint}'"
            )
        );
    }

    [Theory]
    [InlineData(51, 400)]
    [InlineData(10_000, 413)]
    public async Task Too_many_topics_are_refused(int count, int status)
    {
        using var answer = await Stack.Reader.PostAsJsonAsync(
            "api/subscriptions",
            Request(Pushes.Reader(), [.. Enumerable.Range(0, count).Select(i => $"keyword:k{i}")])
        );
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task The_key_is_made_once_and_is_the_same_on_every_instance_and_after_a_restart()
    {
        await using var own = await Stack.StartAsync(Stack.Servers, WebPushPlatform.Settings, "Notifications");
        async Task<string> KeyAsync(Uri address)
        {
            using var client = new HttpClient { BaseAddress = address };
            using var answer = await client.GetAsync(new Uri("api/push/key", UriKind.Relative));
            Assert.True(answer.Headers.CacheControl is { Public: true, MaxAge.TotalSeconds: > 0 });
            return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["key"]!;
        }

        var first = await KeyAsync(own["Notifications"].Address);
        Assert.Equal(65, Base64Url.DecodeFromChars(first).Length);
        await own["Notifications"].StopAsync();
        // Both find no key, as two that start at once do.
        await own.ExecuteAsync("Notifications", "delete from mt_doc_vapidkey");
        own["Notifications"].Start();
        await using var replica = await own.StartReplicaAsync("Notifications");
        await own["Notifications"].ReadyAsync();
        var made = await KeyAsync(own["Notifications"].Address);
        Assert.NotEqual(first, made);
        Assert.Equal(made, await KeyAsync(replica.Address));
        await own["Notifications"].KillAsync();
        own["Notifications"].Start();
        await own["Notifications"].ReadyAsync();
        Assert.Equal(made, await KeyAsync(own["Notifications"].Address));
    }

    [Fact]
    public async Task One_client_may_not_subscribe_without_end_and_all_together_not_beyond_the_limit()
    {
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string>(WebPushPlatform.Settings)
            {
                ["WebPush__MaxSubscriptions"] = "6",
                ["WebPush__MaxPerClientPerMinute"] = "5",
            },
            "Notifications"
        );
        async Task<HttpResponseMessage> PostAsync(string client)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/subscriptions")
            {
                Content = JsonContent.Create(Request(Pushes.Reader(), ["keyword:flood"])),
            };
            request.Headers.Add("X-Forwarded-For", client);
            return await own.Reader.SendAsync(request);
        }

        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await PostAsync($"2001:db8:1:2::{i}")).StatusCode);
        }
        // All of one customer's network.
        using var tooMany = await PostAsync("2001:db8:1:2::6");
        Assert.Equal((HttpStatusCode.TooManyRequests, true), (tooMany.StatusCode, tooMany.Headers.RetryAfter is not null));
        Assert.Equal(HttpStatusCode.Created, (await PostAsync("2001:db8:1:3::1")).StatusCode);
        using var full = await PostAsync("192.0.2.1");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (full.StatusCode, full.Headers.RetryAfter is not null));
    }

    [Theory]
    [InlineData("WebPush__Subject", "somebody")]
    [InlineData("WebPush__RetrySchedule", "often")]
    [InlineData("WebPush__MaxPayloadBytes", "5000")]
    [InlineData("WebPush__DigestMaxStories", "100")]
    public async Task A_setting_that_cannot_be_stops_the_service_and_is_named(string setting, string value)
    {
        await using var service = new ServiceProcess(
            "Notifications",
            new Dictionary<string, string>
            {
                ["Database__ConnectionString"] = Stack.ConnectionString("Notifications"),
                ["Messaging__Host"] = Stack.Servers.Host,
                ["Messaging__User"] = "x",
                ["Messaging__Password"] = "x",
                [setting] = value,
            }
        );
        service.Start();
        Assert.Equal(78, await service.ExitAsync());
        Assert.Contains(service.Output, line => line.Contains(setting, StringComparison.Ordinal));
    }
}
