using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>
/// Pushes to browsers by their push services (RFC 8030). A correction replaces what it corrects, in the push service (Topic) and on the
/// screen (tag).
/// </summary>
public sealed class WebPushChannel(
    OutboundHttp http,
    VapidKeys keys,
    SubscriptionStore subscriptions,
    WebPushOptions options,
    PortalOptions portal,
    TimeProvider clock,
    ILogger<WebPushChannel> log
) : IChannel
{
    const int MaxMade = 1_000;

    static readonly Counter<long> answers = Telemetry.Meter.CreateCounter<long>(
        "news.push.answers",
        "{push}",
        "What push services answered to pushes, by status; 0 is no answer"
    );
    static readonly Counter<long> skipped = Telemetry.Meter.CreateCounter<long>(
        "news.push.skipped",
        "{notice}",
        "Notices that were not pushed, by why: old, withdrawn, many or long"
    );

    /// <summary>An attempt, also one that is made again with a shorter message, ends within a lease.</summary>
    static readonly TimeSpan longest = TimeSpan.FromSeconds(25);

    /// <summary>A version rather than a position, since a bulletin that is masked keeps its position.</summary>
    readonly ConcurrentDictionary<(long Position, long Version, BulletinKind Kind, string Language), byte[]> made = new();

    readonly IReadOnlyList<TimeSpan> waits = Durations.Parse(options.RetrySchedule);

    public string Kind => WebPushTarget.Kind;
    public bool KeepsAttempts => false;
    public IReadOnlyList<TimeSpan> RetrySchedule => waits;
    public TimeSpan? DisableAfter => TimeSpan.FromHours(options.DeadAfterHours);

    public async IAsyncEnumerable<Attempt> DeliverAsync(
        Subscription subscription,
        IReadOnlyList<PendingDelivery> waiting,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var target = (WebPushTarget)subscription.Target;
        if (target.ExpiresAt <= clock.GetUtcNow())
        {
            yield return new(waiting, Outcome.Gone) { Fault = "the browser has let it expire" };
            yield break;
        }
        foreach (var step in PushPlan.Of(waiting, target.QuietHours, clock.GetUtcNow(), options))
        {
            yield return step switch
            {
                PushStep.Drop drop => Skip(drop.Notices, drop.Because),
                PushStep.Hold hold => new(hold.Notices, Outcome.Postponed) { Wait = Positive(hold.Until - clock.GetUtcNow()) },
                PushStep.Tell tell => await PushAsync(
                    target,
                    tell.Notices,
                    Made(tell, target.Language),
                    tell.Ttl,
                    UrgencyOf(tell),
                    Topic(tell.Bulletin.Article.Id),
                    () => Message(tell, target.Language) with { Body = "" },
                    ct
                ),
                PushStep.Digest digest => await PushAsync(
                    target,
                    digest.Notices,
                    PushMessage.Of(digest, options.DigestHeadlines, target.Language).ToBytes(options.MaxPayloadBytes),
                    digest.Ttl,
                    "normal",
                    "digest",
                    () => PushMessage.Of(digest, 1, target.Language),
                    ct
                ),
                _ => throw new InvalidOperationException($"{step.GetType().Name} is no step that is known."),
            };
        }
    }

    /// <summary>Nothing is kept of a browser that is gone.</summary>
    public Task EndedAsync(Subscription subscription, string because, CancellationToken ct) =>
        subscriptions.DeleteAsync(subscription.Id, ct);

    /// <summary>Up to 32 characters of base64url (RFC 8030, section 5.4).</summary>
    public static string Topic(Guid article) => Base64Url.EncodeToString(article.ToByteArray(bigEndian: true));

    static string UrgencyOf(PushStep.Tell tell) =>
        tell.Bulletin.Article.Breaking && tell.Kind != BulletinKind.Withdrawn ? "high"
        : tell.Kind == BulletinKind.Updated ? "low"
        : "normal";

    async Task<Attempt> PushAsync(
        WebPushTarget target,
        IReadOnlyList<PendingDelivery> notices,
        byte[] message,
        TimeSpan ttl,
        string urgency,
        string topic,
        Func<PushMessage> shorter,
        CancellationToken ct
    )
    {
        var began = clock.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(longest);
        try
        {
            var answer = await SendAsync(target, message, ttl, urgency, topic, options.PaddingBytes, patience.Token);
            if (answer.Status == (int)HttpStatusCode.RequestEntityTooLarge)
            {
                answer = await SendAsync(
                    target,
                    shorter().ToBytes(options.MaxPayloadBytes / 3),
                    ttl,
                    urgency,
                    topic,
                    padding: 1,
                    patience.Token
                );
            }
            var took = clock.GetElapsedTime(began);
            return answer switch
            {
                { Succeeded: true } => new(notices, Outcome.Delivered) { Status = answer.Status, Took = took },
                { Status: 404 or 410 } => new(notices, Outcome.Gone)
                {
                    Status = answer.Status,
                    Took = took,
                    Fault = $"the push service knows no such subscription ({answer.Status})",
                },
                { Status: 413 } => Skip(notices, "long") with { Status = 413, Took = took },
                _ => new(notices, Outcome.Failed)
                {
                    Status = answer.Status,
                    Took = took,
                    Wait = Bounded(answer.RetryAfter(clock.GetUtcNow())),
                    Fault = $"the push service answered {answer.Status}",
                },
            };
        }
        catch (Exception fault)
            when (fault is OutboundRefused or HttpRequestException or TimeoutException
                || fault is OperationCanceledException && !ct.IsCancellationRequested
            )
        {
            answers.Add(1, new KeyValuePair<string, object?>("status", 0));
            return new(notices, Outcome.Failed)
            {
                Took = clock.GetElapsedTime(began),
                Fault = $"the push service did not answer: {fault.Message}",
            };
        }
        catch (CryptographicException fault)
        {
            // Keys were checked when they were taken: what is stored has suffered.
            log.LogError("A message cannot be encrypted, and its subscription ends: {Fault}", fault.Message);
            return new(notices, Outcome.Gone) { Fault = "its keys cannot be used" };
        }
    }

    async Task<OutboundAnswer> SendAsync(
        WebPushTarget target,
        byte[] message,
        TimeSpan ttl,
        string urgency,
        string topic,
        int padding,
        CancellationToken ct
    )
    {
        var endpoint = new Uri(target.Endpoint);
        // Many pushes to one push service share a connection.
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.TryAddWithoutValidation("TTL", $"{(int)Math.Max(1, ttl.TotalSeconds)}");
        request.Headers.TryAddWithoutValidation("Urgency", urgency);
        request.Headers.TryAddWithoutValidation("Topic", topic);
        request.Headers.TryAddWithoutValidation("Authorization", await keys.AuthorizationAsync(endpoint, ct));
        request.Content = new ByteArrayContent(MessageEncryption.Encrypt(message, target.Key, target.Auth, padding))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream"), ContentEncoding = { "aes128gcm" } },
        };
        var answer = await http.SendAsync(request, ct, maxAnswerBytes: 256);
        answers.Add(1, new KeyValuePair<string, object?>("status", answer.Status));
        return answer;
    }

    /// <summary>The same bytes for all who read a language, made once.</summary>
    byte[] Made(PushStep.Tell tell, string language)
    {
        if (made.Count >= MaxMade)
        {
            made.Clear();
        }
        return made.GetOrAdd((tell.Bulletin.Position, tell.Bulletin.Article.Version, tell.Kind, language), _ =>
            Message(tell, language).ToBytes(options.MaxPayloadBytes)
        );
    }

    PushMessage Message(PushStep.Tell tell, string language) =>
        PushMessage.Of(
            tell.Bulletin,
            tell.Kind,
            portal.CategoryName(tell.Bulletin.Article.Category, tell.Bulletin.Article.Language),
            language
        );

    static Attempt Skip(IReadOnlyList<PendingDelivery> notices, string because)
    {
        skipped.Add(notices.Count, new KeyValuePair<string, object?>("because", because));
        return new(notices, Outcome.Skipped);
    }

    TimeSpan? Bounded(TimeSpan? wait) =>
        wait > TimeSpan.FromSeconds(options.MaxRetryAfterSeconds) ? TimeSpan.FromSeconds(options.MaxRetryAfterSeconds) : wait;

    static TimeSpan Positive(TimeSpan wait) => wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
}
