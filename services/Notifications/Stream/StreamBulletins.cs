using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// Live bulletins as server-sent events (WHATWG HTML, section 9.2). With Last-Event-ID, what was missed comes first, from the log.
/// A control frame carries no id, so that it never becomes the place to resume from.
/// </summary>
public static class StreamBulletins
{
    static readonly byte[] heartbeat = ": \n\n"u8.ToArray();

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/stream", Handle)
        .WithSummary("Live bulletins as server-sent events").WithTags("Stream").WithQuery("topic", "lastEventId")
        .Produces<string>(contentType: "text/event-stream")
        .WithDescription("Events are named `published`, `updated`, `corrected` and `withdrawn`; `id` is the position in the log, data one line of JSON. "
            + "After `Last-Event-ID` what was missed comes first; `gap` says that some of it is not there any more. Heartbeats are comments.");

    static async Task<IResult> Handle(HttpContext context, BulletinLog bulletins, Wire wire, LogTail tail, StreamOptions options, PortalOptions portal,
        IHostApplicationLifetime lifetime)
    {
        var topics = Topics.Parse(context.Request.Query["topic"], portal);
        var lastSeen = LastSeen(context.Request);
        if (wire.Count >= options.MaxSubscribers || !tail.Begun.IsCompleted)
        {
            throw new Refusal(503, "unavailable", "No more subscribers can be served here at the moment.") { Headers = { ["Retry-After"] = "5" } };
        }
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var ct = ending.Token;
        var subscriber = new Subscriber(topics, options.QueueLength);
        try
        {
            // What was sent already, from the log; the log may have been read further than this instance has handed out.
            var sent = 0L;
            if (lastSeen is { } position)
            {
                await BeginAsync(context, options, ct);
                sent = await ReplayAsync(context.Response, bulletins, topics, position, options, ct);
                sent = await CatchUpAsync(context.Response, bulletins, topics, sent, wire.Join(subscriber), options, ct);
            }
            else
            {
                // Joined before the first byte: who has seen that byte misses nothing from then on.
                wire.Join(subscriber);
                await BeginAsync(context, options, ct);
            }
            await FollowAsync(context.Response, subscriber, sent, options, ct);
        }
        catch (OperationCanceledException)
        {
            // The client left or the service stops; either way the client resumes where it was.
        }
        finally
        {
            wire.Leave(subscriber);
        }
        if (subscriber.Dropped)
        {
            await TellDroppedAsync(context, options);
        }
        return Results.Empty;
    }

    /// <summary>The header is what a browser sends when it comes back, so it is newer than the address.</summary>
    /// <exception cref="Refusal">400 for what is no position.</exception>
    static long? LastSeen(HttpRequest request)
    {
        var (name, text) = request.Headers["Last-Event-ID"] is { Count: > 0 } header
            ? ("Last-Event-ID", header.ToString())
            : ("lastEventId", request.Query["lastEventId"].ToString());
        return text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
            : throw Refusal.Unreadable(name, "is no position in the log: it is the id of an event that was received");
    }

    static async Task BeginAsync(HttpContext context, StreamOptions options, CancellationToken ct)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-transform";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await WriteAsync(context.Response, $"retry: {options.RetryMilliseconds}\n: welcome\n\n", ct);
        await context.Response.BodyWriter.FlushAsync(ct);
    }

    /// <returns>The position up to which everything was replayed.</returns>
    static async Task<long> ReplayAsync(HttpResponse response, BulletinLog bulletins, Topics topics, long lastSeen, StreamOptions options, CancellationToken ct)
    {
        var (oldest, newest) = await bulletins.BoundsAsync(ct);
        if (lastSeen < oldest - 1 || lastSeen > newest)
        {
            await WriteAsync(response, $"event: gap\ndata: {{\"oldest\":{oldest},\"newest\":{newest}}}\n\n", ct);
            lastSeen = oldest - 1;
        }
        return await CatchUpAsync(response, bulletins, topics, lastSeen, newest, options, ct);
    }

    /// <returns>The position up to which everything was sent.</returns>
    static async Task<long> CatchUpAsync(HttpResponse response, BulletinLog bulletins, Topics topics, long after, long upTo, StreamOptions options, CancellationToken ct)
    {
        while (after < upTo)
        {
            var page = await bulletins.ReadAsync(after, (int)Math.Min(options.ReplayPage, upTo - after), ct);
            foreach (var frame in page.Select(b => new Frame(b)).Where(f => f.Position <= upTo && topics.Match(f.Topics)))
            {
                await response.BodyWriter.WriteAsync(frame.Bytes, ct);
            }
            await response.BodyWriter.FlushAsync(ct);
            if (page.Count == 0)
            {
                break;
            }
            after = page[^1].Position;
        }
        return Math.Max(after, upTo);
    }

    static async Task FollowAsync(HttpResponse response, Subscriber subscriber, long sent, StreamOptions options, CancellationToken ct)
    {
        var silence = TimeSpan.FromSeconds(options.HeartbeatSeconds);
        var waiting = subscriber.Queue.WaitToReadAsync(ct).AsTask();
        while (true)
        {
            try
            {
                if (!await waiting.WaitAsync(silence, ct))
                {
                    return;
                }
                while (subscriber.Queue.TryRead(out var frame))
                {
                    if (frame.Position > sent)
                    {
                        await response.BodyWriter.WriteAsync(frame.Bytes, ct);
                    }
                }
                waiting = subscriber.Queue.WaitToReadAsync(ct).AsTask();
            }
            catch (TimeoutException)
            {
                await response.BodyWriter.WriteAsync(heartbeat, ct);
            }
            await response.BodyWriter.FlushAsync(ct);
        }
    }

    static async Task TellDroppedAsync(HttpContext context, StreamOptions options)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(options.DropSeconds));
        try
        {
            await WriteAsync(context.Response, ": dropped, since more bulletins waited than are kept; resume with Last-Event-ID\n\n", patience.Token);
            await context.Response.BodyWriter.FlushAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    static ValueTask<System.IO.Pipelines.FlushResult> WriteAsync(HttpResponse response, string text, CancellationToken ct) =>
        response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
}
