using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace NewsPlatform.TestSupport;

/// <summary>A platform key and who has it.</summary>
/// <param name="Id">Of the key; what belongs to it is stored under <c>key:{Id}</c>.</param>
/// <param name="Name">As the history has it.</param>
public sealed record Bearer(Guid Id, string Name, HttpClient Client) : IDisposable
{
    public string Owner => $"key:{Id}";

    public void Dispose() => Client.Dispose();
}

/// <summary>Keys as a keeper of keys makes and revokes them.</summary>
public static class StackKeys
{
    public static async Task<Bearer> KeyAsync(
        this Stack stack,
        string role,
        string[]? categories = null,
        string? name = null,
        DateTimeOffset? expiresAt = null,
        bool trade = false,
        Uri? door = null
    )
    {
        name ??= $"key-{Guid.NewGuid():N}";
        using var answer = await stack.Editor.PostAsJsonAsync(
            "api/keys",
            new
            {
                name,
                role,
                categories,
                expiresAt,
                trade,
            }
        );
        if (answer.StatusCode != HttpStatusCode.Created)
        {
            throw new HttpRequestException(await answer.Content.ReadAsStringAsync(), null, answer.StatusCode);
        }
        var key = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        return new((Guid)key["id"]!, $"key:{name}", stack.Bearer((string)key["secret"]!, door));
    }

    public static async Task RevokeAsync(this Stack stack, Bearer key)
    {
        using var answer = await stack.Editor.DeleteAsync(new Uri($"api/keys/{key.Id}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }
}
