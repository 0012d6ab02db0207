using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// A request that is answered with problem details (RFC 9457) and changes nothing. <see cref="Code"/> ends the problem's
/// <c>type</c> and is what clients may rely on; the texts are for people.
/// </summary>
public sealed class ProblemException(int status, string code, string detail) : Exception(detail)
{
    public int Status => status;
    public string Code => code;

    /// <summary>Further members of the problem, such as <c>errors</c> or <c>currentVersion</c>.</summary>
    public Dictionary<string, object?> Members { get; } = [];

    /// <summary>Header fields of the answer.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>400: what cannot be read, named by the member, parameter or header at fault.</summary>
    public static ProblemException BadRequest(string name, string rule) =>
        new(400, "unreadable", $"{name}: {rule}") { Members = { ["errors"] = new Dictionary<string, string[]> { [name] = [rule] } } };

    /// <summary>422 that names the one member that breaks a rule.</summary>
    public static ProblemException RuleViolation(string member, string rule) =>
        RuleViolations(new Dictionary<string, string[]> { [member] = [rule] });

    /// <summary>422: what can be read and breaks a rule.</summary>
    public static ProblemException RuleViolations(IDictionary<string, string[]> errors) =>
        new(
            422,
            "rule-broken",
            "The request breaks a rule: " + string.Join("; ", errors.Select(e => $"{e.Key}: {string.Join(", ", e.Value)}"))
        )
        {
            Members = { ["errors"] = errors },
        };

    /// <summary>404, also for what there is but not for this reader.</summary>
    public static ProblemException NotFound(string what) => new(404, "not-found", $"There is no such {what}.");

    /// <summary>429 (RFC 6585, section 4).</summary>
    /// <param name="after">When to come again; said in whole seconds, one at the least.</param>
    public static ProblemException TooMany(string detail, TimeSpan after) => Later(429, "too-many-requests", detail, after);

    /// <summary>503: it would be possible at another time.</summary>
    /// <inheritdoc cref="TooMany"/>
    public static ProblemException Unavailable(string detail, TimeSpan after) => Later(503, "unavailable", detail, after);

    static ProblemException Later(int status, string code, string detail, TimeSpan after) =>
        new(status, code, detail) { Headers = { ["Retry-After"] = $"{Math.Max(1, (long)Math.Ceiling(after.TotalSeconds))}" } };

    /// <summary>428: a write must say which version it changes (RFC 6585, section 3).</summary>
    public static ProblemException PreconditionRequired() =>
        new(428, "precondition-required", "Say which version you change: If-Match with the ETag you read, or * for any.");

    /// <summary>412: somebody else was faster (RFC 9110, section 13.1.1).</summary>
    public static ProblemException Stale(long currentVersion) =>
        new(412, "version-stale", $"The article is at version {currentVersion} by now; read it again and repeat your change on it.")
        {
            Members = { ["currentVersion"] = currentVersion },
            Headers = { ["ETag"] = $"\"{currentVersion}\"" },
        };

    public ProblemDetails ToProblem()
    {
        var problem = new ProblemDetails
        {
            Status = Status,
            Type = Problems.Type(Code),
            Detail = Message,
        };
        foreach (var (name, value) in Members)
        {
            problem.Extensions[name] = value;
        }
        return problem;
    }
}

public static class Problems
{
    /// <summary>Characters of an address that are said back.</summary>
    const int MaxInstance = 500;

    public static string Type(string code) => $"urn:newsplatform:problem:{code}";

    public static void AddProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails(options =>
            options.CustomizeProblemDetails = context =>
            {
                var problem = Complete(context.ProblemDetails);
                problem.Instance ??= context.HttpContext.Request.Path.ToString() is { Length: > MaxInstance } path
                    ? path[..MaxInstance]
                    : context.HttpContext.Request.Path;
            }
        );
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => Strict(options.SerializerOptions));
    }

    /// <summary>With what its status alone says, where nobody has said more.</summary>
    internal static ProblemDetails Complete(ProblemDetails problem)
    {
        var status = problem.Status ?? 500;
        if (problem.Type is null || !problem.Type.StartsWith("urn:", StringComparison.Ordinal))
        {
            problem.Type = Type(CodeOf(status));
        }
        problem.Detail ??= DetailOf(status);
        if (status == StatusCodes.Status400BadRequest)
        {
            problem.Extensions.TryAdd("errors", new Dictionary<string, string[]> { ["request"] = [problem.Detail!] });
        }
        return problem;
    }

    /// <summary>A member that is unknown or given twice is refused, so that a misspelt one is not silently lost.</summary>
    public static void Strict(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.AllowOutOfOrderMetadataProperties = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new UtcTimes());
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    }

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(AnswerProblems);
    }

    /// <summary>Says of JSON that could not be read which member it was and what is wrong with it.</summary>
    public static ProblemException BadRequest(JsonException fault)
    {
        var path = fault.Path is null or "$" ? "body" : fault.Path.Replace("$.", "", StringComparison.Ordinal);
        if (fault.Message.Contains("could not be mapped", StringComparison.Ordinal) && fault.Message.Split('\'') is [_, var member, ..])
        {
            return ProblemException.BadRequest(member, "is not a member that this request has");
        }
        if (fault.Message.Contains("Duplicate propert", StringComparison.Ordinal))
        {
            return ProblemException.BadRequest(path, "stands twice");
        }
        return ProblemException.BadRequest(
            path,
            fault.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
                ? "is of the wrong type, or a time without its offset from UTC"
                : $"is not valid JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}"
        );
    }

    /// <summary>ASP.NET Core's words of what it could not bind name types of the program; of them only the parameter is said.</summary>
    static ProblemException BadRequest(BadHttpRequestException fault)
    {
        var parameter = fault.Message.Split('"') is [_, var typed, ..] ? typed : "request";
        var name = parameter.Split(' ')[^1];
        return fault.Message switch
        {
            var text
                when text.Contains("no body was provided", StringComparison.Ordinal)
                    || text.EndsWith("was not provided from body.", StringComparison.Ordinal) => ProblemException.BadRequest(
                "body",
                "is required, as application/json"
            ),
            var text when text.StartsWith("Required parameter", StringComparison.Ordinal) => ProblemException.BadRequest(
                name,
                "is required"
            ),
            var text when text.StartsWith("Failed to bind parameter", StringComparison.Ordinal) => ProblemException.BadRequest(
                name,
                parameter.StartsWith("bool ", StringComparison.Ordinal) || parameter.Contains("<bool>", StringComparison.Ordinal)
                    ? "must be true or false"
                    : "is of the wrong type"
            ),
            _ => ProblemException.BadRequest("body", "cannot be read: it is not sent as HTTP says"),
        };
    }

    /// <summary>Where nobody has said more.</summary>
    static string? DetailOf(int status) =>
        status switch
        {
            400 => "The request cannot be read.",
            401 => "A key or a token that is good is needed.",
            403 => "Who asks may not do this.",
            404 => "There is nothing at this address.",
            405 => "This address does not take the method; Allow says which it takes.",
            406 => "It is not to be had in a form that is accepted.",
            408 => "The request came too slowly.",
            411 => "The length of the body must be said.",
            412 => "What If-Match or If-Unmodified-Since asks for does not hold.",
            413 => "The body is longer than this service takes.",
            414 => "The address is too long.",
            415 => "The body is of a media type that is not taken here.",
            429 => "There were too many requests.",
            431 => "The header fields are too long.",
            505 => "HTTP/1.1 and HTTP/2 are spoken here.",
            502 or 503 or 504 => "Something that is needed for this is away. Try again shortly.",
            500 => "Something went wrong here. The trace id names it to the operators.",
            _ => null,
        };

    static string CodeOf(int status) =>
        status switch
        {
            400 => "unreadable",
            401 => "unauthenticated",
            403 => "forbidden",
            404 => "not-found",
            405 => "method-not-allowed",
            406 => "not-acceptable",
            408 => "too-slow",
            411 => "length-required",
            412 => "precondition-failed",
            413 => "too-large",
            414 or 431 => "too-long",
            415 => "media-type-unsupported",
            429 => "too-many-requests",
            502 or 503 or 504 => "unavailable",
            505 => "version-unknown",
            < 500 => "refused",
            _ => "internal",
        };

    /// <remarks>Not an exception handler of ASP.NET Core's, since those take the ETag off the answer.</remarks>
    static async Task AnswerProblems(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && (ProblemOf(exception) ?? TooLong(exception)) is { } problem)
        {
            context.Response.Clear();
            context.Response.StatusCode = problem.Status;
            context.Response.Headers.CacheControl = "no-store";
            foreach (var (name, value) in problem.Headers)
            {
                context.Response.Headers[name] = value;
            }
            await context
                .RequestServices.GetRequiredService<IProblemDetailsService>()
                .TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem.ToProblem() });
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered, and whatever failed of it is no fault of ours: a stack trace each would let anybody fill the
            // log.
            context
                .RequestServices.GetRequiredService<ILoggerFactory>()
                .CreateLogger(typeof(Problems))
                .LogDebug(exception, "The client broke off");
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
    }

    /// <summary>
    /// Over HTTP/2 the reader of JSON hides Kestrel's fault, of a body that is too long, behind one of its own about the pipe. Whoever
    /// broke off instead reads no answer.
    /// </summary>
    static ProblemException? TooLong(Exception exception) =>
        exception is InvalidOperationException { Source: "System.IO.Pipelines" }
            ? ProblemOf(new BadHttpRequestException("", StatusCodes.Status413PayloadTooLarge))
            : null;

    static ProblemException? ProblemOf(Exception exception) =>
        exception switch
        {
            ProblemException problem => problem,
            BadHttpRequestException { InnerException: JsonException json } => BadRequest(json),
            BadHttpRequestException { StatusCode: 413 } => BodyLimit.TooLong(null),
            BadHttpRequestException { StatusCode: 400 } bad => BadRequest(bad),
            BadHttpRequestException bad => new ProblemException(
                bad.StatusCode,
                CodeOf(bad.StatusCode),
                DetailOf(bad.StatusCode) ?? bad.Message
            ),
            not OperationCanceledException when TransientFault.IsTransient(exception) => ProblemException.Unavailable(
                "The store does not answer. Try again shortly.",
                TimeSpan.FromSeconds(2)
            ),
            _ => null,
        };
}
