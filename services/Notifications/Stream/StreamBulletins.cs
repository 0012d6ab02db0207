using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// Live bulletins as server-sent events (WHATWG HTML, section 9.2). With Last-Event-ID, what was missed comes first. See
/// <c>PROTOCOL.md</c>.
/// </summary>
public static class StreamBulletins
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/stream", Handle)
            .AllowAnonymous()
            .WithSummary("Stream bulletins as server-sent events")
            .WithTags("Stream")
            .WithQuery("topic", "lastEventId", "ticket")
            .Produces<string>(contentType: EventStreamWriter.MediaType)
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(429)
            .WithDescription(
                "Events are named `published`, `updated`, `corrected` and `withdrawn`; `id` is the position in the log, "
                    + "data one line of JSON. After `Last-Event-ID` what was missed comes first; `gap` says that some of it is not there "
                    + "any more. Heartbeats are comments. With `Accept-Encoding: gzip` the stream is compressed. An instance that stops, "
                    + "or whose store is away, answers those who accept `text/event-stream` with a stream that only says when to come "
                    + "back, since browsers take a 503 for the end. The same over a WebSocket, as JSON messages, is at `/api/stream/ws`; "
                    + "`PROTOCOL.md` beside the service's streams describes both."
            );

    static async Task<IResult> Handle(
        HttpContext context,
        ConnectionAdmission admission,
        BulletinReader reader,
        Broadcaster broadcaster,
        StreamOptions options,
        PortalOptions portal
    )
    {
        var topics = Topics.Parse(
            context.Request.Query["topic"],
            portal,
            maxTopics: options.MaxTopics,
            maxLength: options.MaxTopicCharacters
        );
        var start = FromOf(context.Request);
        if (!admission.IsOpen && IsEventSource(context.Request))
        {
            return await ComeBackAsync(context, options);
        }
        var connection = await admission.EnterAsync(context, "sse", StreamMemory.Subscription + topics.Bytes);
        var stream = new EventStream(new(topics, connection, options.QueueLength), reader, broadcaster, admission, options);
        try
        {
            await stream.BeginAsync(context, start);
            if (!stream.GoesOn)
            {
                await stream.TellAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left, and resumes where it was.
        }
        catch (Exception fault) when (!context.Response.HasStarted && TransientFault.IsTransient(fault) && IsEventSource(context.Request))
        {
            return await ComeBackAsync(context, options);
        }
        finally
        {
            if (!stream.GoesOn)
            {
                await stream.DisposeAsync();
            }
        }
        return Results.Empty;
    }

    /// <summary>The header is what a browser sends when it comes back, so it is newer than the address.</summary>
    static StartPosition? FromOf(HttpRequest request)
    {
        var (name, text) = request.Headers["Last-Event-ID"] is { Count: > 0 } header
            ? ("Last-Event-ID", header.ToString())
            : ("lastEventId", request.Query["lastEventId"].ToString());
        return text.Length == 0 ? null : StartPosition.Parse(name, text);
    }

    static bool IsEventSource(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(EventStreamWriter.MediaType, StringComparison.OrdinalIgnoreCase);

    /// <summary>An EventSource takes any other answer for the end, and would never come back.</summary>
    static async Task<IResult> ComeBackAsync(HttpContext context, StreamOptions options)
    {
        context.Response.ContentType = EventStreamWriter.MediaType;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(
            $"retry: {options.NextRetry()}\n: unavailable at the moment, come back\n\n",
            context.RequestAborted
        );
        return Results.Empty;
    }
}
