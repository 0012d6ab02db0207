using Npgsql;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// The one connection on which a process listens, for as long as anybody in it does. Who listens is signalled as soon as its channel is
/// followed, and again whenever it was not for a time, since something may have been said meanwhile.
/// </summary>
sealed class PostgresChannels(NpgsqlDataSource database)
{
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(500);

    readonly Lock gate = new();
    readonly List<ChannelListener> listeners = [];
    TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    bool listening;

    public ChannelListener Follow(string channel)
    {
        var listener = new ChannelListener(channel, Leave);
        lock (gate)
        {
            listeners.Add(listener);
            if (!listening)
            {
                listening = true;
                _ = Task.Run(ListenAsync);
            }
            changed.TrySetResult();
        }
        return listener;
    }

    void Leave(ChannelListener listener)
    {
        lock (gate)
        {
            listeners.Remove(listener);
            changed.TrySetResult();
        }
    }

    /// <returns>Ends when nobody listens any more.</returns>
    async Task ListenAsync()
    {
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync();
                connection.Notification += (_, said) =>
                {
                    if (said.Payload != PostgresListener.Origin)
                    {
                        Signal(said.Channel);
                    }
                };
                try
                {
                    if (await FollowAsync(connection))
                    {
                        return;
                    }
                }
                finally
                {
                    await SessionState.ClearAsync(connection);
                }
            }
            catch (Exception)
            {
                // Those who listen look by themselves meanwhile, and say so if the database is away.
            }
            await Task.Delay(pause);
        }
    }

    async Task<bool> FollowAsync(NpgsqlConnection connection)
    {
        var followed = new HashSet<string>();
        while (true)
        {
            string[] wanted;
            Task until;
            lock (gate)
            {
                if (listeners.Count == 0)
                {
                    listening = false;
                    return true;
                }
                wanted = [.. listeners.Select(listener => listener.Channel).Distinct()];
                changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                until = changed.Task;
            }
            if (wanted.Except(followed).ToArray() is { Length: > 0 } added)
            {
#pragma warning disable CA2100 // This program's own words.
                await using var listen = new NpgsqlCommand(string.Join(';', added.Select(channel => $"listen {channel}")), connection);
#pragma warning restore CA2100
                await listen.ExecuteNonQueryAsync(CancellationToken.None);
                followed.UnionWith(added);
                Signal(listener => added.Contains(listener.Channel));
            }
            using var stop = new CancellationTokenSource();
            var waiting = HearAsync(connection, stop.Token);
            await Task.WhenAny(waiting, until);
            await stop.CancelAsync();
            await waiting;
        }
    }

    /// <returns>Ends when it is stopped, and fails with the connection.</returns>
    static async Task HearAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await connection.WaitAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Somebody else listens, or somebody no more.
        }
    }

    public void Signal(string channel) => Signal(listener => listener.Channel == channel);

    void Signal(Func<ChannelListener, bool> those)
    {
        ChannelListener[] signalled;
        lock (gate)
        {
            signalled = [.. listeners.Where(those)];
        }
        Array.ForEach(signalled, listener => listener.Signal());
    }
}
