using Marten;

namespace NewsPlatform.Publishing.Idempotency;

/// <summary>What a request with an Idempotency-Key was answered, stored with what it did.</summary>
/// <param name="Id">A digest of the id of who sent it, and of its key.</param>
/// <param name="Request">A digest of the request: its route and its body.</param>
/// <param name="Body">As it was sent, or closed with the request's key where it says a secret.</param>
/// <param name="Article">Which one it tells of; it is told again only to who may read that then (see
/// <see cref="TakesIdempotencyKey"/>).</param>
public sealed record StoredResponse(
    string Id,
    string Request,
    int Status,
    string Body,
    string? ETag,
    string? Location,
    DateTimeOffset At,
    bool Closed = false,
    Guid? Article = null
)
{
    /// <summary>It is kept so long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public static void Configure(StoreOptions options) =>
        options.Schema.For<StoredResponse>().DocumentAlias("answer").Duplicate(answer => answer.At, pgType: "timestamptz", notNull: true);
}
