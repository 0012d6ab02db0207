using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>Whoever reads the address's mail says that the subscription is wanted.</summary>
public static class Confirm
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/subscriptions/confirm", HandleAskAsync)
            .AllowAnonymous()
            .WithTags("Subscriptions")
            .WithSummary("Show the page that confirms a mail subscription")
            .WithName("askToConfirm")
            .Produces<string>(contentType: "text/html")
            .Produces(404)
            .Produces(410);
        app.MapPost("/api/subscriptions/confirm", HandleAsync)
            .AllowAnonymous()
            .WithTags("Subscriptions")
            .WithSummary("Confirm a mail subscription")
            .WithName("confirm")
            .Produces<string>(contentType: "text/html")
            .Produces(404)
            .Produces(410);
    }

    static async Task<IResult> HandleAskAsync(
        HttpContext context,
        SubscriptionStore subscriptions,
        PortalOptions portal,
        TimeProvider clock,
        CancellationToken ct,
        string? token = null
    )
    {
        var (answer, found) = await FindAsync(context, subscriptions, portal, clock, token, ct);
        return answer
            ?? Page.Ask(
                context,
                portal,
                found!.Value.Target.Language,
                Words.Of(found.Value.Target.Language).ConfirmButton + "?",
                Words.Of(found.Value.Target.Language).ConfirmButton
            );
    }

    static async Task<IResult> HandleAsync(
        HttpContext context,
        SubscriptionStore subscriptions,
        MailHistory history,
        DigestStore digests,
        SubscribedAddresses addresses,
        JobStore jobs,
        PortalOptions portal,
        TimeProvider clock,
        ILogger<MakeEmailHandler> log,
        CancellationToken ct,
        string? token = null
    )
    {
        var (answer, found) = await FindAsync(context, subscriptions, portal, clock, token, ct);
        if (answer is not null)
        {
            return answer;
        }
        var (subscription, target) = found!.Value;
        if (target.Frequency == EmailTarget.Daily)
        {
            var next = DigestTime.Next(clock.GetUtcNow(), target.Hour!.Value, TimeZoneInfo.FindSystemTimeZoneById(target.Zone!));
            await digests.BeginAsync(subscription.Id, next, ct);
            await jobs.AddAsync(SendDigest.Name, subscription.Id, "", ct, next - clock.GetUtcNow());
        }
        if (
            await subscriptions.ChangeAsync(
                subscription.Id,
                now => now.State == SubscriptionState.Pending ? now with { State = SubscriptionState.Active } : now,
                ct
            )
            is null
        )
        {
            return Page.Say(context, portal, target.Language, 404, Words.Of(target.Language).Unknown);
        }
        // One of a kind for an address: what somebody asks for anew is instead of what was there.
        if (await addresses.ReplaceAsync(subscription.Id, target, ct) is { } before)
        {
            await subscriptions.DeleteAsync(before, ct);
            await history.ForgetAsync(before, ct);
        }
        log.LogInformation(
            "{Subscription} by e-mail is confirmed: {Frequency} in {Language}",
            subscription.Id,
            target.Frequency,
            target.Language
        );
        return Page.Say(context, portal, target.Language, 200, Words.Of(target.Language).Confirmed);
    }

    /// <returns>What is to be answered at once, or a subscription that waits to be confirmed.</returns>
    static async Task<(IResult?, (Subscription Subscription, EmailTarget Target)?)> FindAsync(
        HttpContext context,
        SubscriptionStore subscriptions,
        PortalOptions portal,
        TimeProvider clock,
        string? token,
        CancellationToken ct
    )
    {
        if (await EmailTarget.OfLinkAsync(subscriptions, token, ct) is not { } found)
        {
            var language = Page.LanguageOf(context, portal);
            return (Page.Say(context, portal, language, 404, Words.Of(language).Unknown), null);
        }
        var words = Words.Of(found.Target.Language);
        return found.Subscription.State switch
        {
            SubscriptionState.Active => (Page.Say(context, portal, found.Target.Language, 200, words.Confirmed), null),
            SubscriptionState.Pending when found.Target.ConfirmUntil > clock.GetUtcNow() => (null, found),
            _ => (Page.Say(context, portal, found.Target.Language, 410, words.ConfirmExpired), null),
        };
    }
}
