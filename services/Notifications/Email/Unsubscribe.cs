using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>
/// The end of a subscription by the link that every mail has: by a mail program's one click (RFC 8058), or by a page and its button.
/// </summary>
public static class Unsubscribe
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/subscriptions/unsubscribe", HandleAskAsync)
            .AllowAnonymous()
            .WithTags("Subscriptions")
            .WithSummary("Show the page that ends a mail subscription")
            .WithName("askToUnsubscribe")
            .Produces<string>(contentType: "text/html")
            .Produces(404);
        app.MapPost("/api/subscriptions/unsubscribe", HandleAsync)
            .AllowAnonymous()
            .WithTags("Subscriptions")
            .WithSummary("End a mail subscription by one click (RFC 8058)")
            .WithName("unsubscribe")
            .Produces<string>(contentType: "text/html")
            .Produces(404);
    }

    static async Task<IResult> HandleAskAsync(
        HttpContext context,
        SubscriptionStore subscriptions,
        PortalOptions portal,
        CancellationToken ct,
        string? token = null
    ) =>
        await EmailTarget.OfLinkAsync(subscriptions, token, ct) is var (_, target)
            ? Page.Ask(context, portal, target.Language, Words.Of(target.Language).UnsubscribeText, Words.Of(target.Language).Unsubscribe)
            : Unknown(context, portal);

    static async Task<IResult> HandleAsync(
        HttpContext context,
        SubscriptionStore subscriptions,
        MailHistory history,
        PortalOptions portal,
        ILogger<MakeEmailHandler> log,
        CancellationToken ct,
        string? token = null
    )
    {
        if (await EmailTarget.OfLinkAsync(subscriptions, token, ct) is not var (subscription, target))
        {
            return Unknown(context, portal);
        }
        await subscriptions.DeleteAsync(subscription.Id, ct);
        await history.ForgetAsync(subscription.Id, ct);
        log.LogInformation("{Subscription} by e-mail has ended at its reader's wish", subscription.Id);
        return Page.Say(context, portal, target.Language, 200, Words.Of(target.Language).Unsubscribed);
    }

    static IResult Unknown(HttpContext context, PortalOptions portal)
    {
        var language = Page.LanguageOf(context, portal);
        return Page.Say(context, portal, language, 404, Words.Of(language).Unknown);
    }
}
