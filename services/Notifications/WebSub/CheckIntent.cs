using System.Buffers.Text;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>What somebody asked the hub for, or what a subscriber is to hear of it.</summary>
/// <param name="Mode"><c>subscribe</c>, <c>unsubscribe</c> or <c>denied</c>.</param>
/// <param name="Reason">Why it is denied.</param>
public sealed record Intent(string Mode, string Topic, string Callback, int LeaseSeconds = 0, string? Secret = null, string? Reason = null)
{
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    public static Intent Of(string json) => JsonSerializer.Deserialize<Intent>(json, JsonSerializerOptions.Web)!;
}

/// <summary>Asks the callback whether it means it, and does what was asked if so (W3C WebSub, section 5.3).</summary>
public sealed class CheckIntent(
    OutboundHttp http,
    CallBudget budget,
    SubscriptionStore subscriptions,
    HubSubscriptionStore hubSubscriptions,
    JobStore jobs,
    WebSubOptions options,
    OutboundOptions outbound,
    PortalOptions portal,
    TimeProvider clock,
    ILogger<CheckIntent> log
) : IJob
{
    public const string Name = "webSubIntent";

    const int MaxAnswerBytes = 1_024;

    static readonly Counter<long> intents = Telemetry.Meter.CreateCounter<long>(
        "news.websub.intents",
        "{intent}",
        "Requests to the hub that were checked, by mode and outcome"
    );

    readonly IReadOnlyList<TimeSpan> schedule = Durations.Parse(options.VerifySchedule);

    public string Kind => Name;
    public int? Concurrency => options.VerifyConcurrency;
    public int? PerDomain => outbound.VerificationsPerDomain;

    public async Task<Retry?> RunAsync(Job job, CancellationToken ct)
    {
        var intent = Intent.Of(job.Data);
        if (
            intent.Mode == "subscribe"
            && (
                FeedTopic.Parse(intent.Topic, portal) is null
                    ? "there is no such feed any more"
                    : await hubSubscriptions.FullAsync(job.Id, new Uri(intent.Callback).IdnHost, options, ct)
            )
                is { } because
        )
        {
            // Of what came in between; a request that is too much from the beginning is refused at once.
            intent = intent with { Mode = "denied", Reason = because };
        }
        // The first time was paid for by whoever asked, unless it is the hub itself that has something to say.
        if ((job.Failures > 0 || intent.Mode == "denied") && !budget.TryTake(new Uri(intent.Callback).IdnHost, out var later))
        {
            return new(later, Failed: false) { Counts = false };
        }
        var challenge = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var outcome = await AskAsync(intent, challenge, ct);
        switch (outcome)
        {
            case "again" when job.Failures < schedule.Count:
                return new(schedule[job.Failures], Failed: true);
            case "confirmed" when intent.Mode == "subscribe":
                await SubscribeAsync(job.Id, job.Domain, intent, ct);
                break;
            case "confirmed" when intent.Mode == "unsubscribe":
                await subscriptions.DeleteAsync(job.Id, ct);
                await hubSubscriptions.LeaveAsync(job.Id, ct);
                break;
        }
        intents.Add(1, new("mode", intent.Mode), new KeyValuePair<string, object?>("outcome", outcome == "again" ? "silent" : outcome));
        log.LogInformation("WebSub {Mode} of {Subscription} was {Outcome}", intent.Mode, job.Id, outcome == "again" ? "given up" : outcome);
        return null;
    }

    async Task<string> AskAsync(Intent intent, string challenge, CancellationToken ct)
    {
        var query = new StringBuilder(intent.Callback)
            .Append(intent.Callback.Contains('?', StringComparison.Ordinal) ? '&' : '?')
            .Append("hub.mode=")
            .Append(intent.Mode)
            .Append("&hub.topic=")
            .Append(Uri.EscapeDataString(intent.Topic));
        query.Append(intent.Mode == "denied" ? $"&hub.reason={Uri.EscapeDataString(intent.Reason ?? "")}" : $"&hub.challenge={challenge}");
        if (intent.Mode == "subscribe")
        {
            query.Append(System.Globalization.CultureInfo.InvariantCulture, $"&hub.lease_seconds={intent.LeaseSeconds}");
        }
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, query.ToString());
            var answer = await http.SendAsync(request, ct, MaxAnswerBytes);
            return intent.Mode == "denied" ? "told"
                : answer.Succeeded
                    ? answer.Body.Span.SequenceEqual(Encoding.ASCII.GetBytes(challenge)) ? "confirmed"
                        : "disputed"
                : answer.Status is 429 or >= 500 ? "again"
                : "disputed";
        }
        catch (Exception fault) when (fault is HttpRequestException or TimeoutException)
        {
            return "again";
        }
        catch (OutboundRefused)
        {
            return "disputed";
        }
    }

    async Task SubscribeAsync(Guid id, string domain, Intent intent, CancellationToken ct)
    {
        var now = UtcTimes.Micros(clock.GetUtcNow());
        var lease = TimeSpan.FromSeconds(intent.LeaseSeconds);
        if (await hubSubscriptions.EnterAsync(id, new Uri(intent.Callback).IdnHost, options, ct) is { } full)
        {
            // Others have taken the room while the callback was asked: it is told so by a job of its own.
            await jobs.AddAsync(Name, id, (intent with { Mode = "denied", Reason = full }).ToJson(), ct, domain: domain);
            return;
        }
        await subscriptions.UpsertAsync(
            new Subscription
            {
                Id = id,
                Kind = WebSubTarget.Kind,
                Topics = FeedTopic.Parse(intent.Topic, portal)!.Topics,
                State = SubscriptionState.Active,
                MadeAt = (await subscriptions.FindAsync(id, ct))?.MadeAt ?? now,
                Target = new WebSubTarget(intent.Topic, intent.Callback, now + lease, intent.Secret),
            },
            ct
        );
        await jobs.AddAsync(EndLease.Name, id, "", ct, lease);
    }
}
