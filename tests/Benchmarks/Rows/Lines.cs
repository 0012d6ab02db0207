using System.Net;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// Readers of a line, from Feed itself and through the gateway, beside nginx that serves the same bytes as a file, and beside nginx that
/// passes on to such a one. Servers have the first core together, the load has the second.
/// </summary>
static class Lines
{
    const string Path = "api/news?language=en&limit=30";

    public static async Task RunAsync(Bench bench)
    {
        var stack = bench.Stack;
        var feed = new Uri(stack.Address("feed"), Path);
        var gateway = new Uri(stack.Gateway, Path);
        var (bytes, tag) = await ReadAsync(bench.Reader, gateway);
        await using var files = await Nginx.StartAsync(
            "location / { root ROOT; }",
            new Dictionary<string, byte[]> { ["line.json"] = bytes }
        );
        await using var proxy = await Nginx.StartAsync(
            "location / { proxy_pass http://files; proxy_http_version 1.1; proxy_set_header Connection ''; }",
            outside: $"upstream files {{ server 127.0.0.1:{files.Port}; keepalive 64; }}"
        );
        var (file, passed) = (new Uri(files.Address, "line.json"), new Uri(proxy.Address, "line.json"));
        var fileTag = (await ReadAsync(bench.Reader, file)).Tag;
        int[] pinned = [files.Worker, proxy.Worker, stack.Process("feed"), stack.Process("gateway")];
        try
        {
            foreach (var process in pinned)
            {
                await Installation.PinAsync(process, "0");
            }
            await Wrk.PerSecondAsync(feed);
            await Wrk.PerSecondAsync(gateway);
            var (own, tagged, fileTagged) = ("Accept-Encoding: identity", $"If-None-Match: {tag}", $"If-None-Match: {fileTag}");
            await CompareAsync("P1", "a line from Feed", feed, [own], "nginx, the same bytes as a file", file, [own], "≥ 0.70");
            await CompareAsync("P1", "304s from Feed", feed, [tagged], "304s from nginx", file, [fileTagged], "≥ 0.60");
            await CompareAsync("P2", "a line through the gateway", gateway, [own], "nginx proxying nginx", passed, [own], "≥ 1.5");
            await CompareAsync("P2", "304s through the gateway", gateway, [tagged], "304s from nginx", file, [fileTagged], "≥ 0.55");
        }
        finally
        {
            foreach (var process in pinned[2..])
            {
                await Installation.PinAsync(process, "0,1");
            }
        }

        async Task CompareAsync(
            string name,
            string what,
            Uri url,
            string[] headers,
            string limit,
            Uri other,
            string[] otherHeaders,
            string goal
        )
        {
            var (figures, limits) = await bench.InTurnAsync(
                () => Wrk.PerSecondAsync(url, headers),
                () => Wrk.PerSecondAsync(other, otherHeaders)
            );
            bench.Report.Add(name, what, figures, "requests/s", limit, limits, goal);
        }
    }

    static async Task<(byte[] Bytes, string Tag)> ReadAsync(HttpClient client, Uri address)
    {
        using var answer = await client.GetAsync(address);
        return answer.StatusCode == HttpStatusCode.OK
            ? (await answer.Content.ReadAsByteArrayAsync(), $"{answer.Headers.ETag}")
            : throw new InvalidOperationException($"{address}: {answer.StatusCode}");
    }
}
