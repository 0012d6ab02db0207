using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Gateway.Limits;

/// <summary>The limits of one class of requests at one instance. 0 is no limit.</summary>
public sealed class ClassLimit
{
    /// <summary>Requests a minute of one client, on average.</summary>
    [Range(0, 100_000_000)]
    public int RequestsPerMinute { get; set; }

    /// <summary>Requests that a client which was quiet may make at once.</summary>
    [Range(1, 10_000_000)]
    public int BurstRequests { get; set; } = 1;

    /// <summary>Requests of one client under way at once; of a read, until its service has begun to answer.</summary>
    [Range(0, 1_000_000)]
    public int ConcurrentPerClient { get; set; }

    /// <summary>Requests of all clients together under way at once.</summary>
    [Range(0, 1_000_000)]
    public int Concurrent { get; set; }

    /// <summary>Requests that wait while <see cref="Concurrent"/> are under way; one more is answered 503.</summary>
    [Range(0, 1_000_000)]
    public int Queued { get; set; }
}

/// <summary>How many wrong keys a client may show, and how it is slowed down beyond.</summary>
public sealed class WrongKeyLimit
{
    /// <summary>Wrong keys in a minute; 0 is no limit. A program that goes on with a token which has expired shows a few.</summary>
    [Range(0, 1_000_000)]
    public int PerMinute { get; set; } = 60;

    /// <summary>
    /// Seconds for which keys of the client that are not known to be good are refused then; each further wrong key doubles them.
    /// </summary>
    [Range(1, 86_400)]
    public int FirstWaitSeconds { get; set; } = 5;

    /// <summary>Seconds that are not exceeded; after as many without a wrong key it begins anew.</summary>
    [Range(1, 86_400)]
    public int MaxWaitSeconds { get; set; } = 900;
}

/// <summary>
/// What one instance of the gateway lets through; N instances let through N times as much. A client is a key that is known to be good, or
/// else an address (of IPv6 a /64). A carrier or an office may have thousands of readers behind one address, so that what a reader does is
/// limited where one machine in a loop is far beyond what they all do together; writes of strangers, which cost a mail or a row, are
/// limited where a crowd that has just been asked to subscribe still passes.
/// </summary>
public sealed class LimitOptions : IValidatableObject
{
    /// <summary>Without it nothing is limited, such as behind a proxy that does so, or to measure.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Counters that clients without a key are spread over by a secret hash, so that memory is bounded however many addresses ask. Few meet
    /// in one.
    /// </summary>
    [Range(16, 1 << 22)]
    public int ClientSlots { get; set; } = 65_536;

    /// <summary>Keys that are remembered to be good.</summary>
    [Range(16, 10_000_000)]
    public int KnownKeys { get; set; } = 10_000;

    /// <summary>Minutes after which a key has to prove itself again.</summary>
    [Range(1, 10_080)]
    public int KnownKeyMinutes { get; set; } = 60;

    /// <summary>
    /// 5,000 a second: a page of a reader is about ten, so that a carrier's address may open five hundred pages in every second.
    /// </summary>
    public ClassLimit Ready { get; set; } = new() { RequestsPerMinute = 300_000, BurstRequests = 30_000 };

    /// <summary>500 a second: of a hundred pages one asks for more than the front lines.</summary>
    public ClassLimit Made { get; set; } =
        new()
        {
            RequestsPerMinute = 30_000,
            BurstRequests = 3_000,
            ConcurrentPerClient = 64,
            Concurrent = 128,
            Queued = 256,
        };

    /// <summary>100 a second: suggestions while somebody types are five a second.</summary>
    public ClassLimit Search { get; set; } =
        new()
        {
            RequestsPerMinute = 6_000,
            BurstRequests = 600,
            ConcurrentPerClient = 16,
            Concurrent = 32,
            Queued = 64,
        };

    /// <summary>
    /// Two a second, since each may send a mail; a mail provider that unsubscribes by one click does so from few addresses. There is no
    /// limit for all together, which a few who send slowly would use up.
    /// </summary>
    public ClassLimit AnonymousWrite { get; set; } =
        new()
        {
            RequestsPerMinute = 120,
            BurstRequests = 60,
            ConcurrentPerClient = 16,
        };

    /// <summary>
    /// 1,000 a second of one key: it stops a program that runs wild, and nobody who works. There is no limit for all together, which others
    /// could use up.
    /// </summary>
    public ClassLimit Keyed { get; set; } = new() { RequestsPerMinute = 60_000, BurstRequests = 10_000 };

    /// <summary>Ten a second: a key is unknown until its first answer, and an office begins its day behind one address.</summary>
    public ClassLimit Unproved { get; set; } = new() { RequestsPerMinute = 600, BurstRequests = 300 };

    /// <summary>
    /// 500 openings a second: after an outage all readers behind one address come back within seconds. How many may be open, Notifications
    /// says.
    /// </summary>
    public ClassLimit Stream { get; set; } = new() { RequestsPerMinute = 30_000, BurstRequests = 10_000 };

    /// <summary>An import lasts as long as its file, or stays open for a wire.</summary>
    public ClassLimit Import { get; set; } =
        new()
        {
            RequestsPerMinute = 600,
            BurstRequests = 100,
            ConcurrentPerClient = 8,
            Concurrent = 64,
        };

    /// <summary>Slows down who tries keys.</summary>
    public WrongKeyLimit WrongKeys { get; set; } = new();

    public ClassLimit Of(RouteClass of) =>
        of switch
        {
            RouteClass.Ready => Ready,
            RouteClass.Made => Made,
            RouteClass.Search => Search,
            RouteClass.AnonymousWrite => AnonymousWrite,
            RouteClass.Keyed => Keyed,
            RouteClass.Unproved => Unproved,
            RouteClass.Stream => Stream,
            _ => Import,
        };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Enum.GetValues<RouteClass>().SelectMany(of => Faults(of.ToString(), Of(of))).Concat(Faults(nameof(WrongKeys), WrongKeys));

    static IEnumerable<ValidationResult> Faults(string name, object part)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(part, new(part), faults, validateAllProperties: true);
        return faults.Select(fault => new ValidationResult(fault.ErrorMessage, fault.MemberNames.Select(member => $"{name}__{member}")));
    }
}
