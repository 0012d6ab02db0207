using System.Security.Cryptography;
using System.Text;
using Marten;
using Microsoft.AspNetCore.Http.Metadata;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Idempotency;

/// <summary>
/// Lets a client whose connection broke send a POST again without its happening twice: <c>Idempotency-Key</c> names the request, and a
/// repeat gets the first one's answer, whichever instance it reaches. What was refused is not kept, since nothing happened. A body is read
/// for it only after its sender was let in, and only where an endpoint takes such a key.
/// </summary>
public static class IdempotencyMiddleware
{
    /// <summary>After authorization.</summary>
    public static void UseIdempotency(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
                context switch
                {
                    { Request.Headers: var headers }
                        when !HttpMethods.IsPost(context.Request.Method) || !headers.ContainsKey(IdempotencyKey.Header) => next(context),
                    _ when context.GetEndpoint()?.Metadata.GetMetadata<TakesIdempotencyKey>() is { } takes => HandleAsync(
                        context,
                        takes,
                        next
                    ),
                    _ => next(context),
                }
        );

    static async Task HandleAsync(HttpContext context, TakesIdempotencyKey takes, RequestDelegate next)
    {
        var key = Key(context, takes.MinLength);
        var most = context.GetEndpoint()!.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize
            ?? context.RequestServices.GetRequiredService<ListenOptions>().MaxBodyBytes;
        var room = context.RequestServices.GetRequiredService<BodyRoom>();
        using var place = room.Take(long.Min(context.Request.ContentLength ?? most, most));
        var pending = await PendingAsync(context, key);
        if (await AnsweredAsync(context, takes, pending))
        {
            return;
        }
        context.Features.Set(pending);
        try
        {
            await next(context);
        }
        catch (ProblemException)
        {
            // The same request may have been under way twice, and the other one have done it.
            if (context.Response.HasStarted || !await AnsweredAsync(context, takes, pending))
            {
                throw;
            }
        }
    }

    /// <exception cref="ProblemException">400: it is too short, too long, or cannot be read out.</exception>
    static string Key(HttpContext context, int atLeast)
    {
        var key = context.Request.Headers[IdempotencyKey.Header].ToString();
        return key.Length < atLeast || key.Length > IdempotencyKey.MaxLength || key.Any(c => c is < ' ' or > '~')
            ? throw ProblemException.BadRequest(
                IdempotencyKey.Header,
                $"must have {atLeast} to {IdempotencyKey.MaxLength} printable ASCII characters"
            )
            : key;
    }

    /// <summary>The body is read as a whole, up to the limit of the endpoint's bodies, and can be read again.</summary>
    static async Task<PendingRequest> PendingAsync(HttpContext context, string key)
    {
        context.Request.EnableBuffering(context.RequestServices.GetRequiredService<IdempotencyOptions>().MaxMemoryBytes);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(
            Encoding.UTF8.GetBytes($"{context.Request.Path}{context.Request.QueryString}\n{context.Request.Headers.IfMatch}\n")
        );
        var buffer = new byte[16 << 10];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            digest.AppendData(buffer, 0, read);
        }
        context.Request.Body.Position = 0;
        var whose = SHA256.HashData(Encoding.UTF8.GetBytes($"{Caller.Of(context)!.Id}\n{key}"));
        return new(Convert.ToHexString(whose), Convert.ToHexString(digest.GetHashAndReset()), key);
    }

    /// <summary>Whether it was answered before, and so is again.</summary>
    /// <exception cref="ProblemException">422: the key belongs to another request. 403: the article is not for who asks, by
    /// now.</exception>
    static async Task<bool> AnsweredAsync(HttpContext context, TakesIdempotencyKey takes, PendingRequest pending)
    {
        await using var session = context.RequestServices.GetRequiredService<IDocumentStore>().QuerySession();
        if (await session.LoadAsync<StoredResponse>(pending.Id, context.RequestAborted) is not { } answer)
        {
            return false;
        }
        if (answer.Request != pending.Digest)
        {
            throw new ProblemException(
                422,
                "idempotency-key-reused",
                $"{IdempotencyKey.Header}: the key was used for another request; a new request needs a new key."
            )
            {
                Members = { ["errors"] = new Dictionary<string, string[]> { [IdempotencyKey.Header] = ["was used for another request"] } },
            };
        }
        if (answer.Article is { } article && takes.Access is { } check)
        {
            await check(session, Caller.Of(context)!, article, context.RequestAborted);
        }
        context.Response.StatusCode = answer.Status;
        context.Response.Headers.ETag = answer.ETag;
        context.Response.Headers.Location = answer.Location;
        context.Response.ContentType = "application/json; charset=utf-8";
        if (answer.Closed)
        {
            context.Response.Headers.CacheControl = "no-store";
        }
        await context.Response.WriteAsync(
            answer.Closed ? EncryptedText.Open(answer.Body, pending.Key) : answer.Body,
            context.RequestAborted
        );
        return true;
    }
}
