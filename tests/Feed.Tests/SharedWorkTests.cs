using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Feed.Tests;

public sealed class SharedWorkTests : IDisposable
{
    readonly SharedWork<string, string> shared = new();
    readonly WorkLimit limit = new("tests", 1, 1, TimeSpan.FromMinutes(1));
    int runs;

    public void Dispose() => limit.Dispose();

    Task<string?> AskAsync(string key, Task until, CancellationToken ct = default) =>
        shared.GetAsync(
            key,
            limit,
            () => null,
            async () =>
            {
                var run = Interlocked.Increment(ref runs);
                await until;
                return $"{key} {run}";
            },
            ct
        );

    [Fact]
    public async Task Who_asks_while_something_is_worked_on_shares_the_next_time_and_never_the_present()
    {
        var end = new TaskCompletionSource();
        var first = AskAsync("a", end.Task);
        var later = Enumerable.Range(0, 50).Select(_ => AskAsync("a", end.Task)).ToArray();
        Assert.Equal(1, runs);
        end.SetResult();
        Assert.Equal("a 1", await first);
        Assert.All(await Task.WhenAll(later), result => Assert.Equal("a 2", result));
    }

    [Fact]
    public async Task What_is_over_is_refused_at_once_and_who_gives_up_leaves_the_queue()
    {
        var end = new TaskCompletionSource();
        using var givesUp = new CancellationTokenSource();
        var first = AskAsync("a", end.Task);
        var waiting = AskAsync("b", end.Task, givesUp.Token);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => AskAsync("c", end.Task));
        Assert.Equal((503, "2"), (refused.Status, refused.Headers["Retry-After"]));
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var next = AskAsync("d", end.Task);
        Assert.Equal(1, runs);
        end.SetResult();
        Assert.Equal(["a 1", "d 2"], await Task.WhenAll(first, next));
    }

    [Fact]
    public async Task Who_waited_with_others_for_work_that_failed_is_told_and_nobody_works_on_it_for_each()
    {
        var end = new TaskCompletionSource();
        var first = AskAsync("a", end.Task);
        var others = Enumerable.Range(0, 50).Select(_ => AskAsync("a", end.Task)).ToArray();
        end.SetException(new ProblemException(404, "not-found", "It is gone."));
        foreach (var one in others.Prepend(first))
        {
            Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => one)).Status);
        }
        Assert.Equal(2, runs);
        Assert.Equal("a 3", await AskAsync("a", Task.CompletedTask));
    }

    [Fact]
    public async Task Who_is_cancelled_while_working_leaves_the_work_to_the_next()
    {
        using var givesUp = new CancellationTokenSource();
        var first = AskAsync("a", Task.Delay(Timeout.Infinite, givesUp.Token));
        var next = AskAsync("a", Task.CompletedTask);
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("a 2", await next);
    }
}
