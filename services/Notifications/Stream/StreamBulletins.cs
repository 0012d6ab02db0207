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
        var subscriber = new Subscriber(topics, connection, options.QueueLength);
        try
        {
            Start begun;
            try
            {
                begun = await reader.BeginAsync(subscriber, start, context.RequestAborted);
            }
            catch (Exception fault)
                when (fault is not OperationCanceledException && TransientFault.IsTransient(fault) && IsEventSource(context.Request))
            {
                return await ComeBackAsync(context, options);
            }
            await using var left = context.RequestAborted.UnsafeRegister(static state => ((Connection)state!).End(Ending.Left), connection);
            await using var output = new EventStreamWriter(context, connection, begun);
            await using var stop = connection.Ended.UnsafeRegister(
                static state =>
                {
                    var (subscriber, output, patience) = ((Subscriber, EventStreamWriter, TimeSpan))state!;
                    output.EndWithin(patience);
                    subscriber.Stop();
                },
                (subscriber, output, TimeSpan.FromSeconds(options.DropSeconds))
            );

            output.Add(Frame.Text($"retry: {Retry(options)}\n: welcome"));
            await output.FlushAsync();
            connection.Quiet = subscriber;
            await foreach (var frame in reader.ReadAsync(subscriber, begun, context.RequestAborted))
            {
                output.Add(frame);
                if (!subscriber.HasNext || output.IsLong)
                {
                    await output.FlushAsync();
                }
            }
            output.Add(Farewell(connection, options));
            await output.EndAsync();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left, and resumes where it was.
        }
        finally
        {
            broadcaster.Leave(subscriber);
            admission.Leave(connection);
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
        await context.Response.WriteAsync($"retry: {Retry(options)}\n: unavailable at the moment, come back\n\n", context.RequestAborted);
        return Results.Empty;
    }

    static int Retry(StreamOptions options) => (int)(options.RetryMilliseconds * (0.5 + Random.Shared.NextDouble()));

    static Frame Farewell(Connection connection, StreamOptions options) =>
        Frame.Text(
            connection.Why switch
            {
                Ending.Dropped => ": dropped, since more bulletins waited than are kept; resume with Last-Event-ID",
                Ending.Revoked => $": ended, since {connection.Fault}",
                // Whoever was ended at the same moment comes back at another one.
                Ending.Rotated => $"retry: {Retry(options)}\n: ended, since it was old; come back, perhaps to another instance",
                _ => $"retry: {Retry(options)}\n: ended, since this instance stops",
            }
        );
}
