using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// How soon many browsers are told of one bulletin by their push service, each by a message that is encrypted for it and recorded, beside
/// what one core encrypts and does nothing else.
/// </summary>
static class Pushes
{
    const int AtOnce = 50,
        WarmUp = 2,
        Counted = 5;

    const int Browsers = 2_000;

    public static async Task RunAsync(Bench bench)
    {
        // At the service itself: through the gateway all browsers would be one client, which may not make so many subscriptions.
        var (editor, notifications, browsers) = (bench.Editor, bench.Stack.Address("notifications"), Browsers);
        var (received, bytes) = (0, 0L);
        var all = new TaskCompletionSource<long>();
        await using var service = await Site.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Response.StatusCode = StatusCodes.Status201Created;
            Interlocked.Add(ref bytes, body.Length);
            if (Interlocked.Increment(ref received) == browsers)
            {
                all.TrySetResult(Stopwatch.GetTimestamp());
            }
        });
        var keyword = $"pushes-{Guid.NewGuid():N}";
        using var client = new HttpClient { BaseAddress = notifications };
        var made = new List<(string Id, string Secret)>();
        try
        {
            foreach (var some in Enumerable.Range(0, browsers).Chunk(AtOnce))
            {
                made.AddRange(await Task.WhenAll(some.Select(SubscribeAsync)));
            }
            var rates = new List<double>();
            for (var i = 0; i < WarmUp + Counted; i++)
            {
                (received, bytes, all) = (0, 0, new(TaskCreationOptions.RunContinuationsAsynchronously));
                var began = Stopwatch.GetTimestamp();
                await editor.PublishAsync($"Pushed to many browsers {i}", keyword);
                rates.Add(browsers / Stopwatch.GetElapsedTime(began, await all.Task).TotalSeconds);
            }
            var encrypted = PushEncryption.OfMessages((int)(bytes / browsers));
            bench.Report.Add(
                "P12",
                $"a bulletin pushed to {browsers:#,0} browsers, from the editor's request to the last",
                rates[WarmUp..],
                "pushes/s",
                "encrypting alone, a core",
                [.. Enumerable.Repeat(encrypted, Counted)],
                "≥ 0.8"
            );
        }
        finally
        {
            foreach (var some in made.Chunk(AtOnce))
            {
                await Task.WhenAll(some.Select(EndAsync));
            }
        }

        async Task<(string, string)> SubscribeAsync(int number)
        {
            var browser = new PushReader($"{service.Origin}/{number}");
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/subscriptions")
            {
                Content = JsonContent.Create(
                    new
                    {
                        kind = "webPush",
                        endpoint = browser.Endpoint,
                        keys = browser.Keys,
                        topics = new[] { $"keyword:{keyword}" },
                    }
                ),
                Headers = { { "X-Forwarded-For", $"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" } },
            };
            using var answer = await client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            var subscription = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
            return ((string)subscription["id"]!, (string)subscription["secret"]!);
        }

        async Task EndAsync((string Id, string Secret) browser)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"api/subscriptions/{browser.Id}")
            {
                Headers = { Authorization = new("Bearer", browser.Secret) },
            };
            using var answer = await client.SendAsync(request);
        }
    }
}
