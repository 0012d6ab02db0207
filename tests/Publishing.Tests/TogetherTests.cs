using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CsCheck;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Several editors at one article, each with what it read last.</summary>
public sealed class TogetherTests(PublishingService service) : IClassFixture<PublishingService>
{
    const int Editors = 3;

    Stack Stack => service.Stack;

    sealed record Done(string Act, string? Headline, long Version, string State);

    [Fact]
    public Task Whatever_several_editors_do_at_once_no_update_is_lost_and_no_state_is_impossible() =>
        Gen.OneOf([.. LifeCycle.Acts.Select(act => act.Name).Append(LifeCycle.Revise).Append(LifeCycle.Publish).Select(Gen.Const)])
            .Array[3, 10]
            .Array[Editors]
            .SampleAsync(TogetherAsync, iter: 12, threads: 1);

    async Task TogetherAsync(string[][] editors)
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Everybody's")));
        var done = (await Task.WhenAll(editors.Select((acts, editor) => WorkAsync(id, editor, acts))))
            .SelectMany(d => d)
            .OrderBy(d => d.Version)
            .ToArray();

        var article = await ReadAsync($"api/articles/{id}");
        var version = (long)article["version"]!;
        Assert.Equal(Enumerable.Range(2, (int)version - 1).Select(v => (long)v), done.Select(d => d.Version));
        Assert.Equal(done.LastOrDefault(d => d.Headline is not null)?.Headline ?? "Everybody's", (string?)article["headline"]);
        Assert.Equal(done.LastOrDefault()?.State ?? "draft", (string?)article["state"]);
        Assert.True(done.SkipWhile(d => d.State != "killed").Skip(1).All(d => false), "something happened to a killed article");
        Assert.Equal(article["state"]!.ToString() is "published", (string?)article["pubStatus"] == "usable");
        Assert.Equal(article.ToJsonString(), (await ReadAsync($"api/articles/{id}/versions/{version}")).ToJsonString());
    }

    /// <summary>What of an editor's acts was an event.</summary>
    async Task<IReadOnlyList<Done>> WorkAsync(Guid id, int editor, string[] acts)
    {
        var done = new List<Done>();
        for (var i = 0; i < acts.Length; i++)
        {
            var read = (long)(await ReadAsync($"api/articles/{id}"))["version"]!;
            var headline = acts[i] == LifeCycle.Revise ? $"Words {i} of editor {editor}" : null;
            var (method, path) = headline is null
                ? (HttpMethod.Post, $"api/articles/{id}/{acts[i]}")
                : (HttpMethod.Put, $"api/articles/{id}");
            using var answer = await Stack.Editor.SendAsync(
                Stack.Write(method, path, Body(acts[i], headline) is { } body ? JsonContent.Create(body) : null, $"\"{read}\"")
            );
            Assert.Contains(
                answer.StatusCode,
                new[]
                {
                    HttpStatusCode.OK,
                    HttpStatusCode.Conflict,
                    HttpStatusCode.PreconditionFailed,
                    HttpStatusCode.UnprocessableEntity,
                    HttpStatusCode.ServiceUnavailable,
                }
            );
            if (
                answer.StatusCode == HttpStatusCode.OK
                && (await answer.Content.ReadFromJsonAsync<JsonNode>())! is var article
                && (long)article["version"]! > read
            )
            {
                Assert.Equal(read + 1, (long)article["version"]!);
                done.Add(new(acts[i], headline, (long)article["version"]!, (string)article["state"]!));
            }
        }
        return done;
    }

    static object? Body(string act, string? headline) =>
        act switch
        {
            LifeCycle.Revise => Stack.Copy(headline!),
            LifeCycle.Return or LifeCycle.Correct => new { note = "So it is." },
            LifeCycle.Schedule => new { publishAt = DateTimeOffset.UtcNow.AddDays(2) },
            LifeCycle.Embargo => new { until = DateTimeOffset.UtcNow.AddDays(1) },
            LifeCycle.Kill => new { reason = "It is not so." },
            _ => null,
        };

    async Task<JsonNode> ReadAsync(string path) => (await Stack.Editor.GetFromJsonAsync<JsonNode>(path))!;
}
