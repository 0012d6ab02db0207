using System.Collections.Concurrent;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>
/// Every route of every service is asked in thousands of odd ways through the gateway, by everybody. The README beside this file says how to repeat a part of it.
/// </summary>
public sealed class FuzzTests(FuzzTests.FuzzedStack fuzzed, ITestOutputHelper output) : IClassFixture<FuzzTests.FuzzedStack>
{
    const int AtOnce = 8;

    /// <summary>Requests by which a client of this machine is followed by the next, so that limits of each do not hide what is behind them.</summary>
    const int PerClient = 20;

    public sealed class FuzzedStack(Servers servers) : IAsyncLifetime
    {
        public Stack Stack { get; private set; } = null!;
        public World World { get; private set; } = null!;
        public Cast Cast { get; private set; } = null!;
        public Receiver Receiver { get; private set; } = null!;
        public Dictionary<string, int> Logged { get; } = [];

        public async ValueTask InitializeAsync()
        {
            Receiver = await Receiver.StartAsync();
            Stack = await Stack.StartAsync(servers, new Dictionary<string, string>
            {
                ["Outbound__Allow"] = "127.0.0.0/8", ["WebPush__Services__0"] = "*", ["Portal__PublicUrl"] = "http://127.0.0.1", ["Webhooks__MaxPerOwner"] = "10000",
                ["Email__Host"] = "127.0.0.1", ["Email__Port"] = "1", ["Email__Security"] = "None", ["Email__From"] = "News <news@example.org>",
            });
            Cast = await Cast.MakeAsync(Stack);
            World = await World.MakeAsync(Stack, Cast, Receiver);
        }

        public async ValueTask DisposeAsync()
        {
            await Stack.DisposeAsync();
            await Receiver.DisposeAsync();
        }
    }

    Stack Stack => fuzzed.Stack;

    [Theory]
    [InlineData("publishing")]
    [InlineData("feed")]
    [InlineData("notifications")]
    [InlineData("others")]
    public async Task No_odd_request_is_a_fault_or_refused_without_a_word(string service)
    {
        var operations = service == "others" ? OtherRoutes.All : await Operation.DescribedAsync(Stack.Reader);
        var attempts = new Plan(fuzzed.World, fuzzed.Cast).Attempts(operations.Where(o => o.Service == service)).ToArray();
        output.WriteLine($"{attempts.Length} requests, {Plan.Said}");
        var findings = new Findings(Stack.Reader.BaseAddress!);
        var refused = new ConcurrentBag<Attempt>();
        await SendAsync(attempts, (attempt, answer) =>
        {
            findings.Add(attempt, answer, Judge.Faults(attempt, answer));
            if (answer.Status is >= 400 and < 500 && attempt.Request.Method is not ("GET" or "HEAD" or "OPTIONS"))
            {
                refused.Add(attempt);
            }
        });
        var said = await findings.SayAsync(service);
        output.WriteLine(said);
        Assert.True(findings.Count == 0, said);
    }

    async Task SendAsync(IReadOnlyList<Attempt> attempts, Action<Attempt, RawAnswer> judge)
    {
        var client = new RawClient(Stack.Reader.BaseAddress!);
        await Parallel.ForEachAsync(attempts.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (attempt, _) =>
            judge(attempt.Item, await client.SendAsync(attempt.Item.Request, RawClient.Client(attempt.Index / PerClient))));
    }
}
