using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>Two instances of each service behind one gateway, of which one hangs or dies while editors and readers go on.</summary>
public sealed class InstanceTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    const int Workers = 4;

    Stack Stack => platform.Stack;

    [Fact]
    public async Task While_an_instance_of_Publishing_hangs_editors_go_on_and_nothing_is_stored_twice()
    {
        await using var second = await Stack.StartReplicaAsync("Publishing");
        await using var gateway = await BehindAsync("Publishing", second);
        using var editor = Stack.Bearer(Stack.AdminKey, gateway.Address);
        var stored = new ConcurrentBag<string>();
        await using (var load = Load.Start(Workers, ct => DraftAsync(editor, stored, ct)))
        {
            await load.GoesOnAsync();
            await second.PauseAsync();
            await LeftOutAsync(gateway, second);
            var asked = await AskedAsync(gateway, second);
            await load.GoesOnAsync();
            Assert.Equal(asked, await AskedAsync(gateway, second));
            Assert.True(await HasFailedOnlyWhatWasUnderWayAsync(gateway, second));
            await second.GoOnAsync();
            await Eventually.True(async () => await AskedAsync(gateway, second) > asked, "it is asked again");
            await load.GoesOnAsync();
        }
        foreach (var headline in stored)
        {
            Assert.Equal(
                ["1"],
                await Stack.QueryAsync(
                    "Publishing",
                    $"select count(distinct stream_id) from mt_events where data::text like '%{headline}%'"
                )
            );
        }
    }

    [Fact]
    public async Task While_an_instance_of_Publishing_is_killed_and_started_editors_go_on()
    {
        await using var second = await Stack.StartReplicaAsync("Publishing");
        await using var gateway = await BehindAsync("Publishing", second);
        using var editor = Stack.Bearer(Stack.AdminKey, gateway.Address);
        var stored = new ConcurrentBag<string>();
        await using var load = Load.Start(Workers, ct => DraftAsync(editor, stored, ct));
        await load.GoesOnAsync();
        await second.KillAsync();
        await LeftOutAsync(gateway, second);
        var asked = await AskedAsync(gateway, second);
        await load.GoesOnAsync();
        second.Start();
        await Eventually.True(async () => await AskedAsync(gateway, second) > asked, "it is asked again");
        await load.GoesOnAsync();
    }

    [Fact]
    public async Task While_an_instance_of_Feed_hangs_readers_go_on_and_find_what_is_new()
    {
        await using var second = await Stack.StartReplicaAsync("Feed");
        await using var gateway = await BehindAsync("Feed", second);
        using var reader = new HttpClient { BaseAddress = gateway.Address, Timeout = Timeout.InfiniteTimeSpan };
        await using var load = Load.Start(Workers, async ct =>
        {
            // Kept by the gateway, and by nobody.
            await ReadAsync(reader, "api/news?language=en");
            await ReadAsync(reader, $"api/news?language=en&since=2020-01-01T00:00:{Random.Shared.Next(60):00}Z");
        });
        await load.GoesOnAsync();
        await second.PauseAsync();
        await LeftOutAsync(gateway, second);
        var asked = await AskedAsync(gateway, second);
        var headline = $"While one hangs {Guid.NewGuid():N}";
        await Stack.PublishAsync(Stack.Copy(headline));
        await Eventually.True(
            async () => (await ReadAsync(reader, "api/news?language=en")).Contains(headline, StringComparison.Ordinal),
            "the story is in what the gateway keeps"
        );
        await load.GoesOnAsync();
        Assert.Equal(asked, await AskedAsync(gateway, second));
        Assert.True(await HasFailedOnlyWhatWasUnderWayAsync(gateway, second));
        await second.GoOnAsync();
        await Eventually.True(async () => await AskedAsync(gateway, second) > asked, "it is asked again");
    }

    [Fact]
    public async Task Streams_go_to_a_second_instance_of_Notifications_until_both_have_as_many()
    {
        await using var second = await Stack.StartReplicaAsync("Notifications");
        await second.KillAsync();
        await using var gateway = await BehindAsync("Notifications", second);
        await LeftOutAsync(gateway, second);
        using var reader = new HttpClient { BaseAddress = gateway.Address, Timeout = Timeout.InfiniteTimeSpan };
        var open = new List<StreamReader>();
        await OpenAsync(6);
        second.Start();
        await Eventually.True(async () => await WellAsync(gateway, second) == 1, "a second one has come");
        await OpenAsync(6);
        Assert.Equal((6, 6), (await StreamsAsync(gateway, Stack["Notifications"]), await StreamsAsync(gateway, second)));
        var headline = $"On both {Guid.NewGuid():N}";
        await Stack.PublishAsync(Stack.Copy(headline));
        foreach (var stream in open)
        {
            while (!(await stream.ReadLineAsync())!.Contains(headline, StringComparison.Ordinal)) { }
            stream.Dispose();
        }

        async Task OpenAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                open.Add(new(await reader.GetStreamAsync(new Uri("api/stream?topic=language:en", UriKind.Relative))));
            }
            await Eventually.True(
                async () => await StreamsAsync(gateway, Stack["Notifications"]) + await StreamsAsync(gateway, second) == open.Count,
                "all are counted"
            );
        }
    }

    /// <summary>A gateway before the stack's instance of a service and another one.</summary>
    Task<ServiceProcess> BehindAsync(string service, ServiceProcess second) =>
        Stack.StartReplicaAsync(
            "Gateway",
            [
                .. Stack.Destination(service, second, "second"),
                // The readers of a test ask as fast as they can.
                ("Limits__Enabled", "false"),
                ("Instances__ReadFirstByteMilliseconds", "3000"),
                ("Instances__WriteFirstByteMilliseconds", "3000"),
            ]
        );

    /// <exception cref="HttpRequestException">An editor was not answered, which none must see.</exception>
    static async Task DraftAsync(HttpClient editor, ConcurrentBag<string> stored, CancellationToken ct)
    {
        var headline = $"{Guid.NewGuid():N}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/articles") { Content = JsonContent.Create(Stack.Copy(headline)) };
        request.Headers.Add("Idempotency-Key", headline);
        using var answer = await editor.SendAsync(request, ct);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        stored.Add(headline);
    }

    static async Task<string> ReadAsync(HttpClient reader, string path)
    {
        using var answer = await reader.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    static Task LeftOutAsync(ServiceProcess gateway, ServiceProcess instance) =>
        Eventually.True(async () => await WellAsync(gateway, instance) == 0, "it is left out");

    static Task<double> WellAsync(ServiceProcess gateway, ServiceProcess instance) =>
        gateway.MetricAsync("news_gateway_instance_well", Of(instance));

    static async Task<int> StreamsAsync(ServiceProcess gateway, ServiceProcess instance) =>
        (int)await gateway.MetricAsync("news_gateway_instance_streams", Of(instance));

    /// <summary>Requests that it was sent and has answered.</summary>
    static Task<double> AskedAsync(ServiceProcess gateway, ServiceProcess instance) =>
        gateway.MetricAsync("news_gateway_instance_requests_total", Of(instance), "outcome=\"answered\"");

    /// <summary>Requests that it was sent and has not answered: what was under way, one of each worker's, and none after.</summary>
    static async Task<bool> HasFailedOnlyWhatWasUnderWayAsync(ServiceProcess gateway, ServiceProcess instance) =>
        await gateway.MetricAsync("news_gateway_instance_requests_total", Of(instance), "outcome=\"failed\"") <= Workers;

    static string Of(ServiceProcess instance) => $"instance=\"{instance.Address.Authority}\"";

    /// <summary>Several who do the same again and again; all that one of them finds wrong is thrown at the end.</summary>
    sealed class Load : IAsyncDisposable
    {
        readonly CancellationTokenSource ends = new();
        readonly Task all;
        long done;

        Load(int workers, Func<CancellationToken, Task> act) =>
            all = Task.WhenAll(
                Enumerable
                    .Range(0, workers)
                    .Select(_ =>
                        Task.Run(async () =>
                        {
                            while (!ends.IsCancellationRequested)
                            {
                                await act(CancellationToken.None);
                                Interlocked.Increment(ref done);
                            }
                        })
                    )
            );

        public static Load Start(int workers, Func<CancellationToken, Task> act) => new(workers, act);

        /// <summary>Until many more were done.</summary>
        public async Task GoesOnAsync()
        {
            var before = Volatile.Read(ref done);
            await Eventually.True(
                async () =>
                {
                    if (all.IsFaulted)
                    {
                        await all;
                    }
                    return Volatile.Read(ref done) >= before + 40;
                },
                "the work goes on"
            );
        }

        public async ValueTask DisposeAsync()
        {
            await ends.CancelAsync();
            await all;
            ends.Dispose();
        }
    }
}
