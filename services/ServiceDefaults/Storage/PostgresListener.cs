using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// PostgreSQL says when something has changed, and a look every second or so finds what such a message that never came would have said.
/// All who listen in a process share one connection: PostgreSQL wakes every session of a database that listens, whatever it listens to.
/// </summary>
public static class PostgresListener
{
    static readonly TimeSpan usually = TimeSpan.FromSeconds(1);
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(500);
    static readonly ConditionalWeakTable<NpgsqlDataSource, PostgresChannels> channels = [];

    /// <summary>
    /// Looks at once, then whenever the channel is notified and at least every so often, until it is to stop. A fault is logged once and
    /// the look repeated.
    /// </summary>
    /// <param name="atLeastEvery">A second, if it is not given.</param>
    public static async Task ListenAsync(
        NpgsqlDataSource database,
        string channel,
        Func<CancellationToken, Task> look,
        ILogger log,
        CancellationToken ct,
        TimeSpan? atLeastEvery = null
    )
    {
        using var listener = Follow(database, channel);
        await ListenAsync(listener, look, log, ct, atLeastEvery);
    }

    /// <summary>The same for who is signalled by others too.</summary>
    public static async Task ListenAsync(
        ChannelListener listener,
        Func<CancellationToken, Task> look,
        ILogger log,
        CancellationToken ct,
        TimeSpan? atLeastEvery = null
    )
    {
        var failing = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await look(ct);
                failing = false;
                await listener.WaitAsync(atLeastEvery ?? usually, ct);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                if (!failing)
                {
                    log.LogWarning(
                        "What is said on {Channel} cannot be followed; trying until it can: {Fault}",
                        listener.Channel,
                        fault.Message
                    );
                }
                failing = true;
                await Task.Delay(pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>
    /// What a notification of this process says, of which its own listeners need no word: whoever sends it calls
    /// <see cref="Signal"/> as soon as it is committed, and saves them the way through the database.
    /// </summary>
    public static string Origin { get; } = Guid.NewGuid().ToString("N");

    /// <summary>To be called when a notification with <see cref="Origin"/> was committed.</summary>
    public static void Signal(NpgsqlDataSource database, string channel)
    {
        if (channels.TryGetValue(database, out var its))
        {
            its.Signal(channel);
        }
    }

    /// <summary>For who waits in between by itself.</summary>
    public static ChannelListener Follow(NpgsqlDataSource database, string channel) =>
        channels.GetValue(database, its => new PostgresChannels(its)).Follow(channel);

    /// <summary>For who is signalled by others alone.</summary>
    public static ChannelListener Alone(string name) => new(name, _ => { });
}
