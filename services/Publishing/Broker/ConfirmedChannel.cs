using NewsPlatform.ServiceDefaults;
using RabbitMQ.Client;

namespace NewsPlatform.Publishing.Broker;

/// <summary>
/// A channel whose messages the broker confirms, opened when it is first needed, with all of the topology declared. Messages are sent one
/// after the other without waiting in between, and the confirms are awaited together, so that a page costs about one round trip and keeps
/// its order. A fault throws the connection away; whoever sent the page sends it again.
/// </summary>
public sealed class ConfirmedChannel(MessagingOptions messaging, string clientName) : IAsyncDisposable
{
    /// <summary>
    /// Messages sent and not yet confirmed. From half of it on, the client holds back what is sent, and what is held back is overtaken: a
    /// page of 500 events, which is sent twice, must stay below that.
    /// </summary>
    const int MaxOutstandingConfirms = 4_000;

    static readonly TimeSpan confirmTimeout = TimeSpan.FromSeconds(10);

    IConnection? connection;
    IChannel? channel;

    /// <summary>A connection with one such channel, for whoever needs them as they are.</summary>
    public static async Task<(IConnection Connection, IChannel Channel)> OpenAsync(
        MessagingOptions messaging,
        string clientName,
        CancellationToken ct
    )
    {
        var connection = await messaging.ConnectionFactory(clientName).CreateConnectionAsync(ct);
        try
        {
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true,
                    publisherConfirmationTrackingEnabled: true,
                    outstandingPublisherConfirmationsRateLimiter: new ThrottlingRateLimiter(MaxOutstandingConfirms)
                ),
                ct
            );
            await Messaging.DeclareTopologyAsync(channel, ct);
            return (connection, channel);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when the broker has confirmed all of them.</summary>
    /// <param name="send">Sends one; what it answers ends when that is confirmed.</param>
    /// <exception cref="TimeoutException">The broker does not confirm.</exception>
    public async Task SendAsync<T>(IReadOnlyCollection<T> messages, Func<IChannel, T, CancellationToken, Task> send, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(confirmTimeout + TimeSpan.FromMilliseconds(10 * messages.Count));
        try
        {
            var open = await OpenAsync(timeout.Token);
            var confirms = new List<Task>(messages.Count);
            foreach (var message in messages)
            {
                confirms.Add(send(open, message, timeout.Token));
            }
            await Task.WhenAll(confirms);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await CloseAsync();
            throw new TimeoutException("the broker does not confirm");
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        if (channel is { IsOpen: true })
        {
            return channel;
        }
        await CloseAsync();
        (connection, channel) = await OpenAsync(messaging, clientName, ct);
        return channel;
    }

    async Task CloseAsync()
    {
        var (oldChannel, oldConnection) = (channel, connection);
        (channel, connection) = (null, null);
        try
        {
            await (oldChannel?.DisposeAsync() ?? default);
            await (oldConnection?.DisposeAsync() ?? default);
        }
        catch (Exception)
        {
            // It is being thrown away because it is broken.
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();
}
