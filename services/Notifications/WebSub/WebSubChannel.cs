using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>
/// Distributes content (W3C WebSub, section 7): the feed as it is, once for everything that waits, and only when it is not what the
/// subscriber has already.
/// </summary>
public sealed class WebSubChannel(
    FeedCache feedCache,
    HubSubscriptionStore hubSubscriptions,
    SubscriptionStore subscriptions,
    JobStore jobs,
    OutboundHttp http,
    WebSubOptions options,
    OutboundOptions outbound,
    PortalOptions portal,
    TimeProvider clock,
    ILogger<WebSubChannel> log
) : IChannel
{
    /// <summary>Of an answer; only its status matters.</summary>
    const int MaxAnswerBytes = 1_024;

    const string NoFeed = "there is no such feed any more";

    static readonly TimeSpan feedIsAway = TimeSpan.FromSeconds(5);

    public string Kind => WebSubTarget.Kind;
    public bool KeepsAttempts => false;
    public IReadOnlyList<TimeSpan> RetrySchedule { get; } = Durations.Parse(options.RetrySchedule);
    public TimeSpan? DisableAfter { get; } = TimeSpan.FromDays(options.DisableDays);

    public async IAsyncEnumerable<Attempt> DeliverAsync(
        Subscription subscription,
        IReadOnlyList<PendingDelivery> waiting,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var target = (WebSubTarget)subscription.Target;
        if (FeedTopic.Parse(target.Topic, portal) is not { } topic)
        {
            yield return new(waiting, Outcome.Gone) { Fault = NoFeed };
            yield break;
        }
        if (target.LeaseUntil <= clock.GetUtcNow())
        {
            yield return new(waiting, Outcome.Skipped);
            yield break;
        }
        if (waiting[0].Bulletin!.Article.Id == DryRunArticle.Id)
        {
            var (present, away) = await CopyAsync(topic, () => feedCache.NowAsync(topic, ct), waiting, ct);
            yield return away ?? await SendAsync(target, present!, waiting, ct);
            yield break;
        }
        var stories = waiting
            .GroupBy(n => n.Bulletin!.Article.Id)
            .Select(of => (Newest: of.MaxBy(n => n.Position)!, Notices: of.ToArray()))
            .ToArray();
        var has = await hubSubscriptions.SentAsync(subscription.Id, ct);
        var (cached, none) = await CopyAsync(
            topic,
            () => feedCache.AfterAsync(topic, [.. stories.Select(s => s.Newest.Bulletin!)], has, ct),
            waiting,
            ct
        );
        if (none is not null)
        {
            yield return none;
            yield break;
        }
        var now = clock.GetUtcNow();
        var lag = TimeSpan.FromSeconds(options.LagSeconds);
        var (done, open) = (new List<PendingDelivery>(), new List<PendingDelivery>());
        // A new subscriber has the feed; what is none of that feed's is no reason to send it.
        var isNews = has is not null;
        foreach (var (newest, notices) in stories)
        {
            var stands = topic.Has(newest.Bulletin!) ?? cached!.Has(topic, newest.Bulletin!);
            if (cached!.Shows(topic, newest.Bulletin!) && (cached.Digest != has || !stands) || now - newest.NotedAt >= lag)
            {
                done.AddRange(notices);
                isNews |= stands;
            }
            else
            {
                open.AddRange(notices);
            }
        }
        if (done.Count > 0)
        {
            var attempt = cached!.Digest == has || !isNews ? new(done, Outcome.Skipped) : await SendAsync(target, cached, done, ct);
            if (attempt.Outcome == Outcome.Delivered)
            {
                await hubSubscriptions.SentAsync(subscription.Id, cached.Digest, ct);
            }
            yield return attempt;
        }
        if (open.Count > 0)
        {
            // Seldom to be seen, the more often it was looked for.
            yield return new(open, Outcome.Postponed)
            {
                Wait = TimeSpan.FromSeconds(Math.Clamp((now - open.Max(n => n.NotedAt)).TotalSeconds, 0.5, 15)),
            };
        }
    }

    /// <summary>The subscriber is told that it is one no more (section 5.2), in case it did not know.</summary>
    public async Task EndedAsync(Subscription subscription, string because, CancellationToken ct)
    {
        var target = (WebSubTarget)subscription.Target;
        await jobs.AddAsync(
            CheckIntent.Name,
            subscription.Id,
            new Intent("denied", target.Topic, target.Callback, Reason: because).ToJson(),
            ct,
            domain: Domains.Of(target.Host, outbound)
        );
        await subscriptions.DeleteAsync(subscription.Id, ct);
        await hubSubscriptions.LeaveAsync(subscription.Id, ct);
    }

    async Task<(CachedFeed?, Attempt?)> CopyAsync(
        FeedTopic topic,
        Func<Task<CachedFeed>> copyAsync,
        IReadOnlyList<PendingDelivery> waiting,
        CancellationToken ct
    )
    {
        try
        {
            return (await copyAsync(), null);
        }
        catch (HttpRequestException fault)
            when (fault.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.BadRequest)
        {
            return (null, new(waiting, Outcome.Gone) { Fault = NoFeed });
        }
        catch (Exception fault) when (fault is HttpRequestException || fault is OperationCanceledException && !ct.IsCancellationRequested)
        {
            log.LogWarning("The feed {Path} cannot be got for the hub; it is tried again: {Fault}", topic.Path, fault.Message);
            return (null, new(waiting, Outcome.Postponed) { Wait = feedIsAway });
        }
    }

    async Task<Attempt> SendAsync(WebSubTarget target, CachedFeed cached, IReadOnlyList<PendingDelivery> waiting, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Callback) { Content = new ReadOnlyMemoryContent(cached.Bytes) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", cached.ContentType);
        request.Headers.TryAddWithoutValidation("Link", $"<{portal.Absolute(portal.HubUrl)}>; rel=\"hub\", <{target.Topic}>; rel=\"self\"");
        if (target.Secret is not null)
        {
            request.Headers.TryAddWithoutValidation(
                "X-Hub-Signature",
                $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(target.Secret), cached.Bytes.Span))}"
            );
        }
        var began = Stopwatch.GetTimestamp();
        try
        {
            var answer = await http.SendAsync(request, ct, MaxAnswerBytes);
            return new(
                waiting,
                answer.Succeeded ? Outcome.Delivered
                    : answer.Status == (int)HttpStatusCode.Gone ? Outcome.Gone
                    : Outcome.Failed
            )
            {
                Status = answer.Status,
                Took = Stopwatch.GetElapsedTime(began),
                Wait = answer.RetryAfter(clock.GetUtcNow()),
                Fault = answer.Succeeded ? null : $"the callback answered {answer.Status}",
            };
        }
        catch (Exception fault) when (fault is HttpRequestException or OutboundRefused or TimeoutException)
        {
            return new(waiting, Outcome.Failed)
            {
                Took = Stopwatch.GetElapsedTime(began),
                Fault = fault is HttpRequestException ? "the callback does not answer" : fault.Message,
            };
        }
    }
}
