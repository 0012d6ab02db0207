using System.Net;
using System.Net.Http.Json;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Publishing.Keys;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>
/// Events as earlier releases stored them (<c>Stored/{release}</c>; the files are never changed) are read by this one, and nothing of what
/// they say is lost. Each file has the rows of a stream's events, and the article as its release answered it.
/// </summary>
public sealed class StoredEventTests(PublishingService service) : IClassFixture<PublishingService>
{
    static readonly string folder = Path.Combine(Repository.Root, "tests", "Publishing.Tests", "Stored");
    static readonly JsonSerializerOptions readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    Stack Stack => service.Stack;

    public static TheoryData<string> Streams(string kind) =>
        [
            .. Directory
                .GetFiles(folder, $"{kind}*.json", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file))
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Streams), "article")]
    public async Task An_article_of_an_earlier_release_is_read_told_and_worked_on(string file)
    {
        var stored = Read(file);
        var id = Guid.CreateVersion7();
        var lastTold = stored["events"]!
            .AsArray()
            .Count(e =>
                (string?)e!["type"]
                    is "article_published"
                        or "article_updated"
                        or "article_corrected"
                        or "article_unpublished"
                        or "article_killed"
            );
        await using var party = await ThirdParty.BindAsync(Stack, "news.events", $"article.*.*.{stored["article"]!["category"]}");
        await InsertAsync(id, stored);

        var article = (await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{id}"))!;
        Assert.Equal([], Lost(stored["article"]!, article, ""));
        var told = await party.NextAsync(lastTold);
        if (told.Count > 0)
        {
            Assert.Equal(
                ((string?)stored["article"]!["url"], $"{id}"),
                (Url(told[^1].Body["data"]!["article"]!), (string?)told[^1].Body["subject"])
            );
        }

        using var revised = await Stack.Editor.SendAsync(
            Stack.Write(HttpMethod.Put, $"api/articles/{id}", JsonContent.Create(Stack.Copy("Worked on today")))
        );
        Assert.Equal((string?)stored["article"]!["state"] == "killed" ? HttpStatusCode.Conflict : HttpStatusCode.OK, revised.StatusCode);
        using var history = await Stack.Editor.GetAsync(new Uri($"api/articles/{id}/history", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, history.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Streams), "key")]
    public async Task A_key_of_an_earlier_release_is_read(string file)
    {
        var stored = Read(file);
        var id = Guid.CreateVersion7();
        await InsertAsync(id, stored);
        using var store = Store.Open(Stack.ConnectionString("Publishing"));
        await using var session = store.QuerySession();
        var key = Key.Fold(id, (await session.Events.FetchStreamAsync(id)).Select(e => e.Data))!;
        Assert.Equal(
            (
                (string?)stored["key"]!["name"],
                (string?)stored["key"]!["role"],
                (bool)stored["key"]!["revoked"]!,
                (long)stored["key"]!["version"]!
            ),
            (key.Name, key.Role, key.Revoked, key.Version)
        );
    }

    /// <summary>At each release: STORED_RELEASE=3-name, and -explicit only for this class.</summary>
    [Fact(Explicit = true)]
    public async Task A_release_leaves_its_events_to_those_after_it()
    {
        var release = Environment.GetEnvironmentVariable("STORED_RELEASE")
            ?? throw new InvalidOperationException("STORED_RELEASE names the folder.");
        await WriteAsync(release, "article-public", await PublicLifeAsync());
        await WriteAsync(release, "article-scheduled", await ScheduledLifeAsync());
        await WriteAsync(release, "article-imported", await ImportedAsync());
        using var made = await Stack.Editor.PostAsJsonAsync(
            "api/keys",
            new
            {
                name = "kept",
                role = "editor",
                categories = new[] { "world" },
                expiresAt = "2035-01-01T00:00:00Z",
            }
        );
        var key = Stack.Id((await made.Content.ReadFromJsonAsync<JsonNode>())!);
        using var rotated = await Stack.Editor.PostAsync(new Uri($"api/keys/{key}/rotate", UriKind.Relative), null);
        using var revoked = await Stack.Editor.DeleteAsync(new Uri($"api/keys/{key}", UriKind.Relative));
        await WriteAsync(
            release,
            "key",
            key,
            new JsonObject
            {
                ["name"] = "kept",
                ["role"] = "editor",
                ["revoked"] = true,
                ["version"] = 3,
            }
        );
    }

    static object Full(string headline, string category) =>
        new
        {
            headline,
            category,
            language = "en",
            summary = "In short.",
            body = "<p>At length.</p>",
            keywords = new[] { "stage" },
            urgency = 3,
            breaking = true,
            source = "A wire",
            media = new
            {
                badges = new[] { "photos" },
                picture = new
                {
                    url = "https://pictures.example.org/stage.jpg",
                    alt = "A stage",
                    caption = "On stage",
                    credit = "A. Photographer",
                    width = 1600,
                    height = 900,
                },
            },
        };

    async Task<Guid> PublicLifeAsync()
    {
        var id = Stack.Id(await Stack.DraftAsync(Full("A premiere", "culture")));
        await Stack.ActAsync(id, "submit", new { note = "Ready." });
        await Stack.ActAsync(id, "return", new { note = "Not yet." });
        await Stack.ReviseAsync(id, Full("A premiere today", "culture"));
        await Stack.PublishAsync(id);
        await Stack.ReviseAsync(id, Full("A premiere with applause", "culture"));
        await Stack.ActAsync(id, "update", new { note = "The audience rose." });
        await Stack.ReviseAsync(id, Full("A première with applause", "culture"));
        await Stack.ActAsync(id, "correct", new { note = "It is written with an accent." });
        await Stack.ActAsync(id, "unpublish", new { note = "Under review." });
        await Stack.PublishAsync(id);
        await Stack.ActAsync(id, "kill", new { reason = "It did not take place." });
        return id;
    }

    async Task<Guid> ScheduledLifeAsync()
    {
        var id = Stack.Id(await Stack.DraftAsync(Full("Tomorrow's premiere", "economy")));
        var times = new { publishAt = DateTimeOffset.UtcNow.AddDays(400), unpublishAt = DateTimeOffset.UtcNow.AddDays(401) };
        await Stack.ActAsync(id, "schedule", times);
        await Stack.ActAsync(id, "unschedule");
        await Stack.ActAsync(id, "schedule", times);
        await Stack.ReviseAsync(id, Full("Tomorrow's première", "economy"));
        await Stack.ActAsync(id, "correct", new { note = "An accent." });
        return id;
    }

    async Task<Guid> ImportedAsync()
    {
        const string line =
            """{"id": "0198a6b4-41c0-7d27-9c5e-0c8a52e7b1d4", "category": "sport","""
            + """ "language": "en", "publishedAt": "2010-01-01T00:00:00Z", "headline": """;
        await Stack.ImportAsync(line + "\"From the archive\"}");
        await Stack.ImportAsync(line + "\"From the archive, again\"}");
        return new("0198a6b4-41c0-7d27-9c5e-0c8a52e7b1d4");
    }

    async Task WriteAsync(string release, string name, Guid id, JsonObject? key = null)
    {
        var rows = await Stack.QueryAsync(
            "Publishing",
            $"""
            select jsonb_build_object('type', type, 'dotnetType', mt_dotnet_type, 'data', data)::text from mt_events
            where stream_id = '{id}' order by version
            """
        );
        var stored = new JsonObject { ["events"] = new JsonArray([.. rows.Select(row => JsonNode.Parse(row!))]) };
        stored[key is null ? "article" : "key"] = key ?? await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{id}");
        var path = Directory.CreateDirectory(Path.Combine(folder, release)).FullName;
        await File.WriteAllTextAsync(Path.Combine(path, $"{name}.json"), stored.ToJsonString(readable) + "\n");
    }

    static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)))!;

    async Task InsertAsync(Guid id, JsonNode stored)
    {
        var events = stored["events"]!.AsArray();
        await Stack.ExecuteAsync(
            "Publishing",
            $"insert into mt_streams (id, version, tenant_id) values ('{id}', {events.Count}, '*DEFAULT*');"
                + string.Concat(
                    events.Select(
                        (e, index) =>
                            $"""
                                insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type)
                                values (nextval('mt_events_sequence'), '{Guid.CreateVersion7()}', '{id}', {index + 1}, '{Sql(
                                    e!["data"]!.ToJsonString()
                                )}', '{e["type"]}', now(), '*DEFAULT*', '{e["dotnetType"]}');
                                """
                    )
                )
        );
    }

    static string Sql(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    static string Url(JsonNode article) => $"/{article["language"]}/{article["category"]}/{article["slug"]}";

    /// <summary>What an article said then and does not say now. What it may be acted on by is the release's own.</summary>
    static IEnumerable<string> Lost(JsonNode then, JsonNode? now, string path) =>
        then switch
        {
            JsonObject members => members
                .Where(m => m.Value is not null && m.Key is not ("id" or "allowed"))
                .SelectMany(m => Lost(m.Value!, (now as JsonObject)?[m.Key], $"{path}/{m.Key}")),
            JsonArray items => items.SelectMany(
                (item, index) => Lost(item!, now is JsonArray list && list.Count > index ? list[index] : null, $"{path}/{index}")
            ),
            _ => JsonNode.DeepEquals(then, now) ? [] : [$"{path}: {then.ToJsonString()}, now {now?.ToJsonString() ?? "nothing"}"],
        };
}
