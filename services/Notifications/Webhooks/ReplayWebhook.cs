using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <param name="After">The position in the log behind which it begins; 0 for its oldest.</param>
/// <param name="UpTo">The last position; the newest when it is not given.</param>
public sealed record ReplayRequest(long? After, long? UpTo);

/// <param name="Bulletins">That the subscription wants of the range, and that do not wait for it already.</param>
/// <param name="Oldest">The first position that is still kept: what stands before it cannot be told again.</param>
public sealed record Replay(long Bulletins, long After, long UpTo, long Oldest);

public static class ReplayWebhook
{
    const int Page = 500;

    public static void Map(RouteGroupBuilder webhooks) =>
        webhooks
            .MapPost("/replay", Handle)
            .WithQuery()
            .ProducesProblem(409)
            .ProducesProblem(429)
            .WithSummary("Send a range of the log to a webhook again")
            .WithDescription(
                "Each bulletin of the topics comes with the `webhook-id` that it had or would have had, behind what waits already. "
                    + "Of what was under embargo, `GET /api/embargoed` tells again."
            );

    static async Task<Accepted<Replay>> Handle(
        Guid id,
        ReplayRequest request,
        SubscriptionStore subscriptions,
        NoticeWriter notices,
        BulletinLog bulletins,
        PortalOptions portal,
        WebhookOptions options,
        CallLimit limit,
        HttpContext context,
        CancellationToken ct
    )
    {
        var webhook = await subscriptions.OwnWebhookAsync(id, context, ct);
        if (webhook.State != SubscriptionState.Active)
        {
            throw webhook.Forbids("be told anything again");
        }
        var (oldest, newest) = await bulletins.BoundsAsync(ct);
        var (after, upTo) = Check(request, newest);
        limit.Take(id);
        var (topics, wanted) = (Topics.Stored(webhook.Topics, portal), new List<long>());
        var from = Math.Max(after, oldest - 1);
        while (from < upTo)
        {
            var page = await bulletins.ReadAsync(from, (int)Math.Min(Page, upTo - from), ct);
            if (page.Count == 0)
            {
                break;
            }
            wanted.AddRange(page.Where(b => b.Position <= upTo && topics.Match(Topics.Of(b.Article))).Select(b => b.Position));
            if (wanted.Count > options.MaxReplay)
            {
                throw ProblemException.RuleViolation(
                    "upTo",
                    $"makes more than {options.MaxReplay} bulletins of the subscription's topics, the most at once; "
                        + $"the first {options.MaxReplay} end at {wanted[options.MaxReplay - 1]}"
                );
            }
            from = page[^1].Position;
        }
        var noted = await notices.AgainAsync(webhook, wanted, ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Accepted($"/api/subscriptions/{id}/attempts", new Replay(noted, after, upTo, oldest));
    }

    static (long After, long UpTo) Check(ReplayRequest request, long newest)
    {
        var (after, upTo) = (request.After ?? throw ProblemException.RuleViolation("after", "is required"), request.UpTo ?? newest);
        return after < 0 ? throw ProblemException.RuleViolation("after", "must be 0 or a position in the log")
            : upTo > newest ? throw ProblemException.RuleViolation("upTo", $"lies in the future; the newest position is {newest}")
            : upTo < after ? throw ProblemException.RuleViolation("upTo", "lies before after")
            : (after, upTo);
    }
}
