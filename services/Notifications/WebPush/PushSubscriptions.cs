using System.Security.Cryptography;
using System.Text;
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
public sealed class PushSubscriptions : BackgroundService
{
    static readonly TimeSpan countedEvery = TimeSpan.FromSeconds(15);

    readonly NpgsqlDataSource database;
    readonly WebPushOptions options;
    readonly TimeProvider clock;
    readonly ILogger<PushSubscriptions> log;
    readonly Buckets clients;
    long count;

    public PushSubscriptions(
        NpgsqlDataSource database,
        WebPushOptions options,
        OutboundOptions outbound,
        TimeProvider clock,
        ILogger<PushSubscriptions> log
    )
    {
        (this.database, this.options, this.clock, this.log) = (database, options, clock, log);
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

    /// <summary>
    /// An endpoint has one subscription at most, so that its id comes of it (a UUID of version 8, RFC 9562, section 5.8) and two that come
    /// at once meet.
    /// </summary>
    public static Guid IdOf(string endpoint)
    {
        var id = SHA256.HashData(Encoding.UTF8.GetBytes(endpoint)).AsSpan(0, 16);
        id[6] = (byte)(id[6] & 0x0f | 0x80);
        id[8] = (byte)(id[8] & 0x3f | 0x80);
        return new(id, bigEndian: true);
    }

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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var command = database.Command(
                    "select count(*) from mt_doc_subscription where data ->> 'kind' = $1",
                    WebPushTarget.Kind
                );
                Interlocked.Exchange(ref count, (long)(await command.ExecuteScalarAsync(stoppingToken))!);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("The subscriptions of browsers could not be counted; it is tried again: {Fault}", fault.Message);
            }
            await Task.Delay(countedEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
