using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Authorization;

/// <summary>An answer as far as it says who may.</summary>
public sealed record Told(int Status, JsonNode? Body, string Text)
{
    public override string ToString() => $"{Status} {(Text.Length > 300 ? Text[..300] : Text)}";
}

/// <summary>Asks for what the rows of the table are about, by requests that are right.</summary>
public sealed class Asked(Stack stack)
{
    public static readonly string Browser = new PushReader("https://push.example.org/x") is { } reader
        ? JsonSerializer.Serialize(reader.Keys)
        : "";

    /// <param name="id">Of what the path names by <c>{id}</c>.</param>
    /// <param name="body">Instead of the one that is right for everybody.</param>
    public async Task<Told> SendAsync(AuthorizationRow row, Player player, Guid? id = null, string? body = null, string query = "")
    {
        // From which version on must be said.
        query = query.Length == 0 && row.Path.EndsWith("/diff", StringComparison.Ordinal) ? "?from=1" : query;
        var path = row.Path.Replace("{id}", $"{id}", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(row.Method), new Uri($"{path.TrimStart('/')}{query}", UriKind.Relative));
        if (player.Secret is not null)
        {
            request.Headers.Authorization = new("Bearer", player.Secret);
        }
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        var (type, right) = Body(row.Route);
        if ((body ?? right) is { } said)
        {
            request.Content = new StringContent(said, Encoding.UTF8, type);
        }
        using var answer = await stack.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // A stream does not end.
        var text = answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await answer.Content.ReadAsStringAsync();
        return new((int)answer.StatusCode, Json(answer, text), text);
    }

    public async Task<Guid> KeyAsync()
    {
        using var made = await stack.Editor.PostAsJsonAsync("api/keys", new { name = $"key-{Guid.NewGuid():N}", role = "reporter" });
        return Stack.Id((await made.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    /// <summary>One that belongs to the player's key.</summary>
    public async Task<Guid> SubscriptionAsync(Player player, string kind)
    {
        using var client = stack.Bearer(player.Secret!);
        object request =
            kind == "webPush"
                ? new
                {
                    kind,
                    endpoint = $"http://127.0.0.1:1/{Guid.NewGuid():N}",
                    keys = JsonNode.Parse(Browser),
                    topics = new[] { "breaking" },
                }
                : new
                {
                    kind,
                    url = $"http://127.0.0.1:1/{Guid.NewGuid():N}",
                    topics = new[] { "breaking" },
                };
        using var made = await client.PostAsJsonAsync("api/subscriptions", request);
        var answer = await made.Content.ReadAsStringAsync();
        return made.IsSuccessStatusCode
            ? Stack.Id(JsonNode.Parse(answer)!)
            : throw new HttpRequestException($"{(int)made.StatusCode} {answer}");
    }

    public static string Copy(string category, object? translationOf = null, Guid[]? featured = null, Guid[]? related = null) =>
        JsonSerializer.Serialize(
            new
            {
                headline = $"Of {category} {Guid.NewGuid():N}",
                category,
                language = translationOf is null ? "en" : "az",
                body = "<p>Body.</p>",
                translationOf,
                featured,
                related,
            }
        );

    static (string Type, string? Text) Body(string route) =>
        route switch
        {
            "POST /api/articles" or "PUT /api/articles/{id}" => (Json(), Copy("sport")),
            "POST /api/articles/{id}/return" or "POST /api/articles/{id}/correct" => (Json(), """{"note":"So it is."}"""),
            "POST /api/articles/{id}/schedule" => (
                Json(),
                $$"""{"publishAt":"{{DateTimeOffset.UtcNow.AddDays(9):yyyy-MM-ddTHH:mm:ss}}Z"}"""
            ),
            "POST /api/articles/{id}/embargo" => (Json(), $$"""{"until":"{{DateTimeOffset.UtcNow.AddDays(9):yyyy-MM-ddTHH:mm:ss}}Z"}"""),
            "POST /api/articles/{id}/unpublish" => (Json(), "{}"),
            "POST /api/articles/{id}/kill" => (Json(), """{"reason":"It is not so."}"""),
            "POST /api/articles/{id}/revert" => (Json(), """{"version":1}"""),
            "POST /api/articles/{id}/mask" => (Json(), """{"text":"Nobody At All","replacement":"N.","reason":"Asked for."}"""),
            "POST /api/keys" => (Json(), $$"""{"name":"made-{{Guid.NewGuid():N}}","role":"reporter"}"""),
            "POST /api/import" => (
                "application/x-ndjson",
                $$"""{"id":"{{Guid.NewGuid()}}","publishedAt":"2026-01-01T00:00:00Z",{{Copy("sport")[1..]}}"""
            ),
            "POST /api/subscriptions" => (
                Json(),
                $$"""{"kind":"webPush","endpoint":"http://127.0.0.1:1/{{Guid.NewGuid():N}}","keys":{{Browser}},"topics":["breaking"]}"""
            ),
            "PUT /api/subscriptions/{id}" => (Json(), """{"topics":["breaking"]}"""),
            "POST /api/subscriptions/{id}/replay" => (Json(), """{"after":0,"upTo":1}"""),
            "POST /hub" => (
                "application/x-www-form-urlencoded",
                "hub.mode=subscribe&hub.topic=x&hub.callback=http%3A%2F%2F127.0.0.1%3A1%2F"
            ),
            _ => (Json(), null),
        };

    static string Json() => "application/json";

    static JsonNode? Json(HttpResponseMessage answer, string text) =>
        answer.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" && text.Length > 0
            ? JsonNode.Parse(text)
            : null;
}
