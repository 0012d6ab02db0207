using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>
/// Asks endpoints whether they want to be told, so that nobody can have somebody else's server called: what is sent contains a challenge,
/// and an endpoint that wants it gives it back.
/// </summary>
public sealed class EndpointVerification(
    WebhookSender sender,
    AttemptLog attempts,
    SubscriptionStore subscriptions,
    JobStore jobs,
    OutboundOptions outbound,
    TimeProvider clock,
    ILogger<EndpointVerification> log
)
{
    /// <summary>Bytes of an answer; a challenge in JSON has a hundred.</summary>
    const int AnswerBytes = 4_096;

    /// <summary>
    /// The endpoint of a subscription that is pending is asked from now on, until it answers or its time is over. Who is being asked
    /// already is not asked sooner, or more often, by asking for it again.
    /// </summary>
    public Task BeginAsync(Guid subscription, string host, CancellationToken ct) =>
        jobs.AddUnlessPendingAsync(VerifyEndpoint.Name, subscription, "", Domains.Of(host, outbound), ct);

    /// <summary>Asks once. A pending subscription becomes active by the right answer, and is told from that moment on.</summary>
    public async Task<(Subscription? Subscription, AttemptView Attempt)> AskAsync(Subscription subscription, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (id, challenge) = ($"verify_{Guid.CreateVersion7(now):N}", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
        var (attempt, answer) = await sender.SendAsync(
            (WebhookTarget)subscription.Target,
            id,
            WebhookMessage.Challenge(challenge, now),
            [],
            ct,
            AnswerBytes
        );
        if (attempt.Outcome == Outcome.Delivered && !Echoes(answer.Span, challenge))
        {
            attempt = attempt with
            {
                Outcome = Outcome.Failed,
                Fault = "the answer does not contain the challenge: it must be {\"challenge\": …}, or the challenge as plain text",
            };
        }
        else if (attempt.Outcome == Outcome.Gone)
        {
            attempt = attempt with { Outcome = Outcome.Failed };
        }
        var view = await attempts.NoteAsync(subscription.Id, AttemptLog.Verification, id, attempt, ct);
        var after =
            attempt.Outcome == Outcome.Delivered
                ? await subscriptions.ChangeAsync(subscription.Id, Confirmed, ct)
                : await subscriptions.FindAsync(subscription.Id, ct);
        if (subscription.State == SubscriptionState.Pending && after?.State == SubscriptionState.Active)
        {
            log.LogInformation("{Subscription} is active: its endpoint confirmed", subscription.Id);
        }
        return (after, view);
    }

    static Subscription Confirmed(Subscription subscription) =>
        subscription is { State: SubscriptionState.Pending, Target: WebhookTarget target }
            ? subscription with
            {
                State = SubscriptionState.Active,
                Target = target with { VerifyBy = null },
            }
            : subscription;

    /// <summary>The challenge as plain text, or as the member of that name.</summary>
    static bool Echoes(ReadOnlySpan<byte> answer, string challenge)
    {
        if (Encoding.UTF8.GetString(answer).Trim() == challenge)
        {
            return true;
        }
        try
        {
            var reader = new Utf8JsonReader(answer);
            return JsonElement.TryParseValue(ref reader, out var json)
                && json is { ValueKind: JsonValueKind.Object } given
                && given.TryGetProperty("challenge", out var echoed)
                && echoed.ValueKind == JsonValueKind.String
                && echoed.ValueEquals(challenge);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
