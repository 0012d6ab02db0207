using System.Text.Json;
using Marten;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace NewsPlatform.Publishing.Idempotency;

/// <summary>The request under way that is to be answered once.</summary>
sealed record PendingRequest(string Id, string Digest, string Key);

/// <summary>
/// Stores the answer in the transaction of what the request does, where it has an Idempotency-Key. An answer that says a secret is stored
/// encrypted, and what opens it is not: that is the Idempotency-Key itself, of which only a digest is stored.
/// </summary>
public static class IdempotentResponse
{
    /// <summary>Whether the request has a key, so that its answer is to be stored even when nothing else is.</summary>
    public static bool IsWanted(HttpContext context) => context.Features.Get<PendingRequest>() is not null;

    /// <param name="article">Whose view it is, at that version.</param>
    public static void Store<T>(
        IDocumentSession session,
        HttpContext context,
        int status,
        T view,
        long version,
        Guid article,
        string? location = null
    ) =>
        Insert(session, context, pending =>
            new(pending.Id, pending.Digest, status, Json(context, view), $"\"{version}\"", location, Now(context), Article: article)
        );

    /// <summary>The same for an answer that says a secret.</summary>
    public static void StoreEncrypted<T>(IDocumentSession session, HttpContext context, int status, T view, string? location = null) =>
        Insert(session, context, pending =>
            new(
                pending.Id,
                pending.Digest,
                status,
                EncryptedText.Close(Json(context, view), pending.Key),
                null,
                location,
                Now(context),
                Closed: true
            )
        );

    static void Insert(IDocumentSession session, HttpContext context, Func<PendingRequest, StoredResponse> answer)
    {
        if (context.Features.Get<PendingRequest>() is { } pending)
        {
            session.Insert(answer(pending));
        }
    }

    static string Json<T>(HttpContext context, T view) =>
        JsonSerializer.Serialize(view, context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);

    static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
