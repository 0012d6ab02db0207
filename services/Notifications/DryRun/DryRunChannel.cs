using System.Runtime.CompilerServices;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.DryRun;

public sealed record DryRunTarget : Target;

/// <summary>The last link of the way that webhooks, pushes and mails take, without anybody at its end.</summary>
public sealed class DryRunChannel(DryRuns runs) : IChannel
{
    public const string Name = "dryRun";

    public string Kind => Name;
    public bool KeepsAttempts => false;
    public IReadOnlyList<TimeSpan> RetrySchedule { get; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];
    public TimeSpan? DisableAfter => null;

    /// <summary>Always the same one, however often and wherever it is kept.</summary>
    public static Subscription Subscription(DateTimeOffset now) => new()
    {
        Id = DryRunArticle.Id, Kind = Name, Topics = [Topics.DryRun], State = SubscriptionState.Active, MadeAt = now, Target = new DryRunTarget(),
    };

    public async IAsyncEnumerable<Attempt> DeliverAsync(Subscription subscription, IReadOnlyList<Notice> waiting, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var notice in waiting)
        {
            await runs.ArriveAsync(DryRuns.Subscribed, notice.Bulletin!.Article, ct);
        }
        yield return new(waiting, Outcome.Delivered);
    }

    public Task EndedAsync(Subscription subscription, string because, CancellationToken ct) => Task.CompletedTask;
}
