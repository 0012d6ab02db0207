using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using NewsPlatform.Benchmarks;

// Measures the running stack (deploy/up.sh) from outside, each figure beside a limit that is measured in the same run.
// Usage: dotnet run -c Release --project tests/Benchmarks -- …
//   [ADDRESS [KEY]]                                      the way of a story, and readers of a line
// crowd ADDRESS KEY NOTIFICATIONS PID [CONNECTIONS] what telling many streams costs; NOTIFICATIONS is the service's own address, PID its
// process webhooks ADDRESS KEY how fast webhooks are delivered pushes ADDRESS KEY NOTIFICATIONS [BROWSERS] how soon many browsers are told
// of a bulletin streams NOTIFICATIONS PID [CONNECTIONS [CODING]] what a quiet stream costs; CODING is identity, gzip or websocket push what
// one core encrypts for browsers, without a stack
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["crowd", var gateway, var secret, var service, var process, .. var rest]:
        using (var told = new Editor(new(gateway), secret))
        {
            await Crowd.RunAsync(told, new(service), int.Parse(process), int.Parse(rest.FirstOrDefault() ?? "4000"));
        }
        return;
    case ["webhooks", var gateway, var secret]:
        using (var told = new Editor(new(gateway), secret))
        {
            await Webhooks.RunAsync(told);
        }
        return;
    case ["pushes", var gateway, var secret, var service, .. var rest]:
        using (var told = new Editor(new(gateway), secret))
        {
            await Pushes.RunAsync(told, new(service), int.Parse(rest.FirstOrDefault() ?? "5000"));
        }
        return;
    case ["streams", var service, var process, .. var rest]:
        await Streams.RunAsync(
            new(service),
            int.Parse(process),
            int.Parse(rest.ElementAtOrDefault(0) ?? "10000"),
            rest.ElementAtOrDefault(1) ?? "identity"
        );
        return;
    case ["push"]:
        PushEncryption.Run();
        return;
}
var address = new Uri(args.ElementAtOrDefault(0) ?? "http://127.0.0.1:8080");
using var reader = new HttpClient { BaseAddress = address };
using var editor = new Editor(address, args.ElementAtOrDefault(1) ?? (await File.ReadAllTextAsync(".local/admin.key")).Trim());

Console.WriteLine("| what | figure | limit in the same run | ratio |\n|---|---|---|---|");
await FromPublishToSubscriber();
await ReadersOfALine();

// Limit: how long the answer to the editor itself takes, since nobody can be told before it is stored.
async Task FromPublishToSubscriber()
{
    const int warmUp = 50,
        counted = 300;
    var arrived = new Dictionary<Guid, TaskCompletionSource<long>>();
    using var stream = await reader.GetAsync(
        new Uri("api/stream?topic=keyword:benchmark", UriKind.Relative),
        HttpCompletionOption.ResponseHeadersRead
    );
    _ = Task.Run(async () =>
    {
        await foreach (var bulletin in SseParser.Create(await stream.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            var at = Stopwatch.GetTimestamp();
            arrived[(Guid)JsonNode.Parse(bulletin.Data)!["article"]!["id"]!].TrySetResult(at);
        }
    });

    List<double> answers = [],
        bulletins = [];
    for (var i = 0; i < warmUp + counted; i++)
    {
        var id = await editor.DraftAsync($"Benchmark {i}", "benchmark");
        var told = arrived[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = Stopwatch.GetTimestamp();
        await editor.PublishAsync(id);
        var answered = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var seen = Stopwatch.GetElapsedTime(start, await told.Task).TotalMilliseconds;
        if (i >= warmUp)
        {
            answers.Add(answered);
            bulletins.Add(seen);
        }
    }
    Row("publish → subscriber, median", Percentile(bulletins, 0.5), "the editor's own answer", Percentile(answers, 0.5), "ms");
    Row("publish → subscriber, 99 %", Percentile(bulletins, 0.99), "the editor's own answer", Percentile(answers, 0.99), "ms");
}

// Limit: a file of Feed's through the same gateway, which costs Feed next to nothing.
async Task ReadersOfALine() =>
    Row(
        "GET /api/news?language=en&limit=30",
        await PerSecond("api/news?language=en&limit=30"),
        "a static file through the gateway",
        await PerSecond("assets/icon.svg"),
        "requests/s"
    );

async Task<double> PerSecond(string path)
{
    const int connections = 16,
        warmUp = 500,
        counted = 4_000;
    await Run(warmUp);
    var start = Stopwatch.GetTimestamp();
    await Run(counted);
    return counted / Stopwatch.GetElapsedTime(start).TotalSeconds;

    async Task Run(int requests)
    {
        var left = requests;
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(async connection =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        await reader.GetByteArrayAsync(new Uri(path, UriKind.Relative));
                    }
                })
        );
    }
}

static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

static void Row(string what, double figure, string limit, double reference, string unit) =>
    Console.WriteLine($"| {what} | {figure:F1} {unit} | {limit}: {reference:F1} {unit} | {figure / reference:F2} |");
