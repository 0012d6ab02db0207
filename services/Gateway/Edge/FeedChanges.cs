using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Edge;

/// <summary>
/// Hears from each instance of Feed which change of the stories was the last, and so knows whether an answer that was kept is what Feed
/// would say now. When nobody speaks, nothing is known.
/// </summary>
/// <remarks>
/// Instances share their numbers, and one may know of a change before another: the latest that any of them knows counts. An answer of Feed
/// says which change was the last then; until a word of it has come, nothing that is kept is given, since its reader must find nothing
/// older. An instance that hangs is not waited for: what it said last counts for as long as silence is allowed.
/// </remarks>
public sealed class FeedChanges(FeedInstances instances, EdgeOptions options, TimeProvider clock, ILogger<FeedChanges> log)
    : BackgroundService
{
    static readonly TimeSpan look = TimeSpan.FromSeconds(1);
    static readonly TimeSpan again = TimeSpan.FromMilliseconds(200);

    readonly ConcurrentDictionary<Uri, Said> said = new();
    readonly HttpClient client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(1), ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
    volatile Known known = new(new Dictionary<string, long>(), DateTimeOffset.MinValue);
    long heardAt = long.MinValue / 2;
    long required;
    long requiredAt = long.MinValue / 2;

    /// <summary>Longer than silence is allowed: until then the change has been told of, and else it was never one.</summary>
    readonly int requiredMilliseconds = Math.Max(5_000, 2 * options.SilenceMilliseconds);

    sealed record Said(EdgeState State, long At);

    sealed record Known(IReadOnlyDictionary<string, long> Numbers, DateTimeOffset Complete)
    {
        public long Latest { get; } = Numbers.GetValueOrDefault("");
    }

    /// <summary>Whether an instance speaks at all; else nothing can be kept.</summary>
    public bool IsHeard => Environment.TickCount64 - Volatile.Read(ref heardAt) <= options.SilenceMilliseconds;

    /// <summary>Whether Feed would say the same at this moment.</summary>
    /// <param name="complete">Whatever was dated up to this time is known.</param>
    public bool IsCurrent(string language, long number, out DateTimeOffset complete)
    {
        var (its, now) = (known, Environment.TickCount64);
        complete = its.Complete;
        return now - Volatile.Read(ref heardAt) <= options.SilenceMilliseconds
            && Numbered(its, language) == number
            && (its.Latest >= Volatile.Read(ref required) || now - Volatile.Read(ref requiredAt) > requiredMilliseconds);
    }

    /// <summary>Whether a later change than this is known.</summary>
    public bool IsOld(string language, long number) => Numbered(known, language) > number;

    /// <summary>An answer goes out that may tell of this change.</summary>
    public void Require(long latest)
    {
        if (latest > known.Latest && latest > Volatile.Read(ref required))
        {
            Volatile.Write(ref requiredAt, Environment.TickCount64);
            Volatile.Write(ref required, latest);
        }
    }

    /// <summary>A language that has had no change yet is at its beginning.</summary>
    static long Numbered(Known known, string language) => known.Numbers.GetValueOrDefault(language);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Telemetry.Meter.CreateObservableGauge(
            "news.gateway.edge.silence",
            () => Math.Max(0, Environment.TickCount64 - Volatile.Read(ref heardAt)) / 1000.0,
            "s",
            "Time since an instance of Feed last said which change was the last"
        );
        var heard = new Dictionary<Uri, (Task Task, CancellationTokenSource Ends)>();
        while (!stoppingToken.IsCancellationRequested)
        {
            var present = options.Enabled ? instances.Management : [];
            foreach (var address in present.Where(address => !heard.ContainsKey(address)))
            {
                var ends = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                heard[address] = (HearAsync(address, ends.Token), ends);
            }
            foreach (var (address, (task, ends)) in heard.Where(its => !present.Contains(its.Key)).ToList())
            {
                heard.Remove(address);
                await ends.CancelAsync();
                await task;
                ends.Dispose();
            }
            await Task.Delay(look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(heard.Values.Select(its => its.Task));
        foreach (var (_, ends) in heard.Values)
        {
            ends.Dispose();
        }
    }

    async Task HearAsync(Uri address, CancellationToken ct)
    {
        var failing = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(address, () => failing = false, ct);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                if (!failing)
                {
                    log.LogWarning("{Instance} says no changes; it is asked again: {Fault}", address, fault.Message);
                }
                failing = true;
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await Task.Delay(again, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        said.TryRemove(address, out _);
    }

    /// <returns>When the instance has ended its answer.</returns>
    /// <exception cref="TimeoutException">It says nothing for several times as long as it may.</exception>
    async Task ReadAsync(Uri address, Action well, CancellationToken ct)
    {
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var patience = TimeSpan.FromMilliseconds(2 * options.SilenceMilliseconds);
        try
        {
            silent.CancelAfter(patience);
            await using var stream = await client.GetStreamAsync(new Uri(address, EdgeProtocol.ChangesPath), silent.Token);
            using var lines = new StreamReader(stream);
            while (await lines.ReadLineAsync(silent.Token) is { } line)
            {
                Take(address, JsonSerializer.Deserialize<EdgeState>(line)!);
                well();
                silent.CancelAfter(patience);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing for {patience.TotalSeconds} s");
        }
    }

    void Take(Uri address, EdgeState state)
    {
        var now = Environment.TickCount64;
        said[address] = new(state, now);
        lock (said)
        {
            var living = said.Values.Where(its => now - its.At <= options.SilenceMilliseconds).Select(its => its.State).ToList();
            known = living is [var only]
                ? new(only.Numbers, only.Complete)
                : new(
                    living
                        .SelectMany(its => its.Numbers)
                        .GroupBy(its => its.Key)
                        .ToDictionary(its => its.Key, its => its.Max(n => n.Value)),
                    living.Max(its => its.Complete)
                );
            Volatile.Write(ref heardAt, now);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        client.Dispose();
    }
}
