using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace NewsPlatform.Benchmarks;

/// <summary>Who holds the key, at the gateway.</summary>
sealed class Editor : IDisposable
{
    public Editor(Uri gateway, string key)
    {
        Client = new() { BaseAddress = gateway };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Client { get; }

    public async Task<Guid> DraftAsync(string headline, string keyword)
    {
        using var drafted = await Client.PostAsJsonAsync(
            "api/articles",
            new
            {
                headline,
                category = "general",
                language = "en",
                keywords = new[] { keyword },
            }
        );
        drafted.EnsureSuccessStatusCode();
        return (Guid)(await drafted.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
    }

    public async Task PublishAsync(Guid id)
    {
        using var publish = new HttpRequestMessage(HttpMethod.Post, $"api/articles/{id}/publish");
        publish.Headers.TryAddWithoutValidation("If-Match", "*");
        using var published = await Client.SendAsync(publish);
        published.EnsureSuccessStatusCode();
    }

    public async Task PublishAsync(string headline, string keyword) => await PublishAsync(await DraftAsync(headline, keyword));

    public void Dispose() => Client.Dispose();
}
