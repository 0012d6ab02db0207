using System.IO.Pipelines;
using System.Net;
using NewsPlatform.Gateway.Instances;
using Yarp.ReverseProxy.Forwarder;

namespace NewsPlatform.Gateway;

/// <summary>
/// Hands what a client has sent to the service at once. HttpClient gathers what is written over HTTP/2 until a buffer is full, so that a
/// wire that sends a line now and then would wait for its answer until it has sent many.
/// </summary>
public sealed class UnbufferedForwarder(InstanceOptions options) : ForwarderHttpClientFactory
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = TimeSpan.FromMilliseconds(options.ConnectMilliseconds);
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new Handler { InnerHandler = handler };

    sealed class Handler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            var first = FirstByte.Of(request);
            if (request.Content is { Headers.ContentLength: not 0 } body)
            {
                request.Content = new Flushed(body, first);
            }
            else if (request.Content?.Headers.NonValidated.Count == 1)
            {
                // Its length says that it is empty, and over HTTP/2 the end would come in a frame of its own: whether the service has that
                // by the time it looks for a body is chance.
                request.Content = null;
            }
            return first is null ? base.SendAsync(request, ct) : first.AwaitAsync(its => base.SendAsync(request, its), ct);
        }
    }

    /// <summary>A pipe flushes the stream below it with every write.</summary>
    sealed class Flushed : HttpContent
    {
        readonly HttpContent body;
        readonly FirstByte? first;

        public Flushed(HttpContent body, FirstByte? first)
        {
            (this.body, this.first) = (body, first);
            foreach (var header in body.Headers.NonValidated)
            {
                Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, default);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken ct) =>
            body.CopyToAsync(
                PipeWriter.Create(first is null ? stream : new Taken(stream, first), new(leaveOpen: true)).AsStream(),
                context,
                ct
            );

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                body.Dispose();
            }
            base.Dispose(disposing);
        }
    }

    /// <summary>Says of each write that the instance has taken it.</summary>
    sealed class Taken(Stream to, FirstByte first) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await to.WriteAsync(buffer, cancellationToken);
            first.GoOn();
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await to.FlushAsync(cancellationToken);
            first.GoOn();
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
