using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

public sealed class RequestCoalescerTests
{
    readonly List<int[]> batches = [];
    readonly TaskCompletionSource begin = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers ten times what it is asked, once it is let.</summary>
    /// <param name="fault">Of a batch that cannot be answered.</param>
    RequestCoalescer<int, int> Tens(Func<IReadOnlyList<int>, Exception?>? fault = null) => new(3, async asked =>
        {
            batches.Add([.. asked]);
            await begin.Task;
            return fault?.Invoke(asked) is { } its ? throw its : [.. asked.Select(a => 10 * a)];
        });

    Task<int>[] Ask(RequestCoalescer<int, int> batched, int count)
    {
        var answers = Enumerable.Range(1, count).Select(batched.AskAsync).ToArray();
        begin.SetResult();
        return answers;
    }

    [Fact]
    public async Task What_is_asked_while_one_batch_is_at_work_is_the_next_and_each_has_its_own_answer()
    {
        using var batched = Tens();
        var answers = await Task.WhenAll(Ask(batched, 5));
        Assert.Equal([10, 20, 30, 40, 50], answers);
        Assert.Equal(
            [
                [1],
                [2, 3, 4],
                [5],
            ],
            batches
        );
    }

    [Fact]
    public async Task The_one_that_cannot_be_answered_keeps_nobody_else_from_being()
    {
        using var batched = Tens(asked => asked.Contains(3) ? new InvalidOperationException("not 3") : null);
        var answers = Ask(batched, 4);
        Assert.Equal("not 3", (await Assert.ThrowsAsync<InvalidOperationException>(() => answers[2])).Message);
        var others = await Task.WhenAll(answers[0], answers[1], answers[3]);
        Assert.Equal([10, 20, 40], others);
        Assert.Equal(
            [
                [1],
                [2, 3, 4],
                [2],
                [3],
                [4],
            ],
            batches
        );
    }

    [Fact]
    public async Task Nobody_is_asked_again_by_itself_while_the_store_is_away_and_the_next_is_answered_when_it_is_back()
    {
        var away = true;
        using var batched = Tens(_ => away ? new TimeoutException() : null);
        await Assert.AllAsync(Ask(batched, 4), answer => Assert.ThrowsAsync<TimeoutException>(() => answer));
        Assert.Equal(
            [
                [1],
                [2, 3, 4],
            ],
            batches
        );
        away = false;
        Assert.Equal(70, await batched.AskAsync(7));
    }

    [Fact]
    public async Task Answers_that_are_too_few_are_a_fault_and_nobody_waits_for_ever()
    {
        using var batched = new RequestCoalescer<int, int>(3, _ => Task.FromResult<IReadOnlyList<int>>([]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => batched.AskAsync(1));
    }
}
