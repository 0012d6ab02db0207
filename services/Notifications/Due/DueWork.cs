using System.Collections.Concurrent;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Due;

/// <summary>
/// Looks for all of this service together whether anything's time has come, in one statement: when PostgreSQL says that there is something
/// new, and once a second. Only those who have something to do are woken, and the others ask nothing.
/// </summary>
public sealed class DueWork(NpgsqlDataSource database, ILogger<DueWork> log) : BackgroundService
{
    /// <summary>PostgreSQL's channel that says that something is to be done now.</summary>
    public const string Channel = "due";

    /// <summary>Of who is woken by nobody.</summary>
    static readonly TimeSpan longest = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<string, ChannelListener> workers = new();

    /// <summary>Does a kind of work at once and whenever some of it is due, until it is to stop.</summary>
    /// <param name="name">As the log calls it.</param>
    /// <param name="due">The SQL of a query that has a row when something is. It is part of a larger statement.</param>
    public async Task DoAsync(string name, string due, Func<CancellationToken, Task> work, ILogger itsLog, CancellationToken ct)
    {
        using var worker = PostgresListener.Alone(name);
        workers[due] = worker;
        await PostgresListener.ListenAsync(worker, work, itsLog, ct, longest);
        workers.TryRemove(due, out _);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PostgresListener.ListenAsync(database, Channel, LookAsync, log, stoppingToken);

    async Task LookAsync(CancellationToken ct)
    {
        var all = workers.ToArray();
        if (all.Length == 0)
        {
            return;
        }
        var look = string.Join(" union all ", all.Select((worker, place) => $"select {place} where exists ({worker.Key})"));
        await using var due = database.Command(look);
        foreach (var place in await due.ListAsync(row => row.GetInt32(0), ct))
        {
            all[place].Value.Signal();
        }
    }
}
