using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using NewsPlatform.ServiceDefaults;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What a request with an Idempotency-Key was answered, stored with what it did.</summary>
/// <param name="Id">A digest of who sent it and its key.</param>
/// <param name="Request">A digest of the request: its route and its body.</param>
public sealed record Answer(string Id, string Request, int Status, string Body, string ETag, string? Location, DateTimeOffset At);

/// <summary>
/// Lets a client whose connection broke send a POST again without its happening twice: <c>Idempotency-Key</c> names the request, and a
/// repeat gets the first one's answer, whichever instance it reaches. What was refused is not kept, since nothing happened.
/// </summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";

    /// <summary>Characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Answers are kept so long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>The request under way that is to be answered once.</summary>
    sealed record Pending(string Id, string Request);

    public static void UseIdempotency(this IApplicationBuilder app, PathString path) => app.UseWhen(
        context => HttpMethods.IsPost(context.Request.Method) && context.Request.Path.StartsWithSegments(path) && context.Request.Headers.ContainsKey(Header),
        branch => branch.Use(HandleAsync));

    /// <summary>Says in the OpenAPI document which requests may have the header.</summary>
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (HttpMethods.IsPost(context.Description.HttpMethod!) && context.Description.RelativePath!.StartsWith("api/articles", StringComparison.Ordinal))
        {
            operation.Parameters!.Add(new OpenApiParameter
            {
                Name = Header, In = ParameterLocation.Header, Example = "7f9c2ba4-e88f-4d2b-9a0b-3c1d5e6f7a80",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = MaxLength },
                Description = "Printable ASCII of your choice. The same request with the same key within 24 hours is answered again and done once; another one is 422.",
            });
        }
        return Task.CompletedTask;
    }

    /// <summary>Stores the answer in the transaction of what the request does.</summary>
    public static void Keep(IDocumentSession session, HttpContext context, int status, ArticleView view, string? location = null)
    {
        if (context.Features.Get<Pending>() is { } pending)
        {
            var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            session.Insert(new Answer(pending.Id, pending.Request, status, JsonSerializer.Serialize(view, json), $"\"{view.Version}\"", location,
                context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()));
        }
    }

    public static bool IsPending(HttpContext context) => context.Features.Get<Pending>() is not null;

    static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var pending = await PendingAsync(context);
        if (await AnsweredAsync(context, pending))
        {
            return;
        }
        context.Features.Set(pending);
        try
        {
            await next(context);
        }
        catch (Refusal)
        {
            // The same request may have been under way twice, and the other one have done it.
            if (context.Response.HasStarted || !await AnsweredAsync(context, pending))
            {
                throw;
            }
        }
    }

    static async Task<Pending> PendingAsync(HttpContext context)
    {
        var key = context.Request.Headers[Header].ToString();
        if (key.Length is 0 or > MaxLength || key.Any(c => c is < ' ' or > '~'))
        {
            throw Refusal.Unreadable(Header, $"must have 1 to {MaxLength} printable ASCII characters");
        }
        context.Request.EnableBuffering();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes($"{context.Request.Path}{context.Request.QueryString}\n{context.Request.Headers.IfMatch}\n"));
        var buffer = new byte[16 << 10];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            digest.AppendData(buffer, 0, read);
        }
        context.Request.Body.Position = 0;
        return new(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{context.User.Identity?.Name}\n{key}"))), Convert.ToHexString(digest.GetHashAndReset()));
    }

    /// <summary>Whether it was answered before, and so is again.</summary>
    /// <exception cref="Refusal">422: the key belongs to another request.</exception>
    static async Task<bool> AnsweredAsync(HttpContext context, Pending pending)
    {
        await using var session = context.RequestServices.GetRequiredService<IDocumentStore>().QuerySession();
        if (await session.LoadAsync<Answer>(pending.Id, context.RequestAborted) is not { } answer)
        {
            return false;
        }
        if (answer.Request != pending.Request)
        {
            throw new Refusal(422, "idempotency-key-reused", $"{Header}: the key was used for another request; a new request needs a new key.")
            {
                Members = { ["errors"] = new Dictionary<string, string[]> { [Header] = ["was used for another request"] } },
            };
        }
        context.Response.StatusCode = answer.Status;
        context.Response.Headers.ETag = answer.ETag;
        context.Response.Headers.Location = answer.Location;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer.Body, context.RequestAborted);
        return true;
    }

    /// <summary>Forgets answers whose time is over.</summary>
    public sealed class Sweep(IDocumentStore store, TimeProvider clock, ILogger<Sweep> log) : BackgroundService
    {
        static readonly TimeSpan interval = TimeSpan.FromMinutes(10);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(interval, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default))
            {
                try
                {
                    var before = clock.GetUtcNow() - Kept;
                    await using var session = store.LightweightSession();
                    session.DeleteWhere<Answer>(answer => answer.At < before);
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
