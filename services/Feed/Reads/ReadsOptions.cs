using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Feed.Reads;

public sealed class ReadsOptions
{
    /// <summary>Seconds that reads wait in memory at most before they are written; a crash loses no more of them.</summary>
    [Range(1, 300)]
    public int FlushSeconds { get; set; } = 5;

    /// <summary>
    /// Stories, each in its five minutes, whose reads wait in memory at once. Reads of further ones are dropped and counted as that.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingStories { get; set; } = 20_000;

    /// <summary>Seconds between two rankings.</summary>
    [Range(1, 3600)]
    public int RankSeconds { get; set; } = 30;

    /// <summary>Minutes after whose end a client's reading of a story counts again.</summary>
    [Range(1, 1440)]
    public int WindowMinutes { get; set; } = 60;

    /// <summary>
    /// Reads of one story that one client's address gives in a window at most. Behind one address may be a household or the thousands of a
    /// mobile carrier: more lets those count for more, and anybody else too.
    /// </summary>
    [Range(1, 10_000)]
    public int PerClient { get; set; } = 1;

    /// <summary>Reads of all stories together that one client's address gives in a window at most.</summary>
    [Range(1, 1_000_000)]
    public int PerClientOfAll { get; set; } = 50;

    /// <summary>
    /// Megabytes for what tells in a window who has read what: eight do for some six million reads. Beyond that, reads are not counted.
    /// </summary>
    [Range(1, 1024)]
    public int SeenMegabytes { get; set; } = 8;
}
