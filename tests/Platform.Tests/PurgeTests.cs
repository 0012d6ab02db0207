using System.Diagnostics;
using System.Net;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>Varnish before the gateway, which keeps answers until it is told that they have changed.</summary>
public sealed class PurgeTests(Servers servers)
{
    const string Program = "/usr/sbin/varnishd";

    /// <summary>Keys by vmod_xkey; how long an answer is kept is what Feed says to caches that it tells.</summary>
    static string Vcl(Uri gateway) =>
        $$"""
            vcl 4.1;
            import std;
            import xkey;
            backend gateway { .host = "127.0.0.1"; .port = "{{gateway.Port}}"; }
            sub vcl_recv {
              if (req.method == "PURGE") {
                if (req.http.xkey-purge) { return (synth(200, "Forgotten: " + xkey.purge(req.http.xkey-purge))); }
                return (synth(400, "No keys"));
              }
            }
            sub vcl_backend_response {
              set beresp.http.xkey = beresp.http.Surrogate-Key;
              if (beresp.http.Surrogate-Control ~ "max-age=[0-9]+") {
                set beresp.ttl = std.duration(regsub(beresp.http.Surrogate-Control, ".*max-age=([0-9]+).*", "\1s"), 0s);
                set beresp.grace = 0s;
              }
            }
            """;

    [Fact]
    public async Task A_cache_that_keeps_answers_for_an_hour_is_told_of_every_change()
    {
        Assert.SkipUnless(File.Exists(Program), "there is no Varnish");
        var port = Servers.FreePort();
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string> { ["Purge__Url"] = $"http://127.0.0.1:{port}/" }
        );
        var folder = Directory.CreateTempSubdirectory("varnish");
        var script = Path.Combine(folder.FullName, "news.vcl");
        await File.WriteAllTextAsync(script, Vcl(stack.Reader.BaseAddress!));
        using var varnish = Process.Start(
            Program,
            ["-F", "-a", $"127.0.0.1:{port}", "-f", script, "-n", Path.Combine(folder.FullName, "work"), "-s", "malloc,32m", "-j", "none"]
        );
        try
        {
            using var reader = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}/") };
            await Eventually.True(
                async () => (await reader.GetAsync(new Uri("en", UriKind.Relative))).StatusCode == HttpStatusCode.OK,
                "Varnish"
            );
            var id = await stack.PublishAsync(Stack.Copy("Headline 0", keywords: ["purge"]));
            var item = (await stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=purge"))[0];
            string[] paths = [((string)item["url"]!)[1..], "en", "en/rss.xml", $"api/news/{id}"];
            await ShownAsync("Headline 0");
            await HitsAsync();
            for (var version = 1; version <= 3; version++)
            {
                await stack.ReviseAsync(id, Stack.Copy($"Headline {version}", keywords: ["purge"]));
                await stack.PublishAsync(id);
                await ShownAsync($"Headline {version}");
            }
            await HitsAsync();
            await stack.ActAsync(id, "kill", new { reason = "It was wrong." });
            foreach (var path in paths)
            {
                await Eventually.True(
                    async () =>
                        !(await (await reader.GetAsync(new Uri(path, UriKind.Relative))).Content.ReadAsStringAsync()).Contains(
                            "Headline 3",
                            StringComparison.Ordinal
                        ),
                    $"{path} without the killed story"
                );
            }

            async Task ShownAsync(string headline)
            {
                foreach (var path in paths)
                {
                    await Eventually.True(
                        async () =>
                            (await reader.GetStringAsync(new Uri(path, UriKind.Relative))).Contains(headline, StringComparison.Ordinal),
                        $"{headline} at {path}"
                    );
                }
            }

            // Varnish says two numbers where it has answered by itself: that of the request, and that of the one that it kept.
            async Task HitsAsync()
            {
                foreach (var path in paths)
                {
                    await Eventually.True(
                        async () =>
                        {
                            using var answer = await reader.GetAsync(new Uri(path, UriKind.Relative));
                            return answer.Headers.GetValues("X-Varnish").Single().Contains(' ', StringComparison.Ordinal);
                        },
                        $"{path} is kept by Varnish"
                    );
                }
            }
        }
        finally
        {
            varnish.Kill(entireProcessTree: true);
            await varnish.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }
}
