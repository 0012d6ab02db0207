using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Errands;

/// <summary>Something to be done at its time by whichever instance is free, and again until it is done.</summary>
/// <param name="Id">Of the <see cref="Subscription"/> that it is about; one of a kind at a time for each.</param>
/// <param name="Data">What whoever gave it wants to know when it is run.</param>
/// <param name="Failures">In a row, before this attempt.</param>
/// <param name="Stamp">Another one when it was given anew meanwhile.</param>
public sealed record Errand(Guid Id, string Data, int Failures, Guid Stamp);

/// <summary>When an errand is to be run again.</summary>
/// <param name="Failed">Whether it counts as a failure; if not, failures are counted anew.</param>
public sealed record Again(TimeSpan Wait, bool Failed);

/// <summary>A kind of errand.</summary>
public interface IErrand
{
    string Kind { get; }

    /// <summary>Runs it; null when it is done.</summary>
    /// <remarks>May be run again after it was done, when an instance dies before it could say so.</remarks>
    Task<Again?> RunAsync(Errand errand, CancellationToken ct);
}
