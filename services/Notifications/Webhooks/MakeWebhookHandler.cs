using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Makes a webhook, whose endpoint is asked whether it wants to be told before it is.</summary>
public sealed class MakeWebhookHandler(
    SubscriptionStore subscriptions,
    EndpointVerification verification,
    CallBudget budget,
    OutboundHttp http,
    WebhookOptions options,
    PortalOptions portal,
    TimeProvider clock
) : ISubscriptionHandler<MakeWebhook>
{
    public async Task<IResult> MakeAsync(MakeWebhook request, HttpContext context)
    {
        var ct = context.RequestAborted;
        await context.RequireAsync(Roles.Subscriber);
        var owner = Caller.Of(context)!;
        if (request.Trade == true)
        {
            await context.RequireAsync(Roles.Trade);
        }
        Topics.Parse(request.Topics, portal, "topics");
        Check(request);
        budget.Take(context);
        var url = await http.CheckAsync("url", request.Url!, ct);
        budget.Take(url.IdnHost);
        var secret = request.Secret is null ? WebhookSecret.Random() : WebhookSecret.Read(request.Secret)!;
        var now = UtcTimes.Micros(clock.GetUtcNow());
        var subscription = new Subscription
        {
            Id = Guid.CreateVersion7(now),
            Kind = WebhookTarget.Kind,
            Owner = owner.Name,
            OwnerId = owner.Id,
            Topics = request.Topics,
            State = SubscriptionState.Pending,
            MadeAt = now,
            Target = new WebhookTarget
            {
                Url = url,
                Secrets = [new(secret)],
                Trade = request.Trade == true,
                RatePerSecond = request.RatePerSecond,
                Description = request.Description,
                VerifyBy = now.AddHours(options.VerifyHours),
            },
        };
        await subscriptions.AddAsync(subscription, options.MaxPerOwner, ct);
        await verification.BeginAsync(subscription.Id, url.IdnHost, ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/api/subscriptions/{subscription.Id}", SubscriptionView.Of(subscription) with { Secret = secret });
    }

    void Check(MakeWebhook request)
    {
        var faults = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(request.Url))
        {
            faults["url"] = ["is required"];
        }
        else if (request.Url.Length > options.MaxUrlLength)
        {
            faults["url"] = [$"may have {options.MaxUrlLength} characters at most"];
        }
        if (request.Secret is not null && WebhookSecret.Read(request.Secret) is null)
        {
            faults["secret"] = [WebhookSecret.Rule];
        }
        if (request.RatePerSecond is not null && !(request.RatePerSecond >= 0.1 && request.RatePerSecond <= options.MaxRatePerSecond))
        {
            faults["ratePerSecond"] = [FormattableString.Invariant($"must be from 0.1 to {options.MaxRatePerSecond}")];
        }
        if (request.Description?.Length > options.MaxDescriptionLength)
        {
            faults["description"] = [$"may have {options.MaxDescriptionLength} characters at most"];
        }
        else if (request.Description?.Contains('\0', StringComparison.Ordinal) is true)
        {
            faults["description"] = ["may not have U+0000, which cannot be stored"];
        }
        if (faults.Count > 0)
        {
            throw ProblemException.RuleViolations(faults);
        }
    }
}
