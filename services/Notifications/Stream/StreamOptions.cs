using System.ComponentModel.DataAnnotations;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>The limits of the streams; <c>PROTOCOL.md</c> beside this file says what clients see of them.</summary>
public sealed class StreamOptions : IValidatableObject
{
    /// <summary>An entry of <see cref="AllowedOrigins"/> that lets pages of everybody in.</summary>
    public const string AnyOrigin = "*";

    /// <summary>Whether anybody may listen. If not, it takes a key, a token that gives a role, or a ticket.</summary>
    public bool Public { get; set; } = true;

    /// <summary>
    /// Whose pages may open WebSockets, and listen with a key or a ticket, besides the portal's own, such as
    /// <c>https://partner.example.org</c>; <c>*</c> for everybody's.
    /// </summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Seconds within which a ticket has to be used.</summary>
    [Range(5, 3_600)]
    public int TicketSeconds { get; set; } = 60;

    /// <summary>
    /// Seconds of silence after which a sign shows that the connection lives; proxies drop quiet ones after a minute or two.
    /// </summary>
    [Range(1, 60)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>Seconds within which a WebSocket's client has to answer a ping.</summary>
    [Range(1, 600)]
    public int PongSeconds { get; set; } = 30;

    /// <summary>
    /// Milliseconds after which a client comes back when its connection broke; each is told a time between half of it and one and a half.
    /// </summary>
    [Range(100, 600_000)]
    public int RetryMilliseconds { get; set; } = 2_000;

    /// <summary>Bulletins that wait for one subscriber; who falls further behind is dropped and resumes from the log.</summary>
    [Range(1, 100_000)]
    public int QueueLength { get; set; } = 256;

    /// <summary>Bulletins read from the log at once.</summary>
    [Range(1, 10_000)]
    public int ReplayPage { get; set; } = 500;

    /// <summary>
    /// The newest bulletins, which are kept in memory as they go out, so that many who resume at once cost the database nothing.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RecentBulletins { get; set; } = 2_000;

    /// <summary>Reads of the log at the same time for subscribers that resume; the others wait their turn.</summary>
    [Range(1, 1_000)]
    public int MaxReplayReads { get; set; } = 8;

    /// <summary>Seconds that a connection which is ended has to take the reason.</summary>
    [Range(1, 60)]
    public int DropSeconds { get; set; } = 5;

    /// <summary>Connections that one instance serves at once; one more is answered 503.</summary>
    [Range(1, 1_000_000)]
    public int MaxSubscribers { get; set; } = 50_000;

    /// <summary>
    /// Connections of one key, or without a key of one address (of IPv6, one /64), at one instance; one more is answered 429. Generous,
    /// since a carrier or an office may have all its readers behind one address.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxPerClient { get; set; } = 5_000;

    /// <summary>Seconds after which who was refused by a limit may come again; each is told a time between it and twice as long.</summary>
    [Range(1, 3_600)]
    public int RetryAfterSeconds { get; set; } = 5;

    /// <summary>
    /// Seconds after which a connection is ended so that its client may come to another instance; each lives between three quarters of it
    /// and five. 0 for never.
    /// </summary>
    [Range(0, 604_800)]
    public int MaxAgeSeconds { get; set; } = 3_600;

    /// <summary>Seconds over which connections are ended when the service stops; less than <c>Listen__ShutdownSeconds</c>.</summary>
    [Range(0, 300)]
    public int DrainSeconds { get; set; } = 5;

    /// <summary>Milliseconds between looks at the log, should a notification of PostgreSQL have been missed.</summary>
    [Range(50, 60_000)]
    public int PollMilliseconds { get; set; } = 1_000;

    /// <summary>Topics that are OR-ed in one subscription.</summary>
    [Range(1, 1_000)]
    public int MaxTopics { get; set; } = Topics.MaxTopics;

    /// <summary>Characters of one topic, all that is AND-ed in it included.</summary>
    [Range(50, 10_000)]
    public int MaxTopicCharacters { get; set; } = Topics.MaxLength;

    /// <summary>Subscriptions of one WebSocket.</summary>
    [Range(1, 1_000)]
    public int MaxSubscriptions { get; set; } = 20;

    /// <summary>
    /// Kilobytes that one connection may hold, its topics, what it sends and what waits for it; a quiet one holds 16. A subscription that
    /// is too much for it, or for its client, is answered 429.
    /// </summary>
    [Range(32, 1 << 20)]
    public int MaxKilobytesPerConnection { get; set; } = 256;

    /// <summary>Kilobytes that the connections of one key, or without a key of one address, may hold together at one instance.</summary>
    [Range(32, 1 << 30)]
    public int MaxKilobytesPerClient { get; set; } = 128 << 10;

    /// <summary>Megabytes that all connections may hold together at one instance; what is too much for it is answered 503.</summary>
    [Range(1, 1 << 20)]
    public int MaxMegabytes { get; set; } = 512;

    /// <summary>Bytes of one message that a WebSocket's client sends.</summary>
    [Range(256, 1 << 20)]
    public int MaxMessageBytes { get; set; } = 16 << 10;

    /// <summary>Messages that a WebSocket's client may send in a second.</summary>
    [Range(1, 10_000)]
    public int MaxMessagesPerSecond { get; set; } = 20;

    /// <summary>Another one for each who asks.</summary>
    internal int NextRetry() => (int)(RetryMilliseconds * (0.5 + Random.Shared.NextDouble()));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AllowedOrigins.FirstOrDefault(origin => origin != AnyOrigin && !WebOrigin.IsOne(origin)) is { } wrong)
        {
            yield return new($"'{wrong}' is no origin such as https://partner.example.org", [nameof(AllowedOrigins)]);
        }
    }
}
