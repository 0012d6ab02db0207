using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Notifications.Jobs;

public sealed class JobOptions
{
    /// <summary>Jobs of a kind that one instance runs at once: a slow one delays no other until so many are slow.</summary>
    [Range(1, 1_000)]
    public int Concurrency { get; set; } = 32;

    /// <summary>
    /// Times in a row that a job may break off by a fault of its own before it is given up; while the store is away nothing is.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxFaults { get; set; } = 100;

    /// <summary>Seconds that one run may take before another instance runs it too.</summary>
    [Range(30, 600)]
    public int LeaseSeconds { get; set; } = 60;
}
