using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>
/// What no editor's software means to send is refused like any other mistake: the service says what is wrong, and its log says nothing.
/// </summary>
public sealed class NonsenseTests(PublishingService service) : IClassFixture<PublishingService>
{
    const string Copy = "\"headline\":\"h\",\"category\":\"world\",\"language\":\"en\"";

    Stack Stack => service.Stack;

    async Task<(int Status, JsonNode? Body)> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        string? idempotencyKey = null
    )
    {
        using var request = Stack.Write(method, path, content);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }
        using var answer = await Stack.Editor.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>A refusal, and no fault of the service, neither to the client nor in its log.</summary>
    void Refused(int from, (int Status, JsonNode? Body) answer)
    {
        Assert.InRange(answer.Status, 400, 428);
        Assert.StartsWith("urn:newsplatform:problem:", (string?)answer.Body?["type"], StringComparison.Ordinal);
        Assert.Empty(Faults(from));
    }

    /// <summary>What was logged since then that somebody would have to look into.</summary>
    IEnumerable<string> Faults(int from) =>
        Stack["Publishing"]
            .Output.Skip(from)
            .Where(line =>
                line.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal)
                || line.Contains("\"LogLevel\":\"Critical\"", StringComparison.Ordinal)
                || line.Contains("\"Exception\":", StringComparison.Ordinal)
            );

    [Theory]
    [InlineData("versions/0")]
    [InlineData("versions/-1")]
    [InlineData("versions/-9223372036854775808")]
    [InlineData("versions/9223372036854775807")]
    [InlineData("versions/92233720368547758070")]
    [InlineData("diff")]
    [InlineData("diff?from=0")]
    [InlineData("diff?from=1&to=0")]
    [InlineData("diff?from=1&to=9223372036854775807")]
    [InlineData("diff?from=99999999999999999999")]
    [InlineData("history?after=-1")]
    [InlineData("history?after=99999999999999999999")]
    [InlineData("history?limit=0")]
    [InlineData("history?limit=2147483648")]
    [InlineData("history?limit=%00")]
    public async Task A_version_that_there_is_not_is_refused(string path)
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Few versions")));
        var from = Stack["Publishing"].Output.Count;
        Refused(from, await SendAsync(HttpMethod.Get, $"api/articles/{id}/{path}"));
        Refused(from, await SendAsync(HttpMethod.Get, $"api/articles/{Guid.NewGuid()}/{path}"));
        Refused(from, await SendAsync(HttpMethod.Get, $"api/articles/{Guid.Empty}/{path}"));
    }

    [Theory]
    [InlineData("api/articles?updatedSince=9999-12-31T23:59:59.9999999-14:00")]
    [InlineData("api/articles?updatedSince=0001-01-01T00:00:00%2B14:00")]
    [InlineData("api/articles?updatedSince=0000-00-00T00:00:00Z")]
    [InlineData("api/articles?updatedSince=99999-01-01T00:00:00Z")]
    [InlineData("api/articles?limit=-1")]
    [InlineData("api/articles?limit=99999999999")]
    [InlineData("api/articles?q=%00")]
    [InlineData("api/articles?q=%ED%A0%80%00")]
    [InlineData("api/articles?author=%00")]
    [InlineData("api/articles?keyword=%00")]
    [InlineData("api/articles?state=%00")]
    [InlineData("api/articles?category=%00")]
    [InlineData("api/articles?after=AAAA")]
    [InlineData("api/articles?after=%00")]
    [InlineData("api/articles/due?within=P999999999D")]
    [InlineData("api/articles/due?within=PT9223372036854775807S")]
    [InlineData("api/articles/due?within=9223372036854775807")]
    [InlineData("api/articles/due?within=99999999999999999999")]
    [InlineData("api/articles/due?within=-1")]
    [InlineData("api/articles/due?within=P")]
    [InlineData("api/articles/due?within=-P1D")]
    [InlineData("api/keys?limit=99999999999")]
    [InlineData("api/keys?after=%FF")]
    public async Task A_list_of_what_cannot_be_meant_is_refused(string path)
    {
        var from = Stack["Publishing"].Output.Count;
        Refused(from, await SendAsync(HttpMethod.Get, path));
    }

    [Theory]
    [InlineData("api/articles?updatedSince=0001-01-01T00:00:00Z")]
    [InlineData("api/articles?updatedSince=9999-12-31T23:59:59.9999999Z")]
    [InlineData("api/articles?q='%5C%5C'%20%26%7C!:*%20a")]
    [InlineData("api/articles?keyword=%22%7B%5D")]
    [InlineData("api/articles/due?within=P1830D")]
    [InlineData("api/articles/counts?author='")]
    public async Task A_list_of_what_nobody_has_is_empty_or_has_all(string path)
    {
        var from = Stack["Publishing"].Output.Count;
        Assert.Equal(200, (await SendAsync(HttpMethod.Get, path)).Status);
        Assert.Empty(Faults(from));
    }

    [Theory]
    [InlineData($"{{{Copy},\"keywords\":[null]}}")]
    [InlineData($"{{{Copy},\"bylines\":[null]}}")]
    [InlineData($"{{{Copy},\"featured\":[null]}}")]
    [InlineData($"{{{Copy},\"related\":[null]}}")]
    [InlineData($"{{{Copy},\"media\":{{\"items\":[null]}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"items\":null}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"badges\":null}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"badges\":[null]}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"badges\":[\"video\",\"video\"]}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"picture\":{{\"alt\":null}}}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"picture\":{{\"alt\":\"a\",\"type\":null}}}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"picture\":{{\"alt\":\"a\",\"type\":7}}}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"picture\":{{\"alt\":\"a\",\"url\":\"http://[::\"}}}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"picture\":{{\"alt\":\"a\",\"url\":\"https://example.org/\",\"renditions\":[null]}}}}}}")]
    [InlineData($"{{{Copy},\"media\":{{\"picture\":{{\"alt\":\"a\",\"url\":\"https://example.org/\",\"renditions\":[{{}}]}}}}}}")]
    [InlineData(
        $"{{{Copy},\"media\":{{\"picture\":{{\"alt\":\"a\",\"url\":\"https://example.org/\","
            + $"\"renditions\":[{{\"url\":null,\"width\":1,\"height\":1,\"contentType\":null}}]}}}}}}"
    )]
    [InlineData($"{{{Copy},\"media\":{{\"items\":[{{\"type\":\"gallery\",\"pictures\":[null]}}]}}}}")]
    [InlineData(
        $"{{{Copy},\"media\":{{\"items\":[{{\"type\":\"gallery\",\"pictures\":[{{\"type\":\"gallery\","
            + $"\"alt\":\"a\",\"pictures\":[{{}}]}}]}}]}}}}"
    )]
    [InlineData($"{{{Copy},\"urgency\":2147483648}}")]
    [InlineData($"{{{Copy},\"urgency\":1e400}}")]
    [InlineData($"{{{Copy},\"urgency\":-0.5}}")]
    [InlineData($"{{{Copy},\"translationOf\":\"\"}}")]
    [InlineData($"{{{Copy},\"translationOf\":0}}")]
    [InlineData($"{{{Copy},\"summary\":\"\\ud800\"}}")]
    [InlineData($"{{{Copy},\"\\ud800\":1}}")]
    [InlineData($"{{{Copy},\"slug\":\"a\\nb\"}}")]
    [InlineData("{\"headline\":null,\"category\":null,\"language\":null}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("0")]
    [InlineData("\"\"")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\ufeff")]
    [InlineData("{\"$type\":\"x\"}")]
    public async Task Copy_with_nothing_where_something_belongs_is_refused(string body)
    {
        var from = Stack["Publishing"].Output.Count;
        Refused(from, await SendAsync(HttpMethod.Post, "api/articles", Json(body)));
        Refused(from, await SendAsync(HttpMethod.Post, "api/articles", Json(body), Guid.NewGuid().ToString()));
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Stays")));
        Refused(from, await SendAsync(HttpMethod.Put, $"api/articles/{id}", Json(body)));
        using var answer = await Stack.Editor.PostAsync(
            new Uri("api/import", UriKind.Relative),
            new StringContent(body + "\n", Encoding.UTF8, "application/x-ndjson")
        );
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.DoesNotContain("imported", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(Faults(from));
    }

    public static TheoryData<string, string> Bodies =>
        new()
        {
            { "schedule", "{\"publishAt\":\"9999-12-31T23:59:59.9999999Z\"}" },
            { "schedule", "{\"publishAt\":\"9999-12-31T23:59:59.9999999-14:00\"}" },
            { "schedule", "{\"publishAt\":\"0001-01-01T00:00:00+14:00\"}" },
            { "schedule", "{\"publishAt\":\"0001-01-01T00:00:00Z\",\"unpublishAt\":\"9999-12-31T23:59:59Z\"}" },
            { "schedule", "{\"publishAt\":null}" },
            { "schedule", "{\"publishAt\":0}" },
            { "embargo", "{\"until\":\"9999-12-31T23:59:59.9999999Z\"}" },
            { "embargo", "{\"until\":\"9999-12-31T23:59:59-00:01\"}" },
            { "embargo", "{\"until\":null}" },
            { "revert", "{\"version\":0}" },
            { "revert", "{\"version\":-9223372036854775808}" },
            { "revert", "{\"version\":9223372036854775807}" },
            { "revert", "{\"version\":9223372036854775808}" },
            { "revert", "{\"version\":null}" },
            { "return", "{\"note\":null}" },
            { "kill", "{\"reason\":null}" },
            { "kill", "{\"reason\":\"r\",\"translations\":null}" },
            { "correct", "{\"note\":[]}" },
            { "mask", "{\"fields\":[null],\"reason\":\"r\"}" },
            { "mask", "{\"fields\":null,\"text\":null,\"replacement\":null,\"reason\":null}" },
            { "mask", "{\"text\":\"\\ud83d\\ude00\\ud83d\\ude00\",\"replacement\":\"x\",\"reason\":\"r\"}" },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task An_act_with_something_that_no_act_has_is_refused(string act, string body)
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Not acted on")));
        var from = Stack["Publishing"].Output.Count;
        Refused(from, await SendAsync(HttpMethod.Post, $"api/articles/{id}/{act}", Json(body)));
        Refused(from, await SendAsync(HttpMethod.Post, $"api/articles/{id}/{act}", Json(body), Guid.NewGuid().ToString()));
        Assert.Equal(1, (int)(await SendAsync(HttpMethod.Get, $"api/articles/{id}")).Body!["version"]!);
    }

    [Theory]
    [InlineData("{\"name\":\"a\\u0000\",\"role\":\"editor\"}")]
    [InlineData("{\"name\":\"a\\n\",\"role\":\"editor\"}")]
    [InlineData("{\"name\":\"\\ud800\",\"role\":\"editor\"}")]
    [InlineData("{\"name\":null,\"role\":null}")]
    [InlineData("{\"name\":\"a\",\"role\":\"\\u0000\"}")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"categories\":[null]}")]
    [InlineData("{\"name\":\"a\",\"role\":null,\"categories\":[\"sport\"]}")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"expiresAt\":\"9999-12-31T23:59:59.9999999Z\"}")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"expiresAt\":\"0001-01-01T00:00:00+14:00\"}")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_key_that_there_cannot_be_is_refused(string body)
    {
        var from = Stack["Publishing"].Output.Count;
        Refused(from, await SendAsync(HttpMethod.Post, "api/keys", Json(body)));
        Refused(from, await SendAsync(HttpMethod.Post, "api/keys", Json(body), $"{Guid.NewGuid():N}{Guid.NewGuid():N}"));
        Refused(from, await SendAsync(HttpMethod.Post, $"api/keys/{Guid.NewGuid()}/rotate", Json("{\"overlapSeconds\":2147483648}")));
        Refused(from, await SendAsync(HttpMethod.Post, $"api/keys/{Guid.NewGuid()}/rotate", Json("null")));
    }

    [Fact]
    public async Task A_body_that_is_null_or_of_another_type_is_refused_by_every_operation_that_takes_one()
    {
        var document = (await Stack.Reader.GetFromJsonAsync<JsonNode>("openapi/publishing.json"))!;
        var from = Stack["Publishing"].Output.Count;
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (
                var (method, operation) in methods!
                    .AsObject()
                    .Where(o => o.Value!["requestBody"] is not null && o.Value["requestBody"]!["content"]!["application/json"] is not null)
            )
            {
                var id = path.StartsWith("/api/articles/", StringComparison.Ordinal)
                    ? Stack.Id(await Stack.DraftAsync(Stack.Copy("Nothing of it")))
                    : Guid.NewGuid();
                foreach (var body in new[] { "null", "[]", "[null]", "0", "\"\"", "{\"\":null}", "{", "\0", "" })
                {
                    var answer = await SendAsync(
                        new(method.ToUpperInvariant()),
                        path.TrimStart('/').Replace("{id}", $"{id}", StringComparison.Ordinal),
                        Json(body)
                    );
                    Assert.True(
                        answer.Status is >= 400 and <= 428
                            || (body is "null" or "") && operation!["requestBody"]!["required"] is null && answer.Status == 200,
                        $"{method} {path} with {body}: {answer.Status}"
                    );
                }
            }
        }
        Assert.Empty(Faults(from));
    }

    [Fact]
    public async Task Who_loses_a_race_or_goes_away_leaves_nothing_in_the_log()
    {
        var from = Stack["Publishing"].Output.Count;
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Raced for")));
        var (name, repeat) = ($"raced-{Guid.NewGuid():N}", Guid.NewGuid().ToString());
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i =>
                    (i % 3) switch
                    {
                        0 => SendAsync(HttpMethod.Put, $"api/articles/{id}", JsonContent.Create(Stack.Copy($"Raced {i}"))),
                        1 => SendAsync(HttpMethod.Post, "api/keys", JsonContent.Create(new { name, role = "reporter" })),
                        _ => SendAsync(HttpMethod.Post, "api/articles", JsonContent.Create(Stack.Copy("Sent twice at once")), repeat),
                    }
                )
        );
        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { 200, 201, 412, 422, 503 }));

        foreach (var path in new[] { "api/articles", "api/import" })
        {
            using var leaving = new CancellationTokenSource();
            var request = Stack.Write(
                HttpMethod.Post,
                path,
                new EndlessBody(path == "api/import" ? "application/x-ndjson" : "application/json")
            );
            var sending = Stack.Editor.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
            await SendAsync(HttpMethod.Get, $"api/articles/{id}");
            await leaving.CancelAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
            request.Dispose();
        }
        await Stack.DraftAsync(Stack.Copy("Afterwards"));
        Assert.Empty(Faults(from));
    }

    [Fact]
    public async Task An_unknown_charset_or_media_type_is_refused()
    {
        var from = Stack["Publishing"].Output.Count;
        foreach (
            var type in new[]
            {
                "application/json; charset=klingon",
                "application/json; charset=\"\"",
                "text/html",
                "application/x-ndjson; charset=klingon",
            }
        )
        {
            var content = new ByteArrayContent("{}"u8.ToArray());
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            Refused(from, await SendAsync(HttpMethod.Post, "api/articles", content));
        }
    }
}
