using System.Buffers.Text;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Keys;

/// <summary>A page of keys; <see cref="Next"/> is the cursor for <c>after=</c>, and is not there on the last one.</summary>
public sealed record KeyPage(IReadOnlyList<KeyView> Items,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Next);

public static class GetKeys
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public static void Map(RouteGroupBuilder keys)
    {
        keys.MapGet("/", HandleAll).WithSummary("The keys, the newest first, also those that are revoked").WithQuery("limit", "after").WithName("listKeys");
        keys.MapGet("/{id:guid}", Handle).WithSummary("One key").WithQuery().WithName("getKey");
    }

    static async Task<Ok<KeyPage>> HandleAll(IQuerySession session, KeyUses uses, TimeProvider clock, CancellationToken ct, string? limit = null, string? after = null)
    {
        var size = Queries.Limit(limit, DefaultLimit, MaxLimit);
        // A key's id is of version 7, so that its order is that of making.
        var keys = await session.QueryAsync<KeyChanged>("where d.id < ? order by d.id desc limit ?", ct, after is null ? Guid.AllBitsSet : Decode(after), size + 1);
        var (page, now) = (keys.Take(size).ToArray(), clock.GetUtcNow());
        var used = await uses.LastAsync([.. page.Select(key => key.KeyId)], ct);
        return TypedResults.Ok(new KeyPage(
            [.. page.Select(key => KeyView.Of(key, now, used.TryGetValue(key.KeyId, out var at) ? at : null))],
            keys.Count > size ? Base64Url.EncodeToString(page[^1].KeyId.ToByteArray(bigEndian: true)) : null));
    }

    static async Task<Ok<KeyView>> Handle(Guid id, IQuerySession session, KeyUses uses, TimeProvider clock, CancellationToken ct) =>
        TypedResults.Ok(KeyView.Of(await session.FetchKeyAsync(id, ct), clock.GetUtcNow(), await uses.LastAsync(id, ct)));

    static Guid Decode(string cursor)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Base64Url.IsValid(cursor, out var length) && length == bytes.Length && Base64Url.TryDecodeFromChars(cursor, bytes, out _)
            ? new Guid(bytes, bigEndian: true)
            : throw Refusal.Unreadable("after", "is no cursor of this service");
    }
}
