using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Configuration under <c>Work</c>: how much of each kind of work an instance does at once. What is ready is no work and never waits.
/// Whatever is set, searches take a quarter of <c>Database__MaxConnections</c> at most, and each kind of making answers as much.
/// </summary>
public sealed class WorkOptions
{
    /// <summary>Searches and suggestions that PostgreSQL works on for this instance at once.</summary>
    [Range(1, 1000)]
    public int Searches { get; set; } = 4;

    /// <summary>Searches and suggestions that wait for that; further ones are answered 503.</summary>
    [Range(0, 10_000)]
    public int SearchesWaiting { get; set; } = 32;

    /// <summary>Answers that are made at once of what everybody reads: front pages, the newest of lines and feeds.</summary>
    [Range(1, 1000)]
    public int Heads { get; set; } = 8;

    /// <summary>Such answers that wait for that; the same answer waits once, however many ask for it.</summary>
    [Range(0, 10_000)]
    public int HeadsWaiting { get; set; } = 256;

    /// <summary>All other answers that are made at once: stories, older pages, lines of keywords, archives, rankings.</summary>
    [Range(1, 1000)]
    public int Others { get; set; } = 8;

    /// <summary>Such answers that wait for that.</summary>
    [Range(0, 10_000)]
    public int OthersWaiting { get; set; } = 256;

    /// <summary>Seconds for which any of them waits at most before it is answered 503.</summary>
    [Range(1, 60)]
    public int WaitSeconds { get; set; } = 3;
}
