using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

public static class Endpoints
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    const string List = "subscriptions";

    /// <summary>Bytes of a request; what it names is short.</summary>
    const int MaxBodyBytes = 65_536;

    public static void Map(IEndpointRouteBuilder app)
    {
        var subscriptions = app.MapGroup("/api/subscriptions").WithTags("Subscriptions");
        subscriptions.MapPost("/", (SubscriptionRequest request, HttpContext context) => request.MakeAsync(context))
            .WithSummary("Be told although nobody listens").WithQuery().WithName("makeSubscription").Produces<SubscriptionView>(StatusCodes.Status201Created)
            .Produces<SubscriptionView>().Produces<SubscriptionView>(StatusCodes.Status202Accepted)
            .ProducesProblem(403).ProducesProblem(409).ProducesProblem(429).ProducesProblem(501).ProducesProblem(503).WithMetadata(new RequestSizeLimit(MaxBodyBytes), new ProvedInside(Optional: true))
            .WithDescription("A webhook takes a key, of a subscriber or a higher role, and belongs to it; it is told when its endpoint has confirmed (see `verify`). A push and a mail belong to whoever has the secret "
                + "that this answers with. The same push endpoint again is 200 and a new secret; a mail is 202 and waits for the reader to confirm; 501 where no mail is sent.");
        subscriptions.MapGet("/", HandleAllAsync).RequireAuthorization(Roles.Subscriber).WithSummary("One's own subscriptions, the newest first").WithQuery("limit", "after").WithName("listSubscriptions");
        subscriptions.MapGet("/{id:guid}", HandleAsync).WithSummary("One subscription").WithQuery().WithName("getSubscription").WithMetadata(new ProvedInside());
        subscriptions.MapDelete("/{id:guid}", DeleteAsync).WithSummary("End it: nothing is told any more, also not what waits").WithQuery().WithName("deleteSubscription").WithMetadata(new ProvedInside());
    }

    static async Task<Ok<SubscriptionPage>> HandleAllAsync(IQuerySession session, HttpContext context, CancellationToken ct, string? limit = null, string? after = null)
    {
        var size = Queries.Limit(limit, DefaultLimit, MaxLimit);
        var from = after is null ? Guid.AllBitsSet : Cursor.Decode("after", after, List).Id;
        var found = context.User.IsInRole(Roles.Admin)
            ? await session.QueryAsync<Subscription>("where d.data ->> 'owner' is not null and d.id < ? order by d.id desc limit ?", ct, from, size + 1)
            : await session.QueryAsync<Subscription>("where d.data ->> 'owner' = ? and d.id < ? order by d.id desc limit ?", ct, Who.Current!.Name, from, size + 1);
        var page = found.Take(size).ToArray();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SubscriptionPage([.. page.Select(SubscriptionView.Of)], found.Count > size ? new Cursor(page[^1].MadeAt, page[^1].Id).Encode(List) : null));
    }

    static async Task<Ok<SubscriptionView>> HandleAsync(Guid id, Roster roster, Outbox outbox, HttpContext context, CancellationToken ct)
    {
        var view = SubscriptionView.Of(await roster.OwnAsync(id, context, ct));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(view with { Deliveries = await outbox.StandingAsync(id, ct) });
    }

    static async Task<NoContent> DeleteAsync(Guid id, Roster roster, HttpContext context, CancellationToken ct)
    {
        await roster.DeleteAsync((await roster.OwnAsync(id, context, ct)).Id, ct);
        return TypedResults.NoContent();
    }

    sealed record RequestSizeLimit(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;
}

/// <summary>A page of subscriptions; <see cref="Next"/> is the cursor for <c>after=</c>, and is not there on the last one.</summary>
public sealed record SubscriptionPage(IReadOnlyList<SubscriptionView> Items,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Next = null);
