using System.Diagnostics.Metrics;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// What connections hold, in bytes: of each, of each client and of this instance. It is an estimate, made of the lengths of what is really
/// kept and of what objects cost besides; what is taken is given back to the byte.
/// </summary>
public sealed class StreamMemory
{
    /// <summary>Of a quiet connection, measured: its socket, Kestrel's buffers for it and the state of its requests.</summary>
    public const int Connection = 16 << 10;

    /// <summary>Of a subscription besides its topics: its place among those that listen, and the state of whoever reads for it.</summary>
    public const int Subscription = 2 << 10;

    readonly Lock gate = new();
    readonly Dictionary<string, long> perClient = new(StringComparer.Ordinal);
    readonly StreamOptions options;
    long total;

    public StreamMemory(StreamOptions options)
    {
        this.options = options;
        Telemetry.Meter.CreateObservableGauge(
            "news.stream.held",
            () => Held,
            "By",
            "Bytes that connections hold at this instance, as they are counted"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.stream.held.client",
            () => MostOfAClient,
            "By",
            "Bytes that the connections of one client hold, of the one that holds the most"
        );
    }

    public long Held => Interlocked.Read(ref total);

    /// <summary>Of whom something is held.</summary>
    public int Clients
    {
        get
        {
            lock (gate)
            {
                return perClient.Count;
            }
        }
    }

    long MostOfAClient
    {
        get
        {
            lock (gate)
            {
                return perClient.Values.DefaultIfEmpty().Max();
            }
        }
    }

    /// <exception cref="ProblemException">429 when it is too much for the connection or its client, 503 for the instance; nothing is taken
    /// then.</exception>
    public void Take(Connection connection, long bytes)
    {
        if (Lacks(connection, bytes) is { } problem)
        {
            throw problem;
        }
    }

    public bool TryTake(Connection connection, long bytes) => Lacks(connection, bytes) is null;

    /// <summary>Takes it also where it is too much, for the least without which a connection cannot go on.</summary>
    public void Force(Connection connection, long bytes)
    {
        lock (gate)
        {
            Add(connection, bytes);
        }
    }

    public void Return(Connection connection, long bytes)
    {
        lock (gate)
        {
            Add(connection, -bytes);
        }
    }

    /// <summary>Whatever the connection still holds, as it has ended.</summary>
    public void ReturnAll(Connection connection)
    {
        lock (gate)
        {
            Add(connection, -connection.Held);
        }
    }

    ProblemException? Lacks(Connection connection, long bytes)
    {
        lock (gate)
        {
            var client = perClient.GetValueOrDefault(connection.Client) + bytes;
            if (connection.Held + bytes > options.MaxKilobytesPerConnection * 1024L)
            {
                return new(
                    429,
                    "too-many-requests",
                    $"A connection may hold {options.MaxKilobytesPerConnection} kB of topics and what waits; "
                        + "fewer or shorter topics take less."
                );
            }
            if (client > options.MaxKilobytesPerClient * 1024L)
            {
                return new(
                    429,
                    "too-many-requests",
                    $"The connections of one client may hold {options.MaxKilobytesPerClient} kB together."
                );
            }
            if (total + bytes > options.MaxMegabytes * (1024L * 1024))
            {
                return new(503, "unavailable", "This instance holds as much for its subscribers as it may at the moment.");
            }
            Add(connection, bytes);
            return null;
        }
    }

    void Add(Connection connection, long bytes)
    {
        connection.Held += bytes;
        Interlocked.Add(ref total, bytes);
        var client = perClient.GetValueOrDefault(connection.Client) + bytes;
        if (client == 0)
        {
            perClient.Remove(connection.Client);
        }
        else
        {
            perClient[connection.Client] = client;
        }
    }
}
