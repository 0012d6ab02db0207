using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>What becomes of a request when an instance of a service hangs, fails or is not there.</summary>
public sealed class InstanceTests
{
    /// <summary>Reads that Feed answers and the gateway does not keep.</summary>
    const string Read = "api/news/read";

    static readonly Dictionary<string, string> soon = new()
    {
        ["Instances__ProbeSeconds"] = "1",
        ["Instances__ReadFirstByteMilliseconds"] = "1000",
        ["Edge__Enabled"] = "false",
    };

    [Fact]
    public async Task An_instance_that_hangs_is_asked_no_more_until_it_answers_its_probe()
    {
        var hangs = true;
        var over = new TaskCompletionSource();
        await using var first = Instance.Start(
            async (its, context) =>
            {
                if (Volatile.Read(ref hangs))
                {
                    its.IsWell = false;
                    await over.Task;
                }
                await Instance.WellAsync(its, context);
            }
        );
        await using var second = Instance.Start(Instance.WellAsync);
        await using var gateway = await StartAsync("feed", soon, first, second);
        using var client = Client(gateway);
        await Eventually.True(async () => await ReadAsync(client) == second.Origin && first.Asked > 0, "one of them has hung");
        await Eventually.True(async () => await WellAsync(gateway, first) == 0, "it is left out");
        var asked = first.Asked;
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(second.Origin, await ReadAsync(client));
        }
        Assert.Equal(asked, first.Asked);
        Assert.Contains("left out", await client.GetStringAsync(new Uri(gateway.Management, "health/ready")), StringComparison.Ordinal);

        Volatile.Write(ref hangs, false);
        over.SetResult();
        first.IsWell = true;
        await Eventually.True(async () => await ReadAsync(client) == first.Origin, "it is asked again");
        Assert.Equal(1, await WellAsync(gateway, first));
    }

    [Fact]
    public async Task What_has_begun_is_not_cut_however_slow_it_is()
    {
        var over = new TaskCompletionSource();
        await using var only = Instance.Start(
            async (its, context) =>
            {
                if (context.Request.Path.Value!.EndsWith("hangs", StringComparison.Ordinal))
                {
                    await over.Task;
                    return;
                }
                await context.Response.WriteAsync("begun ");
                await context.Response.Body.FlushAsync();
                await over.Task;
                await context.Response.WriteAsync("ended");
            }
        );
        await using var gateway = await StartAsync("feed", soon, only);
        using var client = Client(gateway);
        using var slow = await client.GetAsync(new Uri("api/news/long", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        // Is asked later, and is given up for as long as this has lasted by then.
        using var hung = await client.GetAsync(new Uri("api/news/hangs", UriKind.Relative));
        over.SetResult();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "begun ended"), (hung.StatusCode, await slow.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("POST", "api/articles", true, 10, 2)]
    [InlineData("POST", "api/articles", true, 100_000, 1)]
    [InlineData("POST", "api/articles", false, 10, 1)]
    [InlineData("PUT", "api/articles/1", true, 10, 1)]
    [InlineData("POST", "api/import", true, 10, 1)]
    [InlineData("POST", "api/articles/1/publish", true, 0, 2)]
    [InlineData("POST", "api/articles/1/publish", false, 0, 1)]
    [InlineData("GET", "api/articles/1", false, 0, 2)]
    public async Task Only_what_does_no_harm_is_sent_again_and_only_once(string method, string path, bool key, int bytes, int times)
    {
        await using var first = Instance.Start(Instance.BreakAsync, HttpProtocols.Http2);
        await using var second = Instance.Start(Instance.BreakAsync, HttpProtocols.Http2);
        await using var third = Instance.Start(Instance.BreakAsync, HttpProtocols.Http2);
        await using var gateway = await StartAsync("publishing", soon, first, second, third);
        using var client = Client(gateway);
        foreach (var chunked in new[] { false, true })
        {
            var before = first.Asked + second.Asked + third.Asked;
            using var answer = await client.SendAsync(Request(method, path, key, new string('x', bytes), chunked));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(times, first.Asked + second.Asked + third.Asked - before);
        }
    }

    [Fact]
    public async Task A_write_with_a_key_is_repeated_with_all_that_it_says()
    {
        var bodies = new ConcurrentQueue<string>();
        await using var first = Instance.Start(Instance.BreakAsync, HttpProtocols.Http2);
        await using var second = Instance.Start(
            async (its, context) =>
            {
                using var body = new StreamReader(context.Request.Body);
                bodies.Enqueue(await body.ReadToEndAsync());
            },
            HttpProtocols.Http2
        );
        await using var gateway = await StartAsync("publishing", soon, first, second);
        using var client = Client(gateway);
        await Eventually.True(
            async () =>
            {
                using var answer = await client.SendAsync(Request("POST", "api/articles", key: true, Body, bodies.Count % 2 == 0));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                return first.Asked > 0;
            },
            "one was sent to the first"
        );
        Assert.All(bodies, body => Assert.Equal(Body, body));
    }

    [Fact]
    public async Task What_was_never_sent_is_sent_to_another_whatever_it_is()
    {
        await using var well = Instance.Start(Instance.WellAsync, HttpProtocols.Http2);
        var settings = new Dictionary<string, string>(soon)
        {
            ["ReverseProxy__Clusters__publishing__Destinations__gone__Address"] = $"http://127.0.0.1:{Servers.FreePort()}/",
            // It says that it is well, so that it is asked again and again.
            ["ReverseProxy__Clusters__publishing__Destinations__gone__Health"] = well.Health,
        };
        await using var gateway = await StartAsync("publishing", settings, well);
        using var client = Client(gateway);
        await Eventually.True(
            async () =>
            {
                using var answer = await client.SendAsync(Request("POST", "api/articles", key: false, Body));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                return await gateway.MetricAsync("news_gateway_repeats_total", "outcome=\"repeated\"") > 0;
            },
            "one found nobody there"
        );
    }

    [Fact]
    public async Task A_service_that_fails_is_not_asked_twice_for_everything()
    {
        await using var first = Instance.Start(Instance.BreakAsync);
        await using var second = Instance.Start(Instance.BreakAsync);
        var settings = new Dictionary<string, string>(soon) { ["Instances__RepeatPercent"] = "10", ["Instances__RepeatBurst"] = "5" };
        await using var gateway = await StartAsync("feed", settings, first, second);
        using var client = Client(gateway);
        for (var i = 0; i < 100; i++)
        {
            using var answer = await client.GetAsync(new Uri(Read, UriKind.Relative));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
        Assert.InRange(first.Asked + second.Asked, 105, 115);
    }

    [Fact]
    public async Task Of_three_hosts_of_which_one_does_not_exist_two_serve_and_the_log_says_so()
    {
        await using var first = Instance.Start(Instance.WellAsync);
        await using var second = Instance.Start(Instance.WellAsync);
        var settings = new Dictionary<string, string>(soon)
        {
            ["ReverseProxy__Clusters__feed__Destinations__third__Address"] = "http://feed-3.invalid:8080/",
            ["ReverseProxy__Clusters__feed__Destinations__third__Health"] = "http://feed-3.invalid:8081/",
        };
        await using var gateway = await StartAsync("feed", settings, first, second);
        using var client = Client(gateway);
        for (var i = 0; i < 30; i++)
        {
            Assert.Contains(await ReadAsync(client), (string[])[first.Origin, second.Origin]);
        }
        Assert.Single(gateway.Output, line => line.Contains("http://feed-3.invalid:8080/ is not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_with_two_addresses_is_two_instances()
    {
        await using var first = Instance.Start(Instance.WellAsync);
        var port = new Uri(first.Origin).Port;
        await using var second = await Site.StartAsync(context => context.Response.WriteAsync("the second"), $"http://127.0.0.2:{port}");
        var hosts = Path.GetTempFileName();
        await File.WriteAllTextAsync(hosts, "127.0.0.1 feeds.test\n127.0.0.2 feeds.test\n");
        var settings = Settings("feed", soon);
        settings["ReverseProxy__Clusters__feed__Destinations__service__Address"] = $"http://feeds.test:{port}/";
        settings["ReverseProxy__Clusters__feed__Destinations__service__Health"] = $"http://feeds.test:{port}/";
        // A name of the test's own needs no rights where a user may have a namespace.
        string[] under = ["unshare", "-rm", "sh", "-c", $"mount --bind {hosts} /etc/hosts && exec \"$@\"", "sh"];
        Assert.SkipUnless(await IsPossibleAsync(), "unshare cannot make a namespace here");
        await using var gateway = new ServiceProcess("Gateway", settings, under);
        gateway.Start();
        await gateway.ReadyAsync();
        using var client = Client(gateway);
        var answers = new ConcurrentBag<string>();
        await Eventually.True(
            async () =>
            {
                answers.Add(await ReadAsync(client));
                return answers.Contains(first.Origin) && answers.Contains("the second");
            },
            "both have answered"
        );
        Assert.Equal(2, await gateway.MetricAsync("news_gateway_instance_well", "service=\"feed\""));
        await second.DisposeAsync();
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(first.Origin, await ReadAsync(client));
        }
        File.Delete(hosts);

        static async Task<bool> IsPossibleAsync()
        {
            using var tried = System.Diagnostics.Process.Start("unshare", ["-rm", "true"]);
            await tried.WaitForExitAsync();
            return tried.ExitCode == 0;
        }
    }

    [Fact]
    public async Task New_streams_go_to_the_instance_with_the_fewest()
    {
        static async Task StreamAsync(Instance its, HttpContext context)
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"data: {its.Origin}\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await using var first = Instance.Start(StreamAsync);
        await using var second = Instance.Start(StreamAsync);
        second.IsWell = false;
        await using var gateway = await StartAsync("notifications", soon, first, second);
        await Eventually.True(async () => await WellAsync(gateway, second) == 0, "there is one instance");
        using var client = Client(gateway);
        var open = new List<Stream>();
        var sources = new List<string>();
        await OpenAsync(8);
        Assert.All(sources, source => Assert.Contains(first.Origin, source, StringComparison.Ordinal));

        second.IsWell = true;
        await Eventually.True(async () => await WellAsync(gateway, second) == 1, "a second one has come");
        sources.Clear();
        await OpenAsync(8);
        Assert.All(sources, source => Assert.Contains(second.Origin, source, StringComparison.Ordinal));
        sources.Clear();
        await OpenAsync(8);
        Assert.Equal(4, sources.Count(source => source.Contains(second.Origin, StringComparison.Ordinal)));
        foreach (var stream in open)
        {
            await stream.DisposeAsync();
        }
        await Eventually.True(
            async () => await gateway.MetricAsync("news_gateway_instance_streams", "service=\"notifications\"") == 0,
            "none is counted any more"
        );

        async Task OpenAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var stream = await client.GetStreamAsync(new Uri("api/stream", UriKind.Relative));
                open.Add(stream);
                var buffer = new byte[100];
                sources.Add(System.Text.Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
            }
        }
    }

    [Theory]
    [InlineData("Instances__ProbeSeconds", "0", "(set Instances__ProbeSeconds)")]
    [InlineData("Instances__ConnectMilliseconds", "20000", "(set Instances__ConnectMilliseconds)")]
    [InlineData("Instances__RepeatPercent", "101", "(set Instances__RepeatPercent)")]
    [InlineData("Instances__NameSeconds", "soon", "Instances:NameSeconds")]
    public async Task A_setting_that_cannot_be_meant_stops_the_gateway_with_one_line(string setting, string value, string fault)
    {
        await using var gateway = new ServiceProcess("Gateway", new Dictionary<string, string> { [setting] = value });
        gateway.Start();
        Assert.Equal(78, await gateway.ExitAsync());
        Assert.Contains(fault, Assert.Single(gateway.Output), StringComparison.Ordinal);
    }

    const string Body = """{"headline":"Repeated"}""";

    static HttpRequestMessage Request(string method, string path, bool key, string body, bool chunked = false)
    {
        var request = new HttpRequestMessage(new(method), path);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            request.Headers.TransferEncodingChunked = chunked;
        }
        if (key)
        {
            request.Headers.Add("Idempotency-Key", $"{Guid.NewGuid()}");
        }
        return request;
    }

    static Dictionary<string, string> Settings(string cluster, IReadOnlyDictionary<string, string> settings, params Instance[] instances)
    {
        var environment = new Dictionary<string, string>(settings);
        var names = new[] { "service", "second", "other" };
        foreach (var (name, its) in names.Zip(instances))
        {
            environment[$"ReverseProxy__Clusters__{cluster}__Destinations__{name}__Address"] = its.Origin;
            environment[$"ReverseProxy__Clusters__{cluster}__Destinations__{name}__Health"] = its.Health;
        }
        return environment;
    }

    static async Task<ServiceProcess> StartAsync(string cluster, IReadOnlyDictionary<string, string> settings, params Instance[] instances)
    {
        var gateway = new ServiceProcess("Gateway", Settings(cluster, settings, instances));
        gateway.Start();
        await gateway.ReadyAsync();
        return gateway;
    }

    static HttpClient Client(ServiceProcess gateway) => new() { BaseAddress = gateway.Address, Timeout = Timeout.InfiniteTimeSpan };

    static Task<string> ReadAsync(HttpClient client) => client.GetStringAsync(new Uri(Read, UriKind.Relative));

    static Task<double> WellAsync(ServiceProcess gateway, Instance instance) =>
        gateway.MetricAsync("news_gateway_instance_well", $"instance=\"{new Uri(instance.Origin).Authority}\"");
}
