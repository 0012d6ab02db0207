using System.IO.Pipelines;
using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace NewsPlatform.Gateway;

/// <summary>
/// Hands what a client has sent to the service at once. HttpClient gathers what is written over HTTP/2 until a buffer is full, so that a
/// wire that sends a line now and then would wait for its answer until it has sent many.
/// </summary>
public sealed class UnbufferedForwarder : ForwarderHttpClientFactory
{
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new Handler { InnerHandler = handler };

    sealed class Handler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            if (request.Content is { Headers.ContentLength: not 0 } body)
            {
                request.Content = new Flushed(body);
            }
            else if (request.Content?.Headers.NonValidated.Count == 1)
            {
                // Its length says that it is empty, and over HTTP/2 the end would come in a frame of its own: whether the service has that
                // by the time it looks for a body is chance.
                request.Content = null;
            }
            return base.SendAsync(request, ct);
        }
    }

    /// <summary>A pipe flushes the stream below it with every write.</summary>
    sealed class Flushed : HttpContent
    {
        readonly HttpContent body;

        public Flushed(HttpContent body)
        {
            this.body = body;
            foreach (var header in body.Headers.NonValidated)
            {
                Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, default);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken ct) =>
            body.CopyToAsync(PipeWriter.Create(stream, new(leaveOpen: true)).AsStream(), context, ct);

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
}
