namespace NewsPlatform.Notifications.Jobs;

/// <summary>Something to be done at its time by whichever instance is free, and again until it is done.</summary>
/// <param name="Id">Of the subscription that it is about; one of a kind at a time for each.</param>
/// <param name="Data">What whoever gave it wants to know when it is run.</param>
/// <param name="Failures">In a row, before this attempt.</param>
/// <param name="Stamp">Another one when it was given anew meanwhile.</param>
/// <param name="Domain">That is called; empty when none is that a subscriber named.</param>
public sealed record Job(Guid Id, string Data, int Failures, Guid Stamp, string Domain = "");

/// <summary>When a job is to be run again.</summary>
/// <param name="Failed">Whether it counts as a failure; if not, failures are counted anew.</param>
public sealed record Retry(TimeSpan Wait, bool Failed)
{
    /// <summary>Whether there was an attempt; if not, failures stay as many as they are.</summary>
    public bool Counts { get; init; } = true;
}

/// <summary>A kind of job.</summary>
public interface IJob
{
    string Kind { get; }

    /// <summary>Those that one instance runs at once; null for <see cref="JobOptions.Concurrency"/>.</summary>
    int? Concurrency => null;

    /// <summary>Those of one domain among them; null for as many as there are.</summary>
    int? PerDomain => null;

    /// <summary>Runs it; null when it is done.</summary>
    /// <remarks>May be run again after it was done, when an instance dies before it could say so.</remarks>
    Task<Retry?> RunAsync(Job job, CancellationToken ct);
}
