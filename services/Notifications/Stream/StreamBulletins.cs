using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// Live bulletins as server-sent events (WHATWG HTML, section 9.2). With Last-Event-ID, what was missed comes first. See
/// <c>PROTOCOL.md</c>.
/// </summary>
public static class StreamBulletins
{
    const string EventStream = "text/event-stream";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/stream", Handle)
            .AllowAnonymous()
            .WithSummary("Stream bulletins as server-sent events")
            .WithTags("Stream")
            .WithQuery("topic", "lastEventId", "ticket")
            .Produces<string>(contentType: EventStream)
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
            var output = new Output(context, connection, begun);
            await using var stop = connection.Ended.UnsafeRegister(
                static state =>
                {
                    var (subscriber, body) = ((Subscriber, PipeWriter))state!;
                    subscriber.Stop();
                    body.CancelPendingFlush();
                },
                (subscriber, context.Response.BodyWriter)
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
            await EndAsync(context, connection, output, options);
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
        request.Headers.Accept.ToString().Contains(EventStream, StringComparison.OrdinalIgnoreCase);

    /// <summary>An EventSource takes any other answer for the end, and would never come back.</summary>
    static async Task<IResult> ComeBackAsync(HttpContext context, StreamOptions options)
    {
        context.Response.ContentType = EventStream;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync($"retry: {Retry(options)}\n: unavailable at the moment, come back\n\n", context.RequestAborted);
        return Results.Empty;
    }

    static int Retry(StreamOptions options) => (int)(options.RetryMilliseconds * (0.5 + Random.Shared.NextDouble()));

    /// <summary>Says why, if the client takes it.</summary>
    static async Task EndAsync(HttpContext context, Connection connection, Output output, StreamOptions options)
    {
        output.Add(
            Frame.Text(
                connection.Why switch
                {
                    Ending.Dropped => ": dropped, since more bulletins waited than are kept; resume with Last-Event-ID",
                    Ending.Revoked => $": ended, since {connection.Fault}",
                    // Whoever was ended at the same moment comes back at another one.
                    Ending.Rotated => $"retry: {Retry(options)}\n: ended, since it was old; come back, perhaps to another instance",
                    _ => $"retry: {Retry(options)}\n: ended, since this instance stops",
                }
            )
        );
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            // From here on it is DropSeconds that says how long.
            rate.MinDataRate = null;
        }
        try
        {
            await output.EndAsync().WaitAsync(TimeSpan.FromSeconds(options.DropSeconds));
        }
        catch (TimeoutException)
        {
            context.Abort();
        }
    }

    /// <summary>What goes out over one connection, compressed or not.</summary>
    sealed class Output
    {
        const int Long = 32 << 10;
        static readonly KeyValuePair<string, object?> transport = new("transport", "sse");
        readonly PipeWriter body;
        readonly Connection connection;
        readonly GzipMember? gzip;
        int waiting;

        public Output(HttpContext context, Connection connection, Start start)
        {
            this.connection = connection;
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            var headers = context.Response.Headers;
            context.Response.ContentType = EventStream;
            headers.CacheControl = "no-cache, no-transform";
            headers["X-Accel-Buffering"] = "no";
            headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
            headers["Last-Event-ID"] = $"{start.After}";
            body = context.Response.BodyWriter;
            if (TakesGzip(context.Request))
            {
                headers.ContentEncoding = "gzip";
                gzip = new();
                body.Write(GzipMember.Header);
            }
        }

        public bool IsLong => waiting >= Long;

        public void Add(Frame frame)
        {
            var piece = gzip is null ? frame.Bytes : gzip.Add(frame.Gzip);
            body.Write(piece.Span);
            waiting += piece.Length;
        }

        public async ValueTask FlushAsync()
        {
            StreamMetrics.Bytes.Add(waiting, transport);
            waiting = 0;
            await body.FlushAsync();
            connection.Sent();
        }

        public async Task EndAsync()
        {
            if (gzip is not null)
            {
                body.Write(gzip.End());
            }
            StreamMetrics.Bytes.Add(waiting, transport);
            // The end has cancelled one flush, perhaps this one.
            while ((await body.FlushAsync()).IsCanceled) { }
        }

        /// <summary>Named with a weight that is not nothing (RFC 9110, section 12.5.3).</summary>
        static bool TakesGzip(HttpRequest request) =>
            request
                .GetTypedHeaders()
                .AcceptEncoding.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
    }
}
