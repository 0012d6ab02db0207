using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Answers what a request's handling throws with problem details.</summary>
static class ProblemMiddleware
{
    /// <remarks>Not an exception handler of ASP.NET Core's, since those take the ETag off the answer.</remarks>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
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
            BadHttpRequestException { InnerException: JsonException json } => Problems.BadRequest(json),
            BadHttpRequestException { StatusCode: 413 } => BodyLimit.TooLong(null),
            BadHttpRequestException { StatusCode: 400 } bad => BadRequest(bad),
            BadHttpRequestException bad => new ProblemException(
                bad.StatusCode,
                ProblemStatus.CodeOf(bad.StatusCode),
                ProblemStatus.DetailOf(bad.StatusCode) ?? bad.Message
            ),
            not OperationCanceledException when TransientFault.IsTransient(exception) => ProblemException.Unavailable(
                "The store does not answer. Try again shortly.",
                TimeSpan.FromSeconds(2)
            ),
            _ => null,
        };

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
}
