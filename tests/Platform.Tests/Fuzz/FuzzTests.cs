using System.Collections.Concurrent;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>
/// Every route of every service is asked in thousands of odd ways through the gateway, by everybody. The README beside this file says how
/// to repeat a part of it.
/// </summary>
public sealed class FuzzTests(FuzzedStack fuzzed, ITestOutputHelper output) : IClassFixture<FuzzedStack>
{
    const int AtOnce = 8;

    /// <summary>
    /// Requests by which a client of this machine is followed by the next, so that limits of each do not hide what is behind them.
    /// </summary>
    const int PerClient = 20;

    /// <summary>How often what was refused is asked again, until all of it is refused: some of it only the state forbade.</summary>
    const int Rounds = 5;

    Stack Stack => fuzzed.Stack;

    public static TheoryData<string> Services => ["publishing", "feed", "notifications", "others"];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task No_request_is_a_fault_or_refused_without_a_word_or_stored_in_part_or_kept_in_memory(string service)
    {
        var logs = new Logs(Stack);
        var operations = service == "others" ? OtherRoutes.All : await Operation.DescribedAsync(Stack.Reader);
        var attempts = new Plan(fuzzed.World, fuzzed.Cast).Attempts(operations.Where(o => o.Service == service)).ToArray();
        Assert.SkipWhen(attempts.Length == 0, "FUZZ_ONLY is of another service");
        var findings = new Findings(Stack.Reader.BaseAddress!);
        var refused = new ConcurrentBag<Attempt>();
        await SendAsync(attempts, (attempt, answer) =>
        {
            findings.Add(attempt, answer, Judge.Faults(attempt, answer));
            if (
                answer.Status is >= 400 and < 500 and not 429
                && attempt.Request.Method is not ("GET" or "HEAD" or "OPTIONS")
                && !IsOfTheMoment(attempt, answer)
            )
            {
                refused.Add(attempt);
            }
        });
        output.WriteLine($"{attempts.Length} requests to {operations.Count(o => o.Service == service)} operations, {Plan.Said}");
        var stored = await StoredAsync([.. refused.OrderBy(a => a.ToString(), StringComparer.Ordinal)]);
        var memory = new List<string>();
        foreach (var one in FuzzedStack.Services)
        {
            var (committed, budget) = await fuzzed.MemoryAsync(one);
            output.WriteLine($"{one}: {committed / (1 << 20):F0} of {budget >> 20} MiB");
            if (committed > budget)
            {
                memory.Add($"{one} has {committed:F0} bytes of {budget}");
            }
        }
        var said = await findings.SayAsync(service, [.. stored, .. memory, .. logs.Faults()]);
        Assert.True(said.Length == 0, said);
    }

    /// <summary>One rebuild at a time is taken, and the next when it is done.</summary>
    static bool IsOfTheMoment(Attempt attempt, RawAnswer answer) => answer.Status == 409 && attempt.Operation.Path == "/api/rebuilds/feed";

    /// <summary>What is stored after refusals and was not before.</summary>
    async Task<IReadOnlyList<string>> StoredAsync(IReadOnlyList<Attempt> refused)
    {
        for (var round = 1; ; round++)
        {
            await fuzzed.QuietAsync();
            var before = await Stored.OfAsync(Stack);
            var taken = new ConcurrentDictionary<Attempt, int>();
            await SendAsync(refused, (attempt, answer) =>
            {
                if (answer.Status is < 400 or >= 500)
                {
                    taken[attempt] = answer.Status;
                }
            });
            if (taken.IsEmpty)
            {
                output.WriteLine($"{refused.Count} refusals, in round {round}");
                return [.. (await Stored.OfAsync(Stack)).Since(before)];
            }
            refused = [.. refused.Where(attempt => !taken.ContainsKey(attempt))];
            if (round == Rounds)
            {
                return [$"in round {round}, not refused any more: {string.Join("; ", taken.Take(5))}"];
            }
        }
    }

    async Task SendAsync(IReadOnlyList<Attempt> attempts, Action<Attempt, RawAnswer> judge)
    {
        var client = new RawClient(Stack.Reader.BaseAddress!);
        var gates = new ConcurrentDictionary<string, SemaphoreSlim>();
        await Parallel.ForEachAsync(attempts.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (attempt, _) =>
        {
            var gate = gates.GetOrAdd(attempt.Item.Request.Method is "GET" or "HEAD" ? $"{attempt.Index}" : attempt.Item.About, _ =>
                new(1)
            );
            await gate.WaitAsync(CancellationToken.None);
            try
            {
                judge(attempt.Item, await client.SendAsync(attempt.Item.Request, RawClient.Client(attempt.Index / PerClient)));
            }
            finally
            {
                gate.Release();
            }
        });
    }
}
