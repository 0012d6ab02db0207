using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Notifications behind the gateway, and a mail server; the tests are the relay.</summary>
public sealed class MailedNews(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;
    public Mailbox? Mailbox { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Mailbox = NewsPlatform.TestSupport.Mailbox.Missing is null ? await NewsPlatform.TestSupport.Mailbox.StartAsync() : null;
        Stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                ["Email__Host"] = "127.0.0.1",
                ["Email__Port"] = $"{Mailbox?.Port ?? 25}",
                ["Email__Security"] = "None",
                ["Email__From"] = "Test News <news@example.org>",
                ["Email__RetrySchedule"] = "1s,1s,1s,1s",
                ["Email__MaxPerClientPerHour"] = "1000",
            },
            "Notifications",
            "Gateway"
        );
    }

    public async ValueTask DisposeAsync()
    {
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Mailbox?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}

public sealed class EmailTests(MailedNews news) : IClassFixture<MailedNews>
{
    Stack Stack => news.Stack;

    Mailbox Mailbox
    {
        get
        {
            Assert.SkipWhen(news.Mailbox is null, TestSupport.Mailbox.Missing ?? "");
            return news.Mailbox!;
        }
    }

    Task<HttpResponseMessage> AskAsync(object request) => Stack.Reader.PostAsJsonAsync("api/subscriptions", request);

    async Task<JsonNode> SubscribeAsync(string address, string frequency, string keyword, string language = "en")
    {
        using var answer = await AskAsync(
            new
            {
                address,
                frequency,
                language,
                topics = new[] { $"keyword:{keyword}" },
                kind = "email",
            }
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    async Task<JsonNode> ConfirmedAsync(string address, string frequency, string keyword, string language = "en")
    {
        var made = await SubscribeAsync(address, frequency, keyword, language);
        using var answer = await Stack.Reader.PostAsync((await Mailbox.UntilAsync(address, 1))[0].Link("confirm"), null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return made;
    }

    async Task<JsonNode?> ReadAsync(JsonNode made)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/subscriptions/{made["id"]}")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", (string)made["secret"]!) },
        };
        using var answer = await Stack.Reader.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await answer.Content.ReadFromJsonAsync<JsonNode>();
    }

    /// <summary>The digest's hour has come; returns when it is done and given back, so that the next one is not mistaken for it.</summary>
    async Task HourComesAsync(JsonNode made)
    {
        await Stack.ExecuteAsync(
            "Notifications",
            $"""
            update email_digest set next_at = now() - interval '1 second' where subscription = '{made["id"]}';
            update errand set due_at = now() where kind = 'emailDigest' and id = '{made["id"]}';
            notify due
            """
        );
        await Eventually.True(
            async () =>
                (
                    await Stack.QueryAsync(
                        "Notifications",
                        $"""
                        select d.next_at > now() and d.until is null and e.leased_until is null and e.due_at > now()
                        from email_digest d join errand e on e.kind = 'emailDigest' and e.id = d.subscription
                        where d.subscription = '{made["id"]}'
                        """
                    )
                )[0] == "True",
            "the digest is done"
        );
    }

    static PublicArticle Breaking(string headline, string keyword, string language = "en") =>
        Broker.Article(headline, keywords: [keyword], breaking: true, language: language) with
        {
            Summary = $"{headline}, in short",
        };

    /// <summary>The log has it: a digest that comes now has it too.</summary>
    async Task SendAsync(params object[] messages)
    {
        var before = long.Parse(
            (await Stack.QueryAsync("Notifications", "select coalesce(max(position), 0) from bulletin_head where id = 1"))[0]!,
            null
        );
        await Stack.SendMessagesAsync(messages);
        await Eventually.True(
            async () =>
                long.Parse(
                    (await Stack.QueryAsync("Notifications", "select coalesce(max(position), 0) from bulletin_head where id = 1"))[0]!,
                    null
                )
                >= before + messages.Length,
            "the log has them"
        );
    }

    [Fact]
    public async Task A_server_that_asks_for_TLS_and_a_name_gets_both_and_nothing_is_sent_past_either()
    {
        _ = Mailbox;
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (certificate, key) = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        using (var pair = RSA.Create(2048))
        {
            var request = new CertificateRequest("CN=localhost", pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            using var own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllTextAsync(certificate, own.ExportCertificatePem());
            await File.WriteAllTextAsync(key, pair.ExportPkcs8PrivateKeyPem());
        }
        await using var guarded = await TestSupport.Mailbox.StartAsync(certificate, key, "news", "right");

        await using var right = await StartAsync(guarded.Port, "right", certificate);
        await AskAsync(right, "right@example.org");
        Assert.Contains("please confirm", (await guarded.UntilAsync("right@example.org", 1))[0].Subject, StringComparison.Ordinal);

        // A wrong password; a certificate that nobody vouches for; a server that has no TLS.
        foreach (
            var (name, port, password, trusted) in new[]
            {
                ("password", guarded.Port, "wrong", certificate),
                ("certificate", guarded.Port, "right", "/dev/null"),
                ("plain", Mailbox.Port, "right", certificate),
            }
        )
        {
            await using var wrong = await StartAsync(port, password, trusted);
            await AskAsync(wrong, $"{name}@example.org");
            await Eventually.Get(
                () => Task.FromResult(wrong["Notifications"].Output),
                output => output.Any(line => line.Contains("The SMTP server took no mail", StringComparison.Ordinal)),
                $"the warning of {name}"
            );
            Assert.DoesNotContain(wrong["Notifications"].Output, line =>
                line.Contains("right\"", StringComparison.Ordinal) || line.Contains("wrong\"", StringComparison.Ordinal)
            );
            Assert.Empty(guarded.For($"{name}@example.org").Concat(Mailbox.For($"{name}@example.org")));
        }

        Task<Stack> StartAsync(int port, string password, string trusted) =>
            Stack.StartAsync(
                Stack.Servers,
                new Dictionary<string, string>
                {
                    ["Email__Host"] = "localhost",
                    ["Email__Port"] = $"{port}",
                    ["Email__From"] = "Test News <news@example.org>",
                    ["Email__User"] = "news",
                    ["Email__Password"] = password,
                    ["Email__RetrySchedule"] = "1s",
                    ["SSL_CERT_FILE"] = trusted,
                    ["SSL_CERT_DIR"] = Path.Combine(folder, "none"),
                },
                "Notifications"
            );

        static async Task AskAsync(Stack stack, string address)
        {
            using var answer = await stack.Reader.PostAsJsonAsync(
                "api/subscriptions",
                new
                {
                    address,
                    frequency = "breaking",
                    language = "en",
                    kind = "email",
                }
            );
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Only_whoever_reads_the_mail_of_an_address_can_subscribe_it_and_opening_the_link_is_not_enough()
    {
        const string address = "first@example.org";
        var made = await SubscribeAsync(address, "breaking", "optin");
        Assert.Equal(("pending", "email"), ((string)made["state"]!, (string)made["kind"]!));
        Assert.DoesNotContain(address, made.ToJsonString(), StringComparison.Ordinal);
        var asked = (await Mailbox.UntilAsync(address, 1))[0];
        using var page = await Stack.Reader.GetAsync(asked.Link("confirm"));
        var html = await page.Content.ReadAsStringAsync();
        Assert.Equal(("text/html", "no-store"), (page.Content.Headers.ContentType!.MediaType, page.Headers.CacheControl!.ToString()));
        Assert.Contains("<meta name=\"referrer\" content=\"no-referrer\">", html, StringComparison.Ordinal);
        Assert.Contains("<form method=\"post\"", html, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        await SendAsync(new ArticlePublished(Breaking("Before it was confirmed", "optin")));
        Assert.Equal("pending", (string)(await ReadAsync(made))!["state"]!);

        using var confirmed = await Stack.Reader.PostAsync(asked.Link("confirm"), null);
        Assert.Contains("confirmed", await confirmed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("active", (string)(await ReadAsync(made))!["state"]!);
        await SendAsync(new ArticlePublished(Breaking("After it was confirmed", "optin")));
        Assert.Equal(["Breaking: After it was confirmed"], (await Mailbox.UntilAsync(address, 2)).Skip(1).Select(m => m.Subject));
    }

    [Fact]
    public async Task Breaking_news_comes_once_in_the_readers_language_and_what_was_wrong_with_it_beside_it_also_across_a_restart()
    {
        const string address = "oxucu@example.az";
        var made = await ConfirmedAsync(address, "breaking", "az-breaking", "az");
        var story = Breaking("Zəlzələ <oldu> & bitdi", "az-breaking", "az");
        await SendAsync(new ArticlePublished(story));
        var mail = (await Mailbox.UntilAsync(address, 2))[1];
        var page = new Uri(Stack.Reader.BaseAddress!, $"/az/world/{story.Slug}").ToString();
        Assert.Equal("Təcili: Zəlzələ <oldu> & bitdi", mail.Subject);
        Assert.Equal(
            ("multipart/alternative", "text/plain text/html", ""),
            (mail.Type, string.Join(' ', mail.Parts), string.Join(' ', mail.Defects))
        );
        Assert.All([page, story.Summary], said => Assert.Contains(said, mail.Text, StringComparison.Ordinal));
        Assert.Contains($"<a href=\"{page}\">", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<oldu>", mail.Html, StringComparison.Ordinal);
        Assert.Contains(story.Headline, WebUtility.HtmlDecode(mail.Html), StringComparison.Ordinal);
        Assert.Equal(
            ("Test News <news@example.org>", address, "auto-generated", "List-Unsubscribe=One-Click", "az"),
            (
                mail.Headers["from"],
                mail.Headers["to"],
                mail.Headers["auto-submitted"],
                mail.Headers["list-unsubscribe-post"],
                mail.Headers["content-language"]
            )
        );
        Assert.Contains("<breaking.az.127.0.0.1>", mail.Headers["list-id"], StringComparison.Ordinal);
        Assert.Matches(
            $"^<breaking\\.{story.ArticleId:N}\\.2\\.{Guid.Parse((string)made["id"]!):N}@example\\.org>$",
            mail.Headers["message-id"]
        );
        Assert.True(DateTimeOffset.TryParse(mail.Headers["date"], System.Globalization.CultureInfo.InvariantCulture, out _));

        await Stack["Notifications"].KillAsync();
        Stack["Notifications"].Start();
        await Stack["Notifications"].ReadyAsync();
        // No longer breaking, and told of all the same; an update is not.
        await Stack.SendMessagesAsync(new ArticlePublished(story));
        await SendAsync(
            new ArticleUpdated(story with { Version = 3, Breaking = false, Keywords = [] }, "More is known"),
            new ArticleCorrected(
                story with
                {
                    Version = 4,
                    Breaking = false,
                    Keywords = [],
                    Headline = "Zəlzələ olmadı",
                },
                "Zəlzələ yox, partlayış idi"
            )
        );
        var correction = (await Mailbox.UntilAsync(address, 3))[2];
        Assert.Equal(
            ("Düzəliş: Zəlzələ olmadı", mail.Headers["message-id"], mail.Headers["message-id"]),
            (correction.Subject, correction.Headers["in-reply-to"], correction.Headers["references"])
        );
        Assert.Contains("Zəlzələ yox, partlayış idi", correction.Text, StringComparison.Ordinal);
        await SendAsync(
            new ArticleWithdrawn(
                story with
                {
                    Version = 5,
                    Breaking = false,
                    Keywords = [],
                    Summary = "",
                    Body = "",
                },
                PubStatus.Canceled,
                "Belə hadisə olmayıb"
            ),
            new ArticlePublished(Breaking("Sonuncu", "az-breaking", "az"))
        );
        var all = await Mailbox.UntilAsync(address, 5);
        Assert.Equal(["Geri götürülüb: Zəlzələ <oldu> & bitdi", "Təcili: Sonuncu"], all.Skip(3).Select(m => m.Subject).Order());
        Assert.Contains(
            "Belə hadisə olmayıb",
            all.Single(m => m.Subject.StartsWith("Geri", StringComparison.Ordinal)).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(5, Mailbox.For(address).Count);
    }

    [Fact]
    public async Task A_digest_says_the_newest_of_each_story_and_the_next_one_begins_with_what_was_wrong()
    {
        const string address = "daily@example.org";
        var made = await ConfirmedAsync(address, "daily", "digest");
        var (first, second, gone, other) = (
            Broker.Article("First words", keywords: ["digest"]),
            Broker.Article("Second story", keywords: ["digest"]),
            Broker.Article("Never was", keywords: ["digest"]),
            Broker.Article("Of something else")
        );
        await SendAsync(
            new ArticlePublished(first),
            new ArticlePublished(second),
            new ArticlePublished(gone),
            new ArticlePublished(other),
            new ArticleUpdated(first with { Version = 3, Headline = "Better words" }),
            new ArticleWithdrawn(gone with { Version = 3, Keywords = [] }, PubStatus.Canceled, "It was not so")
        );
        await HourComesAsync(made);
        var digest = (await Mailbox.UntilAsync(address, 2))[1];
        Assert.All(["Better words", "Second story", $"/en/world/{first.Slug}"], said =>
            Assert.True(digest.Text.Contains(said, StringComparison.Ordinal) && digest.Html.Contains(said, StringComparison.Ordinal), said)
        );
        Assert.All(["First words", "Never was", "Of something else", "Corrections"], said =>
            Assert.DoesNotContain(said, digest.Text, StringComparison.OrdinalIgnoreCase)
        );

        await HourComesAsync(made);
        await SendAsync(
            new ArticleCorrected(second with { Version = 3, Headline = "Second story, mended", Keywords = [] }, "The number was wrong"),
            new ArticleWithdrawn(first with { Version = 4, Keywords = [] }, PubStatus.Canceled, "Not true at all"),
            new ArticlePublished(Broker.Article("Third story", keywords: ["digest"]))
        );
        await Stack["Notifications"].KillAsync();
        Stack["Notifications"].Start();
        await Stack["Notifications"].ReadyAsync();
        await HourComesAsync(made);
        var next = (await Mailbox.UntilAsync(address, 3))[2];
        Assert.Equal(
            ["Second story, mended", "Correction: The number was wrong", "First words", "Not true at all", "Third story"],
            new[] { "Third story", "Not true at all", "First words", "Correction: The number was wrong", "Second story, mended" }.OrderBy(
                said => next.Text.IndexOf(said, StringComparison.Ordinal)
            )
        );
        Assert.All(["Second story, mended", "Not true at all", "Third story"], said =>
            Assert.Contains(said, next.Html, StringComparison.Ordinal)
        );

        await HourComesAsync(made);
        Assert.Equal(3, Mailbox.For(address).Count);
        Assert.Equal(3, Mailbox.For(address).Select(m => m.Headers["message-id"]).Distinct().Count());
    }

    [Fact]
    public async Task One_click_ends_a_subscription_and_so_does_the_button_of_the_page()
    {
        const string address = "leaving@example.org";
        var made = await ConfirmedAsync(address, "breaking", "leaving");
        await SendAsync(new ArticlePublished(Breaking("Still there", "leaving")));
        var leave = (await Mailbox.UntilAsync(address, 2))[1].Leave;
        using (var page = await Stack.Reader.GetAsync(leave))
        {
            Assert.Contains(
                "<button type=\"submit\">Unsubscribe</button>",
                await page.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        }
        Assert.Equal("active", (string)(await ReadAsync(made))!["state"]!);
        using var clicked = await Stack.Reader.PostAsync(leave, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]));
        Assert.Equal(HttpStatusCode.OK, clicked.StatusCode);
        Assert.Null(await ReadAsync(made));
        Assert.Equal(
            ["0"],
            await Stack.QueryAsync("Notifications", $"select count(*) from mt_doc_subscription where data::text like '%{address}%'")
        );
        using var again = await Stack.Reader.PostAsync(leave, null);
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (again.StatusCode, again.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task An_address_that_is_refused_for_good_ends_its_subscription_and_one_that_is_busy_is_tried_again()
    {
        var busy = await ConfirmedAsync("busy@example.org", "breaking", "trouble");
        // It was there when it confirmed.
        var gone = await ConfirmedAsync("moved@example.org", "breaking", "trouble");
        await Stack.ExecuteAsync(
            "Notifications",
            $"update mt_doc_subscription set data = jsonb_set(data, '{{target,address}}', '\"gone@example.org\"') where id = '{gone["id"]}'"
        );
        await SendAsync(new ArticlePublished(Breaking("Trouble", "trouble")));
        Assert.Equal("Breaking: Trouble", (await Mailbox.UntilAsync("busy@example.org", 2))[1].Subject);
        var ended = await Eventually.Get(() => ReadAsync(gone), s => (string)s!["state"]! == "disabled", "it has ended");
        Assert.Contains("550", (string)ended!["disabledBecause"]!, StringComparison.Ordinal);
        Assert.Equal("active", (string)(await ReadAsync(busy))!["state"]!);
    }

    [Fact]
    public async Task Who_is_subscribed_already_is_answered_like_everybody_else_and_a_new_subscription_takes_the_place_of_the_old()
    {
        const string address = "twice@example.org";
        var first = await ConfirmedAsync(address, "breaking", "twice");
        var second = await SubscribeAsync(address, "breaking", "twice");
        Assert.Equal(first.AsObject().Select(m => m.Key), second.AsObject().Select(m => m.Key));
        Assert.Equal("pending", (string)second["state"]!);
        using (await Stack.Reader.PostAsync((await Mailbox.UntilAsync(address, 2))[1].Link("confirm"), null))
        {
            Assert.Null(await ReadAsync(first));
        }
        await SendAsync(new ArticlePublished(Breaking("Told once 1", "twice")), new ArticlePublished(Breaking("Told once 2", "twice")));
        Assert.Equal(
            ["Breaking: Told once 1", "Breaking: Told once 2"],
            (await Mailbox.UntilAsync(address, 4)).Skip(2).Select(m => m.Subject)
        );

        using var third = await AskAsync(
            new
            {
                kind = "email",
                address,
                frequency = "daily",
                language = "en",
            }
        );
        using var fourth = await AskAsync(
            new
            {
                kind = "email",
                address,
                frequency = "daily",
                language = "en",
            }
        );
        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests, "3600"),
            (third.StatusCode, fourth.StatusCode, fourth.Headers.GetValues("Retry-After").Single())
        );
    }

    [Fact]
    public async Task A_link_that_is_forged_or_too_old_and_a_secret_of_somebody_else_open_nothing()
    {
        const string address = "late@example.org";
        var made = await SubscribeAsync(address, "daily", "late");
        var link = (await Mailbox.UntilAsync(address, 1))[0].Link("confirm");
        foreach (
            var forged in new[]
            {
                link.ToString()[..^1] + (link.ToString()[^1] == 'A' ? 'B' : 'A'),
                link.ToString()[..link.ToString().LastIndexOf('.')],
                new Uri(link, "?token=").ToString(),
                new Uri(link, "confirm").ToString(),
                new Uri(link, "unsubscribe?token=x.y").ToString(),
            }
        )
        {
            using var answer = await Stack.Reader.PostAsync(new Uri(forged), null);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        await Stack.ExecuteAsync(
            "Notifications",
            $$"""
            update mt_doc_subscription set data = jsonb_set(data, '{target,confirmUntil}', '"2020-01-01T00:00:00Z"')
            where id = '{{made["id"]}}'
            """
        );
        using var late = await Stack.Reader.PostAsync(link, null);
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
        Assert.Equal("pending", (string)(await ReadAsync(made))!["state"]!);

        var other = await SubscribeAsync("other@example.org", "daily", "late");
        Assert.Null(await ReadAsync(new JsonObject { ["id"] = (string)made["id"]!, ["secret"] = (string)other["secret"]! }));
        await Stack.ExecuteAsync(
            "Notifications",
            $"update errand set due_at = now() where kind = 'emailLapse' and id = '{made["id"]}'; notify due"
        );
        await Eventually.True(async () => await ReadAsync(made) is null, "who did not confirm is forgotten");
    }

    [Theory]
    [InlineData("""{"kind":"email","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"nobody","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"a@b@example.org","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"Name <a@example.org>","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"a@example.org\r\nBcc: b@example.org","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"a@example.org,b@example.org","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"a@[127.0.0.1]","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"a@localhost","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"{300}@example.org","frequency":"daily","language":"en"}""", 422, "address")]
    [InlineData("""{"kind":"email","address":"a@example.org","frequency":"hourly","language":"en"}""", 422, "frequency")]
    [InlineData("""{"kind":"email","address":"a@example.org","frequency":"daily","language":"xx"}""", 422, "language")]
    [InlineData("""{"kind":"email","address":"a@example.org","frequency":"daily","language":"en","hour":24}""", 422, "hour")]
    [InlineData("""{"kind":"email","address":"a@example.org","frequency":"breaking","language":"en","hour":7}""", 422, "hour")]
    [InlineData("""{"kind":"email","address":"a@example.org","frequency":"daily","language":"en","zone":"Mars/Base"}""", 422, "zone")]
    [InlineData(
        """{"kind":"email","address":"a@example.org","frequency":"daily","language":"en","topics":["category:none"]}""",
        400,
        "topics"
    )]
    [InlineData("""{"kind":"email","address":"a@example.org","frequency":"daily","language":"en","adress":"x"}""", 400, "adress")]
    [InlineData("""{"kind":"email","address":7,"frequency":"daily","language":"en"}""", 400, "address")]
    public async Task What_cannot_be_subscribed_is_refused_by_name_and_nobody_is_mailed(string body, int status, string name)
    {
        using var answer = await Stack.Reader.PostAsync(
            new Uri("api/subscriptions", UriKind.Relative),
            new StringContent(body.Replace("{300}", new string('a', 300), StringComparison.Ordinal), Encoding.UTF8, "application/json")
        );
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal(name, Assert.Single((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!.AsObject()).Key);
        Assert.Equal(
            ["0"],
            await Stack.QueryAsync("Notifications", "select count(*) from mt_doc_subscription where data::text like '%a@example.org%'")
        );
    }

    [Fact]
    public async Task Where_no_mail_server_is_named_no_mail_is_offered_and_a_wrong_one_stops_the_service_at_its_start()
    {
        await using var without = await Stack.StartAsync(Stack.Servers, null, "Notifications");
        using var answer = await without.Reader.PostAsJsonAsync(
            "api/subscriptions",
            new
            {
                kind = "email",
                address = "a@example.org",
                frequency = "daily",
                language = "en",
            }
        );
        Assert.Equal(
            (HttpStatusCode.NotImplemented, "urn:newsplatform:problem:not-offered"),
            (answer.StatusCode, (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["type"]!)
        );

        var wrong = new ServiceProcess(
            "Notifications",
            new Dictionary<string, string>
            {
                ["Database__ConnectionString"] = without.ConnectionString("Notifications"),
                ["Email__Host"] = "mail.example.org",
                ["Email__From"] = "nobody",
            }
        );
        await using (wrong)
        {
            wrong.Start();
            Assert.Equal(78, await wrong.ExitAsync());
        }
    }
}
