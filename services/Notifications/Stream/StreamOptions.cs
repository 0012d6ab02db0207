using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Notifications.Stream;

public sealed class StreamOptions
{
    /// <summary>Seconds of silence after which a comment shows that the connection lives; proxies drop quiet ones after a minute or two.</summary>
    [Range(1, 60)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>Milliseconds after which a client comes back when its connection broke.</summary>
    [Range(100, 600_000)]
    public int RetryMilliseconds { get; set; } = 2_000;

    /// <summary>Bulletins that wait for one subscriber; who falls further behind is dropped and resumes from the log.</summary>
    [Range(1, 100_000)]
    public int QueueLength { get; set; } = 256;

    /// <summary>Bulletins read from the log at once.</summary>
    [Range(1, 10_000)]
    public int ReplayPage { get; set; } = 500;

    /// <summary>Seconds that a dropped subscriber's connection has to take the reason.</summary>
    [Range(1, 60)]
    public int DropSeconds { get; set; } = 5;

    /// <summary>Subscribers that one instance serves at once; one more is answered 503.</summary>
    [Range(1, 1_000_000)]
    public int MaxSubscribers { get; set; } = 50_000;

    /// <summary>Milliseconds between looks at the log, should a notification of PostgreSQL have been missed.</summary>
    [Range(50, 60_000)]
    public int PollMilliseconds { get; set; } = 1_000;
}
