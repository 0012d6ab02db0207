using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Notifications that may reach receivers of this machine, retries at once, and knows some keys.</summary>
public sealed class WebhookService(Servers servers) : IAsyncLifetime
{
    public static readonly Dictionary<string, string> Settings = new()
    {
        ["Outbound__Allow"] = "127.0.0.1/32", ["Outbound__RequestSeconds"] = "3", ["Webhooks__RetrySchedule"] = "200ms,200ms,200ms,1s,2s,5s,5s,5s,5s,5s", ["Deliveries__LeaseSeconds"] = "10",
        ["Webhooks__VerifySchedule"] = "200ms", ["Webhooks__MaxPerOwner"] = "30", ["Webhooks__MaxReplay"] = "200", ["Stream__QueueLength"] = "5000",
    };

    public Stack Stack { get; private set; } = null!;
    public Receiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await Receiver.StartAsync();
        Stack = await Stack.StartAsync(servers, Settings, "Notifications");
    }

    public async ValueTask DisposeAsync()
    {
        await Stack.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}

/// <summary>An owner of webhooks, with a key of its own.</summary>
public sealed class Owner(Stack stack, KeyChanged key, HttpClient client) : IDisposable
{
    public HttpClient Client => client;
    public KeyChanged Key => key;

    /// <summary>Returns when the key opens.</summary>
    public static async Task<Owner> MakeAsync(Stack stack, string role = Roles.Subscriber, bool trade = false, string? name = null)
    {
        var (secret, now) = ($"secret-{Guid.NewGuid():N}", DateTimeOffset.UtcNow);
        name ??= $"owner-{Guid.NewGuid():N}";
        var key = new KeyChanged { KeyId = Guid.CreateVersion7(), Version = 1, Name = name, Role = role, Trade = trade, Secrets = [new(KeyRing.Hash(secret))], MadeAt = now, ChangedAt = now };
        await stack.SendAsync(key);
        var owner = new Owner(stack, key, stack.Bearer(secret));
        await Eventually.True(async () =>
        {
            using var answer = await owner.Client.GetAsync(new Uri("api/subscriptions", UriKind.Relative));
            return answer.StatusCode != HttpStatusCode.Unauthorized;
        }, $"the key of {name} opens");
        return owner;
    }

    public Task<HttpResponseMessage> TryMakeAsync(object request) => client.PostAsJsonAsync("api/subscriptions", request);

    public async Task<JsonNode> MakeWebhookAsync(string url, string[]? topics = null, string? secret = null, bool? trade = null, double? ratePerSecond = null)
    {
        using var answer = await TryMakeAsync(new { kind = "webhook", url, topics = topics ?? [], secret, trade, ratePerSecond });
        Assert.Equal((HttpStatusCode.Created, ""), (answer.StatusCode, answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync()));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>Returns when it has become active, so that whatever is published from now on reaches it.</summary>
    public async Task<JsonNode> SubscribeAsync(string url, string[]? topics = null, string? secret = null, bool? trade = null, double? ratePerSecond = null)
    {
        var made = await MakeWebhookAsync(url, topics, secret, trade, ratePerSecond);
        await UntilAsync(Stack.Id(made), s => (string)s["state"]! == "active", "active");
        return made;
    }

    public async Task<JsonNode> GetAsync(Guid id) => (await client.GetFromJsonAsync<JsonNode>($"api/subscriptions/{id}"))!;

    public Task<JsonNode> UntilAsync(Guid id, Func<JsonNode, bool> enough, string what) => Eventually.Get(() => GetAsync(id), enough, $"the subscription is {what}");

    public async Task<(int Status, JsonNode Json)> ActAsync(Guid id, string act, object? body = null)
    {
        using var answer = await client.PostAsync(new Uri($"api/subscriptions/{id}/{act}", UriKind.Relative), body is null ? null : JsonContent.Create(body));
        return ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    public async Task<IReadOnlyList<JsonNode>> AttemptsAsync(Guid id) =>
        [.. (await client.GetFromJsonAsync<JsonNode>($"api/subscriptions/{id}/attempts?limit=200"))!["items"]!.AsArray().Select(a => a!)];

    /// <summary>Its key as of another version.</summary>
    public Task ChangeAsync(Func<KeyChanged, KeyChanged> change) => stack.SendAsync(change(key) with { Version = key.Version + 1 });

    public void Dispose() => client.Dispose();
}

public sealed class WebhookTests(WebhookService service) : IClassFixture<WebhookService>
{
    Stack Stack => service.Stack;
    Receiver Receiver => service.Receiver;

    [Fact]
    public async Task A_bulletin_comes_to_an_endpoint_signed_so_that_the_foreign_library_takes_it()
    {
        using var owner = await Owner.MakeAsync(Stack);
        var made = await owner.SubscribeAsync(Receiver.Url("first"), ["keyword:first"]);
        var article = Broker.Article("First words", keywords: ["first"]);
        await Stack.SendMessagesAsync(new ArticlePublished(article), new ArticleCorrected(article with { Version = 3, Headline = "Better words" }, "A word was wrong."));
        var calls = await Receiver.UntilAsync("first", "First words", "Better words");

        Assert.Equal(["bulletin.published", "bulletin.corrected"], calls.Select(c => c.Type));
        Assert.Equal("A word was wrong.", (string)calls[1].Json["data"]!["reason"]!);
        Assert.Equal(article.ArticleId, Stack.Id(calls[0].Json["data"]!["article"]!));
        Assert.All(calls, c => Assert.Equal(("application/json", 2), (c.Headers["content-type"], c.Headers["webhook-signature"].Split(',').Length)));
        Assert.All(calls, c => Assert.StartsWith("NewsPlatform", c.Headers["user-agent"], StringComparison.Ordinal));
        Assert.All(calls, c => Assert.False(c.Headers.ContainsKey("traceparent")));
        await Receiver.VerifyAsync((string)made["secret"]!, Receiver.All("first"));
    }
}
