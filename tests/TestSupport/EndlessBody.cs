using System.Net;

namespace NewsPlatform.TestSupport;

/// <summary>A body that is announced and never comes, so that whoever waits for it waits for good.</summary>
public sealed class EndlessBody : HttpContent
{
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndlessBody(string mediaType = "application/json") => Headers.ContentType = new(mediaType);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(cancellationToken);
        await ended.Task.WaitAsync(cancellationToken);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, default);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        ended.TrySetCanceled();
        base.Dispose(disposing);
    }
}
