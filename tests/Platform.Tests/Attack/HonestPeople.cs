using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Attack;

/// <summary>Who goes on reading and publishing, and what they were answered that they should not have been.</summary>
/// <param name="reader">Without a key.</param>
/// <param name="editor">With one.</param>
public sealed class HonestPeople(HttpClient reader, HttpClient editor)
{
    readonly List<string> faults = [];

    /// <summary>Stories whose publishing was answered, in that order.</summary>
    public List<string> Published { get; } = [];

    public int Read { get; private set; }

    public IReadOnlyList<string> Faults => faults;

    /// <summary>Reads the line as long as the attack goes on.</summary>
    public async Task ReadAsync(Task attack)
    {
        while (!attack.IsCompleted)
        {
            using var answer = await reader.GetAsync(new Uri("api/news?language=en&limit=30", UriKind.Relative));
            Expect("the line", answer, HttpStatusCode.OK);
            await answer.Content.ReadAsByteArrayAsync();
            Read++;
        }
    }

    /// <summary>Publishes a story, looks until readers have it, and goes on as long as the attack does.</summary>
    /// <param name="atLeast">So many also of an attack that is soon over.</param>
    public async Task PublishAsync(Task attack, int atLeast)
    {
        while (!attack.IsCompleted || Published.Count < atLeast)
        {
            var headline = $"Story {Published.Count + 1}";
            using var drafted = await editor.PostAsJsonAsync("api/articles", Stack.Copy(headline, keywords: ["honest"]));
            Expect("a draft", drafted, HttpStatusCode.Created);
            if (drafted.StatusCode != HttpStatusCode.Created)
            {
                return;
            }
            var id = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>())!);
            using var act = new HttpRequestMessage(HttpMethod.Post, $"api/articles/{id}/publish");
            act.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
            using var published = await editor.SendAsync(act);
            Expect("a publish", published, HttpStatusCode.OK);
            if (published.StatusCode != HttpStatusCode.OK)
            {
                return;
            }
            Published.Add(headline);
            await Eventually.True(
                async () =>
                {
                    using var line = await reader.GetAsync(new Uri("api/news?language=en&limit=30", UriKind.Relative));
                    Expect("the line", line, HttpStatusCode.OK);
                    return (await line.Content.ReadAsStringAsync()).Contains($"\"{headline}\"", StringComparison.Ordinal);
                },
                $"{headline} is on the line"
            );
        }
    }

    void Expect(string what, HttpResponseMessage answer, HttpStatusCode expected)
    {
        if (answer.StatusCode != expected)
        {
            lock (faults)
            {
                faults.Add($"{what}: {(int)answer.StatusCode}");
            }
        }
    }
}
