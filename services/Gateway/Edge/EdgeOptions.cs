using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Gateway.Edge;

/// <summary>
/// Configuration under <c>Edge</c>: finished answers of Feed that the gateway keeps and gives by itself, as long as it knows that Feed
/// would say the same.
/// </summary>
public sealed class EdgeOptions
{
    /// <summary>Without it every read goes to Feed.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What the answers of an instance may take of its memory, compressed forms included; those that were asked for longest ago go
    /// first.</summary>
    [Range(4, 65536)]
    public int MaxMegabytes { get; set; } = 64;

    /// <summary>
    /// Percent of that which all those answers share of which there can be any number: stories, lines of keywords. The rest is kept for
    /// front pages and the newest of lines and feeds.
    /// </summary>
    [Range(10, 90)]
    public int OthersPercent { get; set; } = 50;

    /// <summary>Seconds after which an answer that nobody has asked for any more is given up.</summary>
    [Range(1, 86400)]
    public int KeepSeconds { get; set; } = 600;

    /// <summary>
    /// Milliseconds without a word from any instance of Feed, after which Feed is asked for every answer. Feed speaks three times a second.
    /// </summary>
    [Range(400, 10_000)]
    public int SilenceMilliseconds { get; set; } = 1_000;

    /// <summary>Seconds after which reads of stories that were answered here are reported to Feed, which counts them.</summary>
    [Range(1, 60)]
    public int ReportSeconds { get; set; } = 2;

    /// <summary>Reads that wait for that at most; more are not counted.</summary>
    [Range(100, 10_000_000)]
    public int MaxWaitingReads { get; set; } = 100_000;
}
