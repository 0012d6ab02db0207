using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Feed.Ready;

/// <summary>Configuration under <c>Ready</c>: what of the finished answers is kept, and what caches on the way may do with them.</summary>
public sealed class ReadyOptions
{
    /// <summary>What the finished answers of an instance may take of its memory, compressed forms included, with their keys and all that
    /// belongs to them; those that were asked for longest ago go first.</summary>
    [Range(8, 65536)]
    public int MaxMegabytes { get; set; } = 256;

    /// <summary>
    /// Percent of that which all those answers share of which there can be any number: stories, older pages, lines of keywords, archives.
    /// The rest is kept for front pages and the newest of lines and feeds.
    /// </summary>
    [Range(10, 90)]
    public int OthersPercent { get; set; } = 50;

    /// <summary>Seconds after which an answer that nobody has asked for any more is given up.</summary>
    [Range(1, 86400)]
    public int KeepSeconds { get; set; } = 3600;

    /// <summary>Seconds for which a cache may go on with what it has while it asks for the new (RFC 5861, section 3).</summary>
    [Range(0, 3600)]
    public int StaleWhileRevalidateSeconds { get; set; } = 5;

    /// <summary>
    /// Seconds for which a cache may go on with what it has when it gets no good answer (RFC 5861, section 4); also how long an instance
    /// that cannot reach its database goes on with what is ready.
    /// </summary>
    [Range(0, 86400)]
    public int StaleIfErrorSeconds { get; set; } = 300;

    string? cacheControl;

    /// <summary>A cache may keep it and must ask each time: what was just published is to be seen at once.</summary>
    public string CacheControl =>
        cacheControl ??= $"public, max-age=0, stale-while-revalidate={StaleWhileRevalidateSeconds}, stale-if-error={StaleIfErrorSeconds}";
}
