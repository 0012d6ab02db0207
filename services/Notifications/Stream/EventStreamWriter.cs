using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>What goes out over one connection of server-sent events, compressed or not.</summary>
/// <remarks>
/// Over HTTP/1.1 the chunks, which are made once for everybody, go to the connection's socket as they are: a call of the kernel's each, and
/// nothing is copied or kept for this connection, nor of the request. Kestrel has sent the head by then (see <see cref="StreamSetup"/>). To
/// whom speaks something else Kestrel writes.
/// </remarks>
sealed class EventStreamWriter : IAsyncDisposable
{
    public const string MediaType = "text/event-stream";

    const int Long = 32 << 10;
    static readonly KeyValuePair<string, object?> transport = new("transport", "sse");

    readonly Connection connection;
    readonly GzipMember? gzip;
    readonly bool chunked;

    /// <summary>By which it is written; null when it is written to the socket.</summary>
    HttpContext? request;
    Socket? socket;
    ConnectionContext? below;
    Timer? patience;

    /// <summary>What waits to be written: it alone, or several in one buffer that is rented until they are.</summary>
    ReadOnlyMemory<byte> waiting;
    byte[]? several;

    public EventStreamWriter(HttpContext context, Connection connection, Start start)
    {
        (request, this.connection) = (context, connection);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            // Who is slow is known by what waits, and has DropSeconds at the end.
            rate.MinDataRate = null;
        }
        var headers = context.Response.Headers;
        context.Response.ContentType = MediaType;
        headers.CacheControl = "no-cache, no-transform";
        headers["X-Accel-Buffering"] = "no";
        headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        headers["Last-Event-ID"] = $"{start.After}";
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            headers.TransferEncoding = "chunked";
            chunked = true;
        }
        if (TakesGzip(context.Request))
        {
            headers.ContentEncoding = "gzip";
            gzip = new();
            Add(GzipMember.Header);
        }
    }

    public bool IsLong => waiting.Length >= Long;

    public void Add(Frame frame) => Add(gzip is null ? frame.Chunk : gzip.Add(frame.Gzip));

    /// <summary>Completes when the kernel has all of it; if the connection is gone, that is ended.</summary>
    public async ValueTask FlushAsync()
    {
        StreamMetrics.Bytes.Add(waiting.Length, transport);
        try
        {
            if (socket is not null)
            {
                await socket.SendAllAsync(waiting);
            }
            else if (request is { Response.BodyWriter: var body })
            {
                body.Write(waiting.Span);
                await body.FlushAsync();
            }
            connection.Sent();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            connection.End(Ending.Left);
            // Nothing can come behind what was sent in part.
            Abort();
        }
        finally
        {
            waiting = default;
            if (several is not null)
            {
                ArrayPool<byte>.Shared.Return(several);
                several = null;
            }
        }
    }

    /// <summary>In order, so that whoever reads knows that nothing was cut off.</summary>
    public ValueTask EndAsync()
    {
        if (gzip is not null)
        {
            Add(gzip.End());
        }
        if (chunked)
        {
            Append(HttpChunk.Last);
        }
        return FlushAsync();
    }

    /// <summary>Who has not taken by then what there is to be said is cut off.</summary>
    public void EndWithin(TimeSpan time) =>
        patience = new(static writer => ((EventStreamWriter)writer!).Abort(), this, time, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync() => patience?.DisposeAsync() ?? default;

    void Add(HttpChunk chunk) => Append(chunked ? chunk.Whole : chunk.Content);

    void Append(ReadOnlyMemory<byte> bytes)
    {
        if (waiting.IsEmpty)
        {
            waiting = bytes;
            return;
        }
        var length = waiting.Length + bytes.Length;
        if (several is null || several.Length < length)
        {
            var longer = ArrayPool<byte>.Shared.Rent(Math.Max(length, Long));
            waiting.CopyTo(longer);
            if (several is not null)
            {
                ArrayPool<byte>.Shared.Return(several);
            }
            several = longer;
        }
        bytes.CopyTo(several.AsMemory(waiting.Length));
        waiting = several.AsMemory(0, length);
    }

    /// <summary>
    /// From now on it is written to the socket of a connection whose HTTP is over. What Kestrel has flushed is with the kernel already.
    /// </summary>
    public void Take(ConnectionContext below, Socket its)
    {
        (this.below, socket, request) = (below, its, null);
        its.Blocking = false;
    }

    void Abort()
    {
        below?.Abort();
        request?.Abort();
    }

    /// <summary>Named with a weight that is not nothing (RFC 9110, section 12.5.3).</summary>
    static bool TakesGzip(HttpRequest request) =>
        request
            .GetTypedHeaders()
            .AcceptEncoding.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
}
