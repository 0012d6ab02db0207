using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// One stream of server-sent events, from its first word to its last. Where it can, it outlives the request that opened it: see
/// <see cref="ConnectionHandover"/>.
/// </summary>
sealed class EventStream(
    Subscriber subscriber,
    BulletinReader reader,
    Broadcaster broadcaster,
    ConnectionAdmission admission,
    StreamOptions options
) : IAsyncDisposable
{
    Start? begun;
    EventStreamWriter? output;

    /// <summary>It is told by its connection when the request has ended, and leaves by itself.</summary>
    public bool GoesOn { get; private set; }

    /// <summary>Answers, and says a first word.</summary>
    public async Task BeginAsync(HttpContext context, StartPosition? start)
    {
        begun = await reader.BeginAsync(subscriber, start, context.RequestAborted);
        output = new(context, subscriber.Connection, begun);
        output.Add(Frame.Text($"retry: {options.NextRetry()}\n: welcome"));
        if (ConnectionHandover.Of(context) is { } handover && context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            context.Response.Headers.Connection = "close";
            await output.FlushAsync();
            handover.To(below => GoOnAsync(below, socket));
            GoesOn = true;
        }
        else
        {
            await output.FlushAsync();
        }
    }

    /// <summary>Until its end.</summary>
    /// <param name="gone">That the client is.</param>
    public async Task TellAsync(CancellationToken gone)
    {
        var (connection, output) = (subscriber.Connection, this.output!);
        await using var left = gone.UnsafeRegister(static state => ((Connection)state!).End(Ending.Left), connection);
        await using var stop = connection.Ended.UnsafeRegister(static state => ((EventStream)state!).Stop(), this);
        connection.Quiet = subscriber;
        await foreach (var frame in reader.ReadAsync(subscriber, begun!, gone))
        {
            output.Add(frame);
            if (!subscriber.HasNext || output.IsLong)
            {
                await output.FlushAsync();
            }
        }
        output.Add(Farewell());
        await output.EndAsync();
    }

    public ValueTask DisposeAsync()
    {
        broadcaster.Leave(subscriber);
        admission.Leave(subscriber.Connection);
        return output?.DisposeAsync() ?? default;
    }

    async Task GoOnAsync(ConnectionContext below, Socket socket)
    {
        try
        {
            output!.Take(below, socket);
            await TellAsync(below.ConnectionClosed);
        }
        catch (OperationCanceledException) when (below.ConnectionClosed.IsCancellationRequested)
        {
            // The client left, and resumes where it was.
        }
        finally
        {
            await DisposeAsync();
        }
    }

    void Stop()
    {
        output!.EndWithin(TimeSpan.FromSeconds(options.DropSeconds));
        subscriber.Stop();
    }

    Frame Farewell() =>
        Frame.Text(
            subscriber.Connection switch
            {
                { Why: Ending.Dropped } => ": dropped, since more bulletins waited than are kept; resume with Last-Event-ID",
                { Why: Ending.Revoked, Fault: var fault } => $": ended, since {fault}",
                // Whoever was ended at the same moment comes back at another one.
                { Why: Ending.Rotated } =>
                    $"retry: {options.NextRetry()}\n: ended, since it was old; come back, perhaps to another instance",
                _ => $"retry: {options.NextRetry()}\n: ended, since this instance stops",
            }
        );
}
