using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Somebody's server wants to be told. It belongs to the key that makes it.</summary>
public sealed record MakeWebhook : SubscriptionRequest
{
    /// <summary>Where to: https, and to an address of the open Internet.</summary>
    public string? Url { get; init; }

    /// <summary>What is to sign, <c>whsec_</c> and base64 of 24 to 64 bytes, in either alphabet; made where none is given.</summary>
    public string? Secret { get; init; }

    /// <summary>Of what is under embargo too; takes a key of the trade.</summary>
    public bool? Trade { get; init; }

    /// <summary>Deliveries in a second at most.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Your own words, to tell it from others.</summary>
    public string? Description { get; init; }

    public override async Task<IResult> MakeAsync(HttpContext context)
    {
        var (services, ct) = (context.RequestServices, context.RequestAborted);
        await context.RequireAsync(Roles.Subscriber);
        if (Trade == true)
        {
            await context.RequireAsync(Roles.Trade);
        }
        var (options, clock) = (services.GetRequiredService<WebhookOptions>(), services.GetRequiredService<TimeProvider>());
        Stream.Topics.Parse(Topics, services.GetRequiredService<PortalOptions>(), "topics");
        Check(options);
        var budget = services.GetRequiredService<CallBudget>();
        budget.Take(context);
        var url = await services.GetRequiredService<OutboundHttp>().CheckAsync("url", Url!, ct);
        budget.Take(url.IdnHost);
        var secret = Secret is null ? WebhookSecret.Random() : WebhookSecret.Read(Secret)!;
        var now = UtcTimes.Micros(clock.GetUtcNow());
        var subscription = new Subscription
        {
            Id = Guid.CreateVersion7(now),
            Kind = WebhookTarget.Kind,
            Owner = Caller.Of(context)!.Name,
            OwnerId = Caller.Of(context)!.Id,
            Topics = Topics,
            State = SubscriptionState.Pending,
            MadeAt = now,
            Target = new WebhookTarget
            {
                Url = url,
                Secrets = [new(secret)],
                Trade = Trade == true,
                RatePerSecond = RatePerSecond,
                Description = Description,
                VerifyBy = now.AddHours(options.VerifyHours),
            },
        };
        await services.GetRequiredService<SubscriptionStore>().AddAsync(subscription, options.MaxPerOwner, ct);
        await services.GetRequiredService<Verifications>().BeginAsync(subscription.Id, url.IdnHost, ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/api/subscriptions/{subscription.Id}", SubscriptionView.Of(subscription) with { Secret = secret });
    }

    void Check(WebhookOptions options)
    {
        var faults = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(Url))
        {
            faults["url"] = ["is required"];
        }
        else if (Url.Length > options.MaxUrlLength)
        {
            faults["url"] = [$"may have {options.MaxUrlLength} characters at most"];
        }
        if (Secret is not null && WebhookSecret.Read(Secret) is null)
        {
            faults["secret"] = [WebhookSecret.Rule];
        }
        if (RatePerSecond is not null && !(RatePerSecond >= 0.1 && RatePerSecond <= options.MaxRatePerSecond))
        {
            faults["ratePerSecond"] = [FormattableString.Invariant($"must be from 0.1 to {options.MaxRatePerSecond}")];
        }
        if (Description?.Length > options.MaxDescriptionLength)
        {
            faults["description"] = [$"may have {options.MaxDescriptionLength} characters at most"];
        }
        else if (Description?.Contains('\0', StringComparison.Ordinal) is true)
        {
            faults["description"] = ["may not have U+0000, which cannot be stored"];
        }
        if (faults.Count > 0)
        {
            throw ProblemException.RuleViolations(faults);
        }
    }
}
