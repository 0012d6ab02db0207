using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Keys;
using NewsPlatform.ServiceDefaults;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace NewsPlatform.Publishing;

/// <summary>What a request with an Idempotency-Key was answered, stored with what it did.</summary>
/// <param name="Id">A digest of the id of who sent it, and of its key.</param>
/// <param name="Request">A digest of the request: its route and its body.</param>
/// <param name="Body">As it was sent, or closed with the request's key where it says a secret.</param>
/// <param name="Article">Which one it tells of; it is told again only to who may read the article then.</param>
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
);

/// <summary>A request of this endpoint may name itself by an Idempotency-Key of so many characters or more.</summary>
public sealed record TakesIdempotencyKey(int MinLength);

/// <summary>
/// Lets a client whose connection broke send a POST again without its happening twice: <c>Idempotency-Key</c> names the request, and a
/// repeat gets the first one's answer, whichever instance it reaches. What was refused is not kept, since nothing happened. A body is read
/// for it only after its sender was let in, and only where an endpoint takes such a key. An answer that says a secret is stored encrypted,
/// and what opens it is not: that is the Idempotency-Key itself, of which only a digest is stored.
/// </summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";

    /// <summary>Characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Characters where the answer says a secret, so that nobody who has what is stored can guess the key.</summary>
    public const int MinLengthOfSecrets = 32;

    /// <summary>Answers are kept so long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>The request under way that is to be answered once.</summary>
    sealed record Pending(string Id, string Request, string Key);

    public static TBuilder WithIdempotency<TBuilder>(this TBuilder endpoint, int minLength = 1)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new TakesIdempotencyKey(minLength));

    /// <summary>After authorization.</summary>
    public static void UseIdempotency(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
                context switch
                {
                    { Request.Headers: var headers } when !HttpMethods.IsPost(context.Request.Method) || !headers.ContainsKey(Header) =>
                        next(context),
                    _ when context.GetEndpoint()?.Metadata.GetMetadata<TakesIdempotencyKey>() is { } takes => HandleAsync(
                        context,
                        takes,
                        next
                    ),
                    _ => next(context),
                }
        );

    /// <summary>Says in the OpenAPI document which requests may have the header.</summary>
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (HttpMethods.IsPost(context.Description.HttpMethod!) && metadata.OfType<TakesIdempotencyKey>().LastOrDefault() is { } takes)
        {
            operation.Parameters!.Add(
                new OpenApiParameter
                {
                    Name = Header,
                    In = ParameterLocation.Header,
                    Example = "7f9c2ba4-e88f-4d2b-9a0b-3c1d5e6f7a80",
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.String,
                        MinLength = takes.MinLength,
                        MaxLength = MaxLength,
                    },
                    Description =
                        "Printable ASCII of your choice. The same request with the same key within 24 hours is answered again and done once; another one is 422.",
                }
            );
        }
        return Task.CompletedTask;
    }

    /// <summary>Stores the answer in the transaction of what the request does.</summary>
    public static void Store(IDocumentSession session, HttpContext context, int status, ArticleView view, string? location = null) =>
        Store(session, context, pending =>
            new(pending.Id, pending.Request, status, Json(context, view), $"\"{view.Version}\"", location, Now(context), Article: view.Id)
        );

    /// <summary>The same for an answer that says a secret.</summary>
    public static void KeepClosed(IDocumentSession session, HttpContext context, int status, KeyView view, string? location = null) =>
        Store(session, context, pending =>
            new(
                pending.Id,
                pending.Request,
                status,
                EncryptedText.Close(Json(context, view), pending.Key),
                null,
                location,
                Now(context),
                Closed: true
            )
        );

    static void Store(IDocumentSession session, HttpContext context, Func<Pending, StoredResponse> answer)
    {
        if (context.Features.Get<Pending>() is { } pending)
        {
            session.Insert(answer(pending));
        }
    }

    static string Json<T>(HttpContext context, T view) =>
        JsonSerializer.Serialize(view, context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);

    static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    public static bool IsPending(HttpContext context) => context.Features.Get<Pending>() is not null;

    static async Task HandleAsync(HttpContext context, TakesIdempotencyKey takes, RequestDelegate next)
    {
        var key = Key(context, takes.MinLength);
        var most = context.GetEndpoint()!.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize
            ?? context.RequestServices.GetRequiredService<ListenOptions>().MaxBodyBytes;
        var room = context.RequestServices.GetRequiredService<BodyRoom>();
        using var place = room.Take(long.Min(context.Request.ContentLength ?? most, most));
        var pending = await PendingAsync(context, key);
        if (await AnsweredAsync(context, pending))
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
            if (context.Response.HasStarted || !await AnsweredAsync(context, pending))
            {
                throw;
            }
        }
    }

    /// <exception cref="ProblemException">400: it is too short, too long, or cannot be read out.</exception>
    static string Key(HttpContext context, int atLeast)
    {
        var key = context.Request.Headers[Header].ToString();
        return key.Length < atLeast || key.Length > MaxLength || key.Any(c => c is < ' ' or > '~')
            ? throw ProblemException.BadRequest(Header, $"must have {atLeast} to {MaxLength} printable ASCII characters")
            : key;
    }

    /// <summary>The body is read as a whole, up to the limit of the endpoint's bodies, and can be read again.</summary>
    static async Task<Pending> PendingAsync(HttpContext context, string key)
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
        var whose = SHA256.HashData(Encoding.UTF8.GetBytes($"{Caller.Current!.Id}\n{key}"));
        return new(Convert.ToHexString(whose), Convert.ToHexString(digest.GetHashAndReset()), key);
    }

    /// <summary>Whether it was answered before, and so is again.</summary>
    /// <exception cref="ProblemException">422: the key belongs to another request. 403: the article is not for who asks, by
    /// now.</exception>
    static async Task<bool> AnsweredAsync(HttpContext context, Pending pending)
    {
        await using var session = context.RequestServices.GetRequiredService<IDocumentStore>().QuerySession();
        if (await session.LoadAsync<StoredResponse>(pending.Id, context.RequestAborted) is not { } answer)
        {
            return false;
        }
        if (answer.Request != pending.Request)
        {
            throw new ProblemException(
                422,
                "idempotency-key-reused",
                $"{Header}: the key was used for another request; a new request needs a new key."
            )
            {
                Members = { ["errors"] = new Dictionary<string, string[]> { [Header] = ["was used for another request"] } },
            };
        }
        if (answer.Article is { } article)
        {
            await session.FetchArticleAsync(article, context.RequestAborted);
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

    /// <summary>Forgets answers whose time is over.</summary>
    public sealed class Sweep(IDocumentStore store, TimeProvider clock, ILogger<Sweep> log) : BackgroundService
    {
        static readonly TimeSpan interval = TimeSpan.FromMinutes(10);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(interval, clock);
            while (
                await timer
                    .WaitForNextTickAsync(stoppingToken)
                    .AsTask()
                    .ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default)
            )
            {
                try
                {
                    var before = clock.GetUtcNow() - Kept;
                    await using var session = store.LightweightSession();
                    session.DeleteWhere<StoredResponse>(answer => answer.At < before);
                    await session.SaveChangesAsync(stoppingToken);
                }
                catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
                {
                    log.LogWarning("Old answers could not be swept away; trying again: {Fault}", fault.Message);
                }
            }
        }
    }
}
