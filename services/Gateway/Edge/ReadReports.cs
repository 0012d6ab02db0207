using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Threading.Channels;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Edge;

/// <summary>
/// Reports reads of stories that the gateway has answered by itself to Feed, which counts them as its own. When it is not known whether a
/// report arrived, it is not made again: a ranking is hurt less by a few reads too few than by reads counted twice.
/// </summary>
public sealed class ReadReports : PeriodicService
{
    static readonly Counter<long> dropped = Telemetry.Meter.CreateCounter<long>(
        "news.gateway.edge.reads.dropped",
        "{read}",
        "Reads of stories that Feed was not told of"
    );

    readonly FeedInstances instances;
    readonly Channel<EdgeRead> waiting;
    readonly HttpClient client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(1) })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };
    int next;

    public ReadReports(FeedInstances instances, EdgeOptions options, TimeProvider clock, ILogger<ReadReports> log)
        : base(TimeSpan.FromSeconds(options.ReportSeconds), clock, log, "Reads of stories could not be reported to Feed")
    {
        this.instances = instances;
        waiting = Channel.CreateBounded<EdgeRead>(
            new BoundedChannelOptions(options.MaxWaitingReads) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => dropped.Add(1)
        );
    }

    /// <summary>The story was answered here, with its bytes or with 304.</summary>
    public void Note(HttpContext context, Guid? story)
    {
        if (story is { } its && ReaderRequest.IsRead(context.Request))
        {
            waiting.Writer.TryWrite(new(ClientAddress.Of(context), its));
        }
    }

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        while (instances.Well is { Count: > 0 } all && waiting.Reader.TryPeek(out _))
        {
            var batch = new List<EdgeRead>();
            while (batch.Count < EdgeProtocol.MaxReads && waiting.Reader.TryRead(out var read))
            {
                batch.Add(read);
            }
            try
            {
                using var answer = await client.PostAsJsonAsync(
                    new Uri(all[(int)((uint)next++ % (uint)all.Count)], EdgeProtocol.ReadsPath),
                    batch,
                    ct
                );
                answer.EnsureSuccessStatusCode();
            }
            catch
            {
                dropped.Add(batch.Count);
                throw;
            }
        }
    }

    /// <summary>The requests have ended by now: the server, which was started last, is stopped first.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await RunOnceAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            // Feed may have stopped before; that reads were dropped is counted.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        client.Dispose();
    }
}
