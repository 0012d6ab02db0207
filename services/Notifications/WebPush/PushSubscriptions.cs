using Marten;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>
/// How many browsers are subscribed, and whether another one may: anybody may subscribe, so that there is a limit for each client and one
/// for all.
/// </summary>
public sealed class PushSubscriptions : PeriodicService
{
    readonly NpgsqlDataSource database;
    readonly WebPushOptions options;
    readonly Buckets clients;
    long count;

    public PushSubscriptions(
        NpgsqlDataSource database,
        WebPushOptions options,
        OutboundOptions outbound,
        TimeProvider clock,
        ILogger<PushSubscriptions> log
    )
        : base(TimeSpan.FromSeconds(15), clock, log, "The subscriptions of browsers could not be counted")
    {
        (this.database, this.options) = (database, options);
        clients = new(options.MaxPerClientPerMinute, outbound.MaxCounted, clock);
        Telemetry.Meter.CreateObservableGauge(
            "news.push.subscriptions",
            () => Interlocked.Read(ref count),
            "{subscription}",
            "Browsers that are subscribed"
        );
    }

    public static void Configure(StoreOptions options) =>
        options.Schema.For<Subscription>().Index(s => s.Kind, index => index.Name = "subscription_kind");

    /// <exception cref="ProblemException">429 with Retry-After: this client does so too often.</exception>
    public void Admit(HttpContext context)
    {
        if (!clients.TryTake(ClientAddress.Of(context), out _))
        {
            throw ProblemException.TooMany($"{options.MaxPerClientPerMinute} a minute are taken of one client.", TimeSpan.FromMinutes(1));
        }
    }

    /// <exception cref="ProblemException">503 with Retry-After: there are as many as there may be.</exception>
    public void MakeRoom()
    {
        if (Interlocked.Read(ref count) >= options.MaxSubscriptions)
        {
            throw ProblemException.Unavailable("There are as many subscriptions as there may be.", TimeSpan.FromHours(1));
        }
        Interlocked.Increment(ref count);
    }

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await using var command = database.Command(
            "select count(*) from mt_doc_subscription where data ->> 'kind' = $1",
            WebPushTarget.Kind
        );
        Interlocked.Exchange(ref count, (long)(await command.ExecuteScalarAsync(ct))!);
    }
}
