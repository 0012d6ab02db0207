using System.Diagnostics.Metrics;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>Why a connection ends.</summary>
public enum Ending
{
    None,

    /// <summary>The client went.</summary>
    Left,

    /// <summary>The client was too slow.</summary>
    Dropped,

    /// <summary>It was old, and the client may come to another instance.</summary>
    Rotated,

    /// <summary>The service stops.</summary>
    Drained,

    /// <summary>The key or token that opened it would open it no more.</summary>
    Revoked,

    /// <summary>The client broke the protocol.</summary>
    Misused,
}

/// <summary>A client's connection, whatever goes over it, and when it has to end.</summary>
/// <param name="caller">Null for anybody.</param>
/// <param name="client">Whose connections are counted together.</param>
/// <param name="endsAt">In the milliseconds of <see cref="Environment.TickCount64"/>.</param>
#pragma warning disable CA1001 // A source of cancellation without a timer has nothing to be freed, and is signalled after the end too.
public sealed class Connection(string transport, Caller? caller, string client, long endsAt)
#pragma warning restore CA1001
{
    static readonly Counter<long> dropped = Telemetry.Meter.CreateCounter<long>(
        "news.stream.dropped",
        "{subscriber}",
        "Subscribers dropped because they were too slow"
    );
    readonly CancellationTokenSource ended = new();
    long lastAt = Environment.TickCount64;
    int why;

    public string Transport => transport;
    public string Client => client;

    /// <summary>Bytes, as <see cref="StreamMemory"/> counts them, which alone changes it.</summary>
    public long Held { get; set; }

    /// <summary>Signalled once, when it is to end for whatever reason.</summary>
    public CancellationToken Ended => ended.Token;

    public Ending Why => (Ending)Volatile.Read(ref why);

    /// <summary>What the client is told of why, where that is not always the same.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whoever shows a sign of life here is asked for one; null when the transport does it by itself.</summary>
    public Subscriber? Quiet { get; set; }

    /// <summary>The first reason stands.</summary>
    public void End(Ending reason, string? fault = null)
    {
        if (Interlocked.CompareExchange(ref why, (int)reason, (int)Ending.None) == (int)Ending.None)
        {
            Fault = fault;
            if (reason == Ending.Dropped)
            {
                dropped.Add(1);
            }
            // Not here: this is called while many are handed something out.
            _ = ended.CancelAsync();
        }
    }

    /// <summary>Something was sent.</summary>
    public void Sent() => Volatile.Write(ref lastAt, Environment.TickCount64);

    /// <summary>To be called every second or so.</summary>
    /// <param name="now">In milliseconds.</param>
    /// <param name="silence">In milliseconds, after which a sign of life is due.</param>
    public void Tend(long now, long silence)
    {
        if (caller?.Fault is { } fault)
        {
            End(Ending.Revoked, fault);
        }
        else if (now >= endsAt)
        {
            End(Ending.Rotated);
        }
        else if (now - Volatile.Read(ref lastAt) >= silence)
        {
            Quiet?.Beat();
        }
    }
}
