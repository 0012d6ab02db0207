using System.Buffers.Binary;
using System.Buffers.Text;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Embargoes;

/// <summary>A page of what changed; <see cref="Next"/> is the cursor for <c>after=</c>, also on the last page, to ask later for what came since.</summary>
public sealed record EmbargoedPage(IReadOnlyList<Embargoed> Items, string? Next);

/// <summary>For the trade: what is or was under embargo, in the order in which it changed.</summary>
public static class GetEmbargoed
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/embargoed", Handle)
        .RequireAuthorization(Roles.Trade).WithTags("Trade").WithSummary("What is under embargo, the longest known first").WithQuery("limit", "after");

    static async Task<Ok<EmbargoedPage>> Handle(IQuerySession session, HttpContext context, CancellationToken ct, string? limit = null, string? after = null)
    {
        var size = Queries.Limit(limit, DefaultLimit, MaxLimit);
        var (at, id) = after is null ? (DateTimeOffset.UnixEpoch, Guid.Empty) : Decode(after);
        var items = await session.QueryAsync<Embargoed>("where (d.changed_at, d.id) > (?, ?) order by d.changed_at, d.id limit ?", ct, at, id, size);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new EmbargoedPage(items, items.Count == 0 ? after : Encode(items[^1])));
    }

    static string Encode(Embargoed last)
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(bytes, last.ChangedAt.UtcTicks);
        last.Id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    static (DateTimeOffset, Guid) Decode(string cursor)
    {
        Span<byte> bytes = stackalloc byte[24];
        return Base64Url.IsValid(cursor, out var length) && length == bytes.Length && Base64Url.TryDecodeFromChars(cursor, bytes, out _)
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is >= 0 and var ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? (new(ticks, TimeSpan.Zero), new Guid(bytes[8..], bigEndian: true))
            : throw Refusal.Unreadable("after", "is no cursor of this service");
    }
}
