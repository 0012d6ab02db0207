using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>The WebSub hub (W3C Recommendation, 23 January 2018) of the portal's own feeds, which name it.</summary>
public static class Hub
{
    public const string Tag = "WebSub";

    const string Form = "application/x-www-form-urlencoded";

    /// <summary>The standard's bound (section 5.1): less than this many bytes.</summary>
    const int SecretBytes = 200;

    public static void Map(IEndpointRouteBuilder app)
    {
        var options = app.ServiceProvider.GetRequiredService<WebSubOptions>();
        app.MapGet("/hub", HandleAbout)
            .AllowAnonymous()
            .WithTags(Tag)
            .WithSummary("Describe the WebSub hub")
            .WithQuery()
            .WithName("aboutHub")
            .Produces<string>(contentType: "text/plain");
        app.MapPost("/hub", HandleAsync)
            .AllowAnonymous()
            .WithTags(Tag)
            .WithSummary("Subscribe to a feed by WebSub, or unsubscribe")
            .WithQuery()
            .WithName("askHub")
            .WithDescription(
                "By W3C WebSub: `hub.mode` (`subscribe` or `unsubscribe`), `hub.topic` (the address by which a feed names itself), "
                    + "`hub.callback`, and for a subscription `hub.lease_seconds` and `hub.secret` (fewer than 200 bytes, then each "
                    + "distribution has `X-Hub-Signature: sha256=…`). The callback is asked afterwards whether it means it."
            )
            .Produces(StatusCodes.Status202Accepted)
            .ProducesProblem(422)
            .ProducesProblem(429)
            .WithMetadata(new TakesMediaTypes([Form]), new RequestSizeLimitAttribute(options.MaxRequestBytes));
    }

    static ContentHttpResult HandleAbout(HttpContext context, PortalOptions portal) =>
        TypedResults.Text(
            $"This is the WebSub hub of {portal.Name} (https://www.w3.org/TR/websub/). "
                + "It takes subscriptions to the feeds that name it, by POST of hub.mode, hub.topic and hub.callback.\n",
            "text/plain",
            Encoding.UTF8
        );

    static async Task<Accepted> HandleAsync(
        HttpContext context,
        OutboundHttp http,
        CallBudget budget,
        HubSubscriptionStore hubSubscriptions,
        JobStore jobs,
        WebSubOptions options,
        OutboundOptions outbound,
        PortalOptions portal,
        CancellationToken ct
    )
    {
        if (!context.Request.HasFormContentType || context.Request.ContentType!.StartsWith("multipart", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(415, "media-type-unsupported", $"The body must be {Form}.");
        }
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(ct);
        }
        catch (InvalidDataException fault)
        {
            throw ProblemException.BadRequest("body", fault.Message);
        }
        var mode = Wanted("hub.mode", 32);
        var (topic, callback) = (Wanted("hub.topic", options.MaxAddressLength), Wanted("hub.callback", options.MaxAddressLength));
        if (mode is not ("subscribe" or "unsubscribe"))
        {
            throw ProblemException.BadRequest(
                "hub.mode",
                mode == "publish"
                    ? "is subscribe or unsubscribe; the newsroom publishes to this hub by itself"
                    : "must be subscribe or unsubscribe"
            );
        }
        if (FeedTopic.Parse(topic, portal) is null)
        {
            throw ProblemException.RuleViolation(
                "hub.topic",
                $"must be a feed of {portal.PublicUrl.TrimEnd('/')}, by the address that the feed itself names; this hub has no others"
            );
        }
        var id = WebSubTarget.IdOf(topic, callback);
        var intent = new Intent(mode, topic, callback);
        if (mode == "subscribe")
        {
            intent = intent with { LeaseSeconds = Lease(), Secret = Secret() };
        }
        var (same, pending) = await jobs.PendingAsync(CheckIntent.Name, id, intent.ToJson(), ct);
        if (same)
        {
            // Said twice is asked once.
            return TypedResults.Accepted((string?)null);
        }
        if (pending >= options.MaxPending)
        {
            throw ProblemException.Unavailable(
                "So many callbacks are still to be asked that no more requests are taken at the moment.",
                TimeSpan.FromMinutes(1)
            );
        }
        budget.Take(context);
        var callbackUri = await http.CheckAsync("hub.callback", callback, ct);
        if (mode == "subscribe")
        {
            if (await hubSubscriptions.FullAsync(id, callbackUri.IdnHost, options, ct) is { } full)
            {
                throw ProblemException.TooMany($"One more subscription is not taken: {full}.", TimeSpan.FromHours(1));
            }
        }
        budget.Take(callbackUri.IdnHost);
        await jobs.AddAsync(CheckIntent.Name, id, intent.ToJson(), ct, domain: Domains.Of(callbackUri.IdnHost, outbound));
        return TypedResults.Accepted((string?)null);

        string? Given(string name) =>
            form[name] switch
            {
                [] => null,
                [var one] => string.IsNullOrEmpty(one) ? null : one,
                _ => throw ProblemException.BadRequest(name, "stands more than once"),
            };

        string Wanted(string name, int most) =>
            Given(name) switch
            {
                null => throw ProblemException.BadRequest(name, "is required"),
                { } one when one.Length > most => throw ProblemException.RuleViolation(name, $"may have {most} characters at most"),
                { } one when one.Any(char.IsControl) => throw ProblemException.RuleViolation(name, "may not have control characters"),
                { } one => one,
            };

        int Lease() =>
            Given("hub.lease_seconds") is not { } text ? options.DefaultLeaseSeconds
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
                ? (int)Math.Clamp(seconds, options.MinLeaseSeconds, options.MaxLeaseSeconds)
            : throw ProblemException.BadRequest("hub.lease_seconds", "must be a whole number of seconds above 0");

        string? Secret() =>
            Given("hub.secret") switch
            {
                { } secret when Encoding.UTF8.GetByteCount(secret) >= SecretBytes => throw ProblemException.RuleViolation(
                    "hub.secret",
                    $"must have fewer than {SecretBytes} bytes"
                ),
                var secret => secret,
            };
    }
}
