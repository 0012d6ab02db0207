using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;

namespace NewsPlatform.TestSupport;

/// <summary>Somebody with webhooks of their own and a key to them.</summary>
public sealed class WebhookOwner(HttpClient client) : IDisposable
{
    public HttpClient Client => client;

    /// <summary>With a key that the broker brings. Returns when it opens.</summary>
    public static async Task<(WebhookOwner Owner, KeyChanged Key)> MakeAsync(Stack stack, string role = "subscriber", bool trade = false)
    {
        var (secret, now) = ($"secret-{Guid.NewGuid():N}", DateTimeOffset.UtcNow);
        var key = new KeyChanged
        {
            KeyId = Guid.CreateVersion7(),
            Version = 1,
            Name = $"owner-{Guid.NewGuid():N}",
            Role = role,
            Trade = trade,
            MadeAt = now,
            ChangedAt = now,
            Secrets = [new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))))],
        };
        await stack.SendAsync(key);
        var owner = new WebhookOwner(stack.Bearer(secret));
        await Eventually.True(
            async () =>
            {
                using var answer = await owner.Client.GetAsync(new Uri("api/subscriptions", UriKind.Relative));
                return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Forbidden;
            },
            $"the key {key.Name} opens"
        );
        return (owner, key);
    }

    public async Task<(int Status, JsonNode Json, HttpResponseMessage Answer)> TryMakeAsync(object request)
    {
        var answer = await client.PostAsJsonAsync("api/subscriptions", request);
        return ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!, answer);
    }

    public async Task<JsonNode> MakeAsync(
        string url,
        string[]? topics = null,
        string? secret = null,
        bool? trade = null,
        double? ratePerSecond = null
    )
    {
        var (status, json, _) = await TryMakeAsync(
            new
            {
                kind = "webhook",
                url,
                topics = topics ?? [],
                secret,
                trade,
                ratePerSecond,
            }
        );
        return status == 201 ? json : throw new HttpRequestException($"{status} {json}", null, (HttpStatusCode)status);
    }

    /// <summary>Returns when it has become active, so that whatever is published from now on reaches it.</summary>
    public async Task<(Guid Id, string Secret)> SubscribeAsync(
        string url,
        string[]? topics = null,
        string? secret = null,
        bool? trade = null,
        double? ratePerSecond = null
    )
    {
        var made = await MakeAsync(url, topics, secret, trade, ratePerSecond);
        await StateAsync(Stack.Id(made), "active");
        return (Stack.Id(made), (string)made["secret"]!);
    }

    public async Task<JsonNode> GetAsync(Guid id) => (await client.GetFromJsonAsync<JsonNode>($"api/subscriptions/{id}"))!;

    public Task<JsonNode> StateAsync(Guid id, string state) =>
        Eventually.Get(() => GetAsync(id), s => (string)s["state"]! == state, $"the subscription is {state}");

    public async Task<(int Status, JsonNode Json)> ActAsync(Guid id, string act, object? body = null)
    {
        using var answer = await client.PostAsync(
            new Uri($"api/subscriptions/{id}/{act}", UriKind.Relative),
            body is null ? null : JsonContent.Create(body)
        );
        return ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    public async Task<IReadOnlyList<JsonNode>> AttemptsAsync(Guid id) =>
        [.. (await client.GetFromJsonAsync<JsonNode>($"api/subscriptions/{id}/attempts?limit=200"))!["items"]!.AsArray().Select(a => a!)];

    public void Dispose() => client.Dispose();
}
