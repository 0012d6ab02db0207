using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Feed.Search;

/// <summary>What search may cost, and what it values.</summary>
public sealed class SearchOptions
{
    /// <summary>
    /// The newest so many stories that match are ranked against each other, then the next older ones: a search costs the same however many
    /// match.
    /// </summary>
    [Range(1, 10_000)]
    public int WindowStories { get; set; } = 500;

    /// <summary>Days by which a story must be newer to make up for matching half as well.</summary>
    [Range(0.01, 36_500)]
    public double FreshnessHalfLifeDays { get; set; } = 30;

    /// <summary>Seconds after which PostgreSQL gives a search up; the reader is told to try again (503).</summary>
    [Range(1, 300)]
    public int TimeoutSeconds { get; set; } = 5;
}
