using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Keys;

/// <summary>A page of keys; <see cref="Next"/> is the cursor for <c>after=</c>, and is not there on the last one.</summary>
public sealed record KeyPage(
    IReadOnlyList<KeyView> Items,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
        string? Next
);

public static class GetKeys
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    const string List = "keys";

    public static void Map(RouteGroupBuilder keys)
    {
        keys.MapGet("/", HandleAll).WithSummary("List keys, the newest first").WithQuery("limit", "after").WithName("listKeys");
        keys.MapGet("/{id:guid}", Handle).WithSummary("Get a key").WithQuery().WithName("getKey");
    }

    static async Task<Ok<KeyPage>> HandleAll(
        IQuerySession session,
        KeyUses uses,
        TimeProvider clock,
        CancellationToken ct,
        string? limit = null,
        string? after = null
    )
    {
        var size = Queries.Limit(limit, DefaultLimit, MaxLimit);
        // A key's id is of version 7, so that its order is that of making.
        var keys = await session.QueryAsync<KeyChanged>(
            "where d.id < ? order by d.id desc limit ?",
            ct,
            after is null ? Guid.AllBitsSet : Cursor.Decode("after", after, List).Id,
            size + 1
        );
        var (page, now) = (keys.Take(size).ToArray(), clock.GetUtcNow());
        var used = await uses.LastAsync([.. page.Select(key => key.KeyId)], ct);
        return TypedResults.Ok(
            new KeyPage(
                [.. page.Select(key => KeyView.Of(key, now, used.TryGetValue(key.KeyId, out var at) ? at : null))],
                keys.Count > size ? new Cursor(page[^1].MadeAt, page[^1].KeyId).Encode(List) : null
            )
        );
    }

    static async Task<Ok<KeyView>> Handle(Guid id, IQuerySession session, KeyUses uses, TimeProvider clock, CancellationToken ct) =>
        TypedResults.Ok(KeyView.Of(await session.FetchKeyAsync(id, ct), clock.GetUtcNow(), await uses.LastAsync(id, ct)));
}
