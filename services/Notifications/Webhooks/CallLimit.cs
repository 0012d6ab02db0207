using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>
/// Keeps an owner from having an endpoint called again and again by asking for tests and verifications, whatever else the owner may have
/// called.
/// </summary>
public sealed class CallLimit(WebhookOptions options, OutboundOptions outbound, CallBudget budget, TimeProvider clock)
{
    readonly Buckets subscriptions = new(options.CallsPerMinute, outbound.MaxCounted, clock);

    /// <summary>An endpoint is called at once.</summary>
    /// <exception cref="ProblemException">429 that says when it is possible again.</exception>
    public void Take(Guid subscription, WebhookTarget target, HttpContext context)
    {
        Take(subscription);
        budget.Take(context);
        budget.Take(target.Host);
    }

    /// <summary>An endpoint that has confirmed is told more, by and by and at its own rate.</summary>
    /// <exception cref="ProblemException">429 that says when it is possible again.</exception>
    public void Take(Guid subscription)
    {
        if (!subscriptions.TryTake($"{subscription}", out var wait))
        {
            throw ProblemException.TooMany(
                $"An endpoint is called {options.CallsPerMinute} times in a minute at most by verify, test, enable and replay.",
                wait
            );
        }
    }
}
