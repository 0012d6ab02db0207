using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Refuses a body that is too long so that its sender reads the refusal. Kestrel closes the connection as soon as its own limit is passed,
/// and an ordinary client, which is still sending then, sees a broken connection. So the limit is kept here, and Kestrel takes what is
/// left, answer given, for its five seconds at most.
/// </summary>
public static class BodyLimit
{
    /// <summary>After routing, which knows of endpoints that take less or more.</summary>
    public static void UseBodyLimit(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (
                    context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }
                    || context.Features.Get<IHttpMaxRequestBodySizeFeature>()
                        is not { IsReadOnly: false, MaxRequestBodySize: { } limit } size
                )
                {
                    return next(context);
                }
                // A stream of HTTP/2 is answered and reset without the connection's suffering by it.
                var alone = HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol);
                if (alone)
                {
                    size.MaxRequestBodySize = null;
                    context.Request.Body = new Bounded(context.Request.Body, limit);
                }
                return context.Request.ContentLength > limit ? throw TooLong(limit) : next(context);
            }
        );

    /// <summary>Whether a body was broken off because it is too long.</summary>
    /// <exception cref="ProblemException">413.</exception>
    public static void Require(HttpContext context)
    {
        if (context.Request.Body is Bounded { Exceeded: true } body)
        {
            throw TooLong(body.Limit);
        }
    }

    public static ProblemException TooLong(long? limit) =>
        new(
            413,
            "too-large",
            limit is null
                ? "The body is longer than this service takes."
                : $"The body is longer than the {limit} bytes that are taken here."
        );

    sealed class Bounded(Stream inner, long limit) : Stream
    {
        long read;

        public long Limit => limit;
        public bool Exceeded => read > limit;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        int Count(int count)
        {
            read += count;
            return Exceeded ? throw new BadHttpRequestException("The body is too long.", StatusCodes.Status413PayloadTooLarge) : count;
        }
    }
}
