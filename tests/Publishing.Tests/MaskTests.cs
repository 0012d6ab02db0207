using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using RabbitMQ.Client;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class MaskTests(PublishingService service) : IClassFixture<PublishingService>
{
    const string Instead = "[a witness]";

    Stack Stack => service.Stack;

    /// <summary>Somebody's own name in each test, so that the whole database can be searched for it.</summary>
    static string Name() => $"Jane Q{Guid.NewGuid():N}";

    static object Copy(
        string headline,
        string? summary = null,
        string body = "<p>Body.</p>",
        string? byline = null,
        string[]? keywords = null,
        object? media = null
    ) =>
        new
        {
            headline,
            summary,
            body,
            byline,
            category = "world",
            language = "en",
            keywords = keywords ?? [],
            media,
        };

    Task<HttpResponseMessage> TryAsync(Guid id, object body, string ifMatch = "*", HttpClient? who = null) =>
        (who ?? Stack.Editor).SendAsync(Stack.Write(HttpMethod.Post, $"api/articles/{id}/mask", JsonContent.Create(body), ifMatch));

    async Task<JsonNode> MaskAsync(Guid id, object body)
    {
        using var answer = await TryAsync(id, body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    Task<string> GetAsync(Guid id, string path = "") => Stack.Editor.GetStringAsync(new Uri($"api/articles/{id}{path}", UriKind.Relative));

    /// <summary>The tables of the service's database in which a word stands, however it is written.</summary>
    async Task<string[]> TablesWithAsync(string word)
    {
        var found = new List<string>();
        foreach (
            var table in await Stack.QueryAsync(
                "Publishing",
                "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
            )
        )
        {
            found.AddRange(
                (await Stack.QueryAsync("Publishing", $"select '{table}' from {table} t where t::text ilike '%{word}%' limit 1"))!
            );
        }
        return [.. found];
    }

    async Task<Listener> ListenAsync() => await Listener.BeginAsync(Stack);

    [Fact]
    public async Task A_name_is_gone_from_every_version_from_what_is_public_and_from_the_store_and_readers_are_sent_the_rest_at_once()
    {
        await using var listener = await ListenAsync();
        var name = Name();
        var last = name.Split(' ')[1];
        var request = Stack.Write(
            HttpMethod.Post,
            "api/articles",
            JsonContent.Create(
                Copy($"{name} speaks", $"What {name.ToUpperInvariant()} saw", $"<p>Said {name}.</p>", keywords: [name, "court"])
            )
        );
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var drafted = await Stack.Editor.SendAsync(request);
        var id = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>())!);
        await Stack.ActAsync(id, "submit", new { note = $"Ask {name} again" });
        var published = await Stack.PublishAsync(id);
        await Stack.ReviseAsync(
            id,
            Copy(
                $"{name} is heard",
                body: $"<p><em>{name.Split(' ')[0]}</em>&nbsp;<strong>{last}</strong> &amp; others: <a "
                    + $"href=\"https://example.org/?q={Uri.EscapeDataString(name)}\">here</a></p>",
                media: new { picture = new { alt = $"{name} at the door", caption = $"{last} and {name}" } }
            )
        );
        await Stack.ActAsync(id, "correct", new { note = $"It was {name} who said so" });
        await Stack.ReviseAsync(id, Copy($"A draft on {name}"));
        Assert.Contains(last.ToLowerInvariant(), (string)published["url"]!, StringComparison.Ordinal);
        Assert.NotEmpty(await TablesWithAsync(last));

        // The surname alone stands in a caption and in the address.
        await MaskAsync(
            id,
            new
            {
                text = name,
                replacement = Instead,
                reason = "Asked for by her lawyer",
            }
        );
        var masked = await MaskAsync(
            id,
            new
            {
                text = last,
                replacement = Instead,
                reason = "Asked for by her lawyer",
            }
        );

        Assert.Equal(
            ($"A draft on {Instead}", 8L, "published"),
            ((string)masked["headline"]!, (long)masked["version"]!, (string)masked["state"]!)
        );
        Assert.Empty(await TablesWithAsync(last));
        foreach (
            var path in new[]
            {
                "",
                "/history",
                "/versions/1",
                "/versions/3",
                "/versions/5",
                "/versions/8",
                "/diff?from=1&to=5",
                "/diff?from=1",
            }
        )
        {
            Assert.DoesNotContain(last, await GetAsync(id, path), StringComparison.OrdinalIgnoreCase);
        }
        Assert.DoesNotContain(
            last,
            await Stack.Editor.GetStringAsync(new Uri("api/articles?q=draft%20witness", UriKind.Relative)),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.Equal($"<p>Said {Instead}.</p>", (string?)JsonNode.Parse(await GetAsync(id, "/versions/1"))!["body"]);
        Assert.Equal(
            $"<p><em>{Instead}</em><strong></strong> &amp; others: <a rel=\"noopener nofollow\">here</a></p>",
            (string?)JsonNode.Parse(await GetAsync(id, "/versions/5"))!["body"]
        );

        var told = await listener.UntilAsync(id, 8);
        Assert.DoesNotContain(last, told.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            ($"{Instead} is heard", "It was [a witness] who said so", 8L),
            ((string)told["article"]!["headline"]!, (string)told["article"]!["notes"]![0]!["text"]!, (long)told["article"]!["version"]!)
        );
        Assert.StartsWith("a-witness", (string)told["article"]!["slug"]!, StringComparison.Ordinal);

        Assert.Equal("""["text"]""", JsonNode.Parse(await GetAsync(id, "/history?after=7"))!["items"]![0]!["masked"]!.ToJsonString());
    }

    [Fact]
    public async Task The_trace_says_who_when_why_and_which_fields_and_a_repeat_changes_nothing()
    {
        var name = Name();
        var id = Stack.Id(await Stack.DraftAsync(Copy($"Traced {name}", byline: name)));
        var once = await MaskAsync(
            id,
            new
            {
                fields = new[] { "byline" },
                text = name,
                replacement = Instead,
                reason = "Article 17",
            }
        );
        var twice = await MaskAsync(
            id,
            new
            {
                fields = new[] { "byline" },
                text = name,
                replacement = Instead,
                reason = "Article 17",
            }
        );
        Assert.Equal((2L, once.ToJsonString()), ((long)once["version"]!, twice.ToJsonString()));
        var entry = JsonNode.Parse(await GetAsync(id, "/history?after=1"))!["items"]!.AsArray().Single()!;
        Assert.Equal(
            ("masked", "key:admin", "Article 17", """["byline","text"]"""),
            ((string)entry["act"]!, (string?)entry["by"], (string?)entry["note"], entry["masked"]!.ToJsonString())
        );
        Assert.Null((string?)once["byline"]);
        Assert.Null((string?)JsonNode.Parse(await GetAsync(id, "/versions/1"))!["byline"]);
    }

    [Fact]
    public async Task Who_did_what_is_masked_in_history_and_list_but_not_who_masked_it()
    {
        using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = $"person-{Guid.NewGuid():N}", role = "editor" });
        var key = (await made.Content.ReadFromJsonAsync<JsonNode>())!;
        using var person = Stack.Bearer((string)key["secret"]!);
        using var drafted = await person.PostAsJsonAsync("api/articles", Copy("By a person"));
        var id = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>())!);
        using var locked = await person.PutAsync(new Uri($"api/articles/{id}/lock", UriKind.Relative), null);
        await Stack.PublishAsync(id);
        Assert.Contains($"key:{key["name"]}", await GetAsync(id, "/history"), StringComparison.Ordinal);

        var masked = await MaskAsync(id, new { fields = new[] { "actors" }, reason = "She left the house" });
        var by = JsonNode.Parse(await GetAsync(id, "/history"))!["items"]!.AsArray().Select(item => (string?)item!["by"]);
        Assert.Equal(["masked", "masked", "key:admin"], by);
        var again = await MaskAsync(id, new { fields = new[] { "actors" }, reason = "She left the house" });
        Assert.Equal((long)masked["version"]!, (long)again["version"]!);
        var listed = JsonNode.Parse(await Stack.Editor.GetStringAsync(new Uri("api/articles?q=by%20a%20person", UriKind.Relative)))![
            "items"
        ]![0]!;
        Assert.Equal(("masked", null), ((string?)listed["author"], (string?)listed["lock"]?["holder"]));
        Assert.Empty(
            await Stack.QueryAsync(
                "Publishing",
                $"select 1 from mt_events where stream_id = '{id}' and (user_name like '%{key["name"]}%' or "
                    + $"data::text like '%{key["name"]}%')"
            )
        );
    }

    [Fact]
    public async Task What_is_withdrawn_is_masked_too_and_what_readers_have_of_it_as_well()
    {
        await using var listener = await ListenAsync();
        var name = Name();
        var id = await Stack.PublishAsync(Copy($"Killed: {name}"));
        await Stack.ActAsync(id, "kill", new { reason = $"{name} was not there" });
        var masked = await MaskAsync(
            id,
            new
            {
                text = name,
                replacement = Instead,
                reason = "Lawyer",
            }
        );
        Assert.Equal(
            ("killed", 4L, $"{Instead} was not there"),
            ((string)masked["state"]!, (long)masked["version"]!, (string)masked["reason"]!)
        );
        var told = await listener.UntilAsync(id, 4);
        Assert.Equal(
            ($"Killed: {Instead}", "canceled", $"{Instead} was not there"),
            ((string)told["article"]!["headline"]!, (string)told["pubStatus"]!, (string)told["reason"]!)
        );
    }

    [Fact]
    public async Task Of_a_draft_nobody_is_told_and_of_an_archive_it_is_shown_and_still_no_news()
    {
        await using var listener = await ListenAsync();
        var (name, archived, draft) = (Name(), Guid.NewGuid(), Stack.Id(await Stack.DraftAsync(Copy("A draft"))));
        await Stack.ImportAsync(
            $$"""{"id":"{{archived}}","headline":"Archived {{name}}","""
                + $$""" "category":"world","language":"en","publishedAt":"2020-01-01T00:00:00Z"}"""
        );
        await Stack.ReviseAsync(draft, Copy($"A draft on {name}"));
        await MaskAsync(
            draft,
            new
            {
                text = name,
                replacement = Instead,
                reason = "Lawyer",
            }
        );
        await MaskAsync(
            archived,
            new
            {
                text = name,
                replacement = Instead,
                reason = "Lawyer",
            }
        );
        var told = await listener.UntilAsync(archived, 3);
        Assert.Equal((true, $"Archived {Instead}"), ((bool)told["imported"]!, (string)told["article"]!["headline"]!));
        Assert.DoesNotContain(listener.Received, message => Guid.Parse((string)message["article"]!["articleId"]!) == draft);

        // The archive is imported again, as it is.
        var line = (
            await Stack.ImportAsync(
                $$"""{"id":"{{archived}}","headline":"Archived {{name}}","""
                    + $$""" "category":"world","language":"en","publishedAt":"2020-01-01T00:00:00Z"}"""
            )
        ).Single();
        Assert.Equal("unchanged", (string)line["outcome"]!);
        line = (
            await Stack.ImportAsync(
                $$"""{"id":"{{archived}}","headline":"Archived again {{name}}","""
                    + $$""" "category":"world","language":"en","publishedAt":"2020-01-01T00:00:00Z"}"""
            )
        ).Single();
        Assert.Equal("rejected", (string)line["outcome"]!);
    }

    [Fact]
    public async Task Files_whose_addresses_say_it_are_not_pointed_to_any_more()
    {
        var name = Name();
        var media = new
        {
            picture = new { url = $"https://pictures.example.org/2026/{name.Replace(' ', '_')}.jpg", alt = "A door" },
            items = new[]
            {
                new { type = "video", url = $"https://videos.example.org/{Uri.EscapeDataString(name)}.mp4" },
                new { type = "video", url = "https://videos.example.org/another.mp4" },
            },
        };
        var id = Stack.Id(await Stack.DraftAsync(Copy("At the door", media: media)));
        await Stack.PublishAsync(id);
        var masked = await MaskAsync(
            id,
            new
            {
                text = name,
                replacement = Instead,
                reason = "Lawyer",
            }
        );
        Assert.Equal(
            (null, "A door", "https://videos.example.org/another.mp4"),
            (
                (string?)masked["media"]!["picture"]!["url"],
                (string?)masked["media"]!["picture"]!["alt"],
                (string?)masked["media"]!["items"]!.AsArray().Single()!["url"]
            )
        );
        Assert.Empty(await TablesWithAsync(name.Split(' ')[1]));
    }

    [Fact]
    public async Task An_article_can_be_worked_on_after_it_was_masked_and_what_is_scheduled_is_masked_too()
    {
        var name = Name();
        var id = Stack.Id(await Stack.DraftAsync(Copy($"Scheduled {name}")));
        await Stack.ActAsync(id, "schedule", new { publishAt = DateTimeOffset.UtcNow.AddHours(1) });
        await MaskAsync(
            id,
            new
            {
                text = name,
                replacement = "somebody",
                reason = "Lawyer",
            }
        );
        await Stack.ActAsync(id, "schedule", new { publishAt = DateTimeOffset.UtcNow.AddMilliseconds(300) });
        var published = await Eventually.Get(
            async () => JsonNode.Parse(await GetAsync(id))!,
            article => (string)article["state"]! == "published",
            "it becomes public at its time"
        );
        Assert.Equal(("Scheduled somebody", "/en/world/scheduled-somebody"), ((string)published["headline"]!, (string?)published["url"]));
        await Stack.ReviseAsync(id, Copy("Revised"));
        await Stack.PublishAsync(id);
    }

    [Theory]
    [InlineData("""{"reason":"r"}""", 422, "fields")]
    [InlineData("""{"fields":["byline"]}""", 422, "reason")]
    [InlineData("""{"fields":["headline"],"reason":"r"}""", 422, "fields[0]")]
    [InlineData("""{"fields":["byline","byline"],"reason":"r"}""", 422, "fields[1]")]
    [InlineData("""{"text":"Jane","reason":"r"}""", 422, "replacement")]
    [InlineData("""{"fields":["byline"],"replacement":"x","reason":"r"}""", 422, "text")]
    [InlineData("""{"text":"J","replacement":"x","reason":"r"}""", 422, "text")]
    [InlineData("""{"text":"--","replacement":"x","reason":"r"}""", 422, "text")]
    [InlineData("""{"text":"Jane","replacement":"janet","reason":"r"}""", 422, "replacement")]
    [InlineData("""{"text":"Jane","replacement":"x","reason":"JANE asked"}""", 422, "reason")]
    [InlineData("""{"text":"Jane","replacement":"x","reason":"r","why":1}""", 400, "why")]
    [InlineData("""{"text":1,"replacement":"x","reason":"r"}""", 400, "text")]
    public async Task A_bad_request_is_refused_by_the_name_of_what_is_wrong_and_masks_nothing(string body, int status, string member)
    {
        var id = Stack.Id(await Stack.DraftAsync(Copy("Jane stays", byline: "Jane")));
        using var answer = await Stack.Editor.SendAsync(
            Stack.Write(HttpMethod.Post, $"api/articles/{id}/mask", new StringContent(body, Encoding.UTF8, "application/json"))
        );
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![member]);
        var article = JsonNode.Parse(await GetAsync(id))!;
        Assert.Equal(("Jane stays", "Jane", 1L), ((string)article["headline"]!, (string?)article["byline"], (long)article["version"]!));
    }

    [Fact]
    public async Task Masking_takes_an_admin_and_the_version_that_is_meant()
    {
        var id = Stack.Id(await Stack.DraftAsync(Copy("Jane stays")));
        var mask = new
        {
            text = "Jane",
            replacement = "x",
            reason = "r",
        };
        using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = $"mask-{Guid.NewGuid():N}", role = "editor" });
        using var editor = Stack.Bearer((string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["secret"]!);
        using var forbidden = await TryAsync(id, mask, who: editor);
        using var without = await Stack.Editor.PostAsJsonAsync($"api/articles/{id}/mask", mask);
        using var stale = await TryAsync(id, mask, "\"7\"");
        using var absent = await TryAsync(Guid.NewGuid(), mask);
        Assert.Equal(
            (403, 428, 412, 404),
            ((int)forbidden.StatusCode, (int)without.StatusCode, (int)stale.StatusCode, (int)absent.StatusCode)
        );
        Assert.Contains("Jane stays", await GetAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_that_makes_a_headline_too_long_is_refused_and_masks_nothing()
    {
        var id = Stack.Id(await Stack.DraftAsync(Copy(string.Join(' ', Enumerable.Repeat("Jo", 160)))));
        using var answer = await TryAsync(
            id,
            new
            {
                text = "Jo",
                replacement = "somebody",
                reason = "r",
            }
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!["replacement"]);
        Assert.StartsWith("Jo Jo", (string)JsonNode.Parse(await GetAsync(id))!["headline"]!, StringComparison.Ordinal);
    }

    /// <summary>Somebody else on the broker, who hears what the readers' services hear.</summary>
    sealed class Listener(IConnection connection, IChannel channel, string queue) : IAsyncDisposable
    {
        readonly List<JsonNode> received = [];

        public IReadOnlyList<JsonNode> Received => received;

        public static async Task<Listener> BeginAsync(Stack stack)
        {
            var connection = await new ConnectionFactory
            {
                HostName = stack.Servers.Host,
                Port = stack.Servers.RabbitPort,
                UserName = stack.Servers.RabbitUser,
                Password = stack.Servers.RabbitPassword,
                VirtualHost = stack.VirtualHost,
            }.CreateConnectionAsync();
            var channel = await connection.CreateChannelAsync();
            await channel.ExchangeDeclareAsync(Topology.Articles, ExchangeType.Topic, durable: true);
            var queue = (await channel.QueueDeclareAsync()).QueueName;
            await channel.QueueBindAsync(queue, Topology.Articles, "#");
            return new(connection, channel, queue);
        }

        /// <summary>The message of an article's version.</summary>
        public Task<JsonNode> UntilAsync(Guid article, long version) =>
            Eventually.Get(
                async () =>
                {
                    while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
                    {
                        received.Add(JsonNode.Parse(message.Body.Span)!["message"]!);
                    }
                    return received.FirstOrDefault(m =>
                        Guid.Parse((string)m["article"]!["articleId"]!) == article && (long)m["article"]!["version"]! == version
                    )!;
                },
                found => found is not null,
                $"version {version} of {article} on the broker"
            );

        public async ValueTask DisposeAsync()
        {
            await channel.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
