using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// How fast webhooks are delivered when many wait, signed, recorded and in each endpoint's order, beside bare posts of as many bytes over
/// as many connections to the same receiver.
/// </summary>
static class Webhooks
{
    const int Endpoints = 50,
        Bulletins = 100,
        Connections = 16;

    public static async Task RunAsync(Bench bench)
    {
        var editor = bench.Editor;
        var (received, bytes) = (0, 0L);
        await using var site = await StartAsync(length =>
        {
            Interlocked.Increment(ref received);
            Interlocked.Add(ref bytes, length);
        });
        var receiver = site.Origin;
        var keyword = $"webhooks-{Guid.NewGuid():N}";
        for (var i = 0; i < Bulletins; i++)
        {
            await editor.PublishAsync($"Told to many servers {i}", keyword);
        }
        var made = new List<Guid>();
        try
        {
            for (var i = 0; i < Endpoints; i++)
            {
                using var answer = await editor.Client.PostAsJsonAsync(
                    "api/subscriptions",
                    new
                    {
                        kind = "webhook",
                        url = $"{receiver}/{i}",
                        topics = new[] { $"keyword:{keyword}" },
                        // The platform's own pace is measured, and not what an endpoint asks for.
                        ratePerSecond = 10_000,
                    }
                );
                answer.EnsureSuccessStatusCode();
                made.Add((Guid)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!);
            }
            foreach (var id in made)
            {
                while ((string)(await editor.Client.GetFromJsonAsync<JsonNode>($"api/subscriptions/{id}"))!["state"]! != "active")
                {
                    await Task.Delay(100);
                }
            }
            var (figures, limits) = (new List<double>(), new List<double>());
            for (var i = 0; i < bench.Repetitions; i++)
            {
                (received, bytes) = (0, 0);
                var began = Stopwatch.GetTimestamp();
                await Task.WhenAll(made.Select(id => editor.Client.PostAsJsonAsync($"api/subscriptions/{id}/replay", new { after = 0 })));
                while (Volatile.Read(ref received) < Endpoints * Bulletins)
                {
                    await Task.Delay(20);
                }
                figures.Add(received / Stopwatch.GetElapsedTime(began).TotalSeconds);
                limits.Add(await BarePostsAsync(receiver, (int)(bytes / received)));
            }
            bench.Report.Add(
                "P12",
                $"webhooks to {Endpoints} endpoints, {Bulletins} waiting for each",
                figures,
                "deliveries/s",
                "bare posts to the same receiver",
                limits,
                "≥ 0.3"
            );
        }
        finally
        {
            foreach (var id in made)
            {
                await editor.Client.DeleteAsync(new Uri($"api/subscriptions/{id}", UriKind.Relative));
            }
        }
    }

    static async Task<double> BarePostsAsync(string receiver, int bytes)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
        var (left, payload) = (Endpoints * Bulletins, new byte[bytes]);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(async _ =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        using var answer = await client.PostAsync(new Uri(receiver), new ByteArrayContent(payload));
                    }
                })
        );
        return Endpoints * Bulletins / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Takes everything, and gives the challenge back.</summary>
    static Task<Site> StartAsync(Action<long> count) =>
        Site.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            if (context.Request.Headers.ContainsKey("webhook-id") && JsonNode.Parse(body.ToArray())!["challenge"] is { } challenge)
            {
                await context.Response.WriteAsJsonAsync(new { challenge = (string)challenge! });
                return;
            }
            count(body.Length);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
}
