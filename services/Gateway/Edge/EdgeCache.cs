using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NewsPlatform.Contracts;
using NewsPlatform.Gateway.Limits;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Edge;

/// <summary>
/// Gives finished answers of Feed's by itself, never one that Feed would not give at that moment. What is not there, or may be old, is
/// asked for once, however many wait for it.
/// </summary>
public sealed class EdgeCache(
    EdgeMemory memory,
    FeedChanges changes,
    EdgeOptions options,
    RequestLimits limits,
    LimitOptions limit,
    ReadReports reads,
    TimeProvider clock
)
{
    /// <summary>How often one waits for another's answer before it asks by itself.</summary>
    const int MaxTurns = 3;

    static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    static readonly Counter<long> answers = Telemetry.Meter.CreateCounter<long>(
        "news.gateway.edge.answers",
        "{answer}",
        "Reads by how they were answered: kept (by the gateway itself), shared (with one that was asked for), asked (of Feed)"
    );
    static readonly KeyValuePair<string, object?> kept = new("how", "kept"),
        shared = new("how", "shared"),
        asked = new("how", "asked");

    /// <summary>Ends with whether it is worth looking again.</summary>
    readonly ConcurrentDictionary<string, TaskCompletionSource<bool>> asking = new(StringComparer.Ordinal);

    /// <summary>Before everything that costs more than the answer.</summary>
    public Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (!options.Enabled || ReaderRequest.PlainTarget(context) is not { } target)
        {
            return next(context);
        }
        if (Current(target) is { IsComplete: true } found && TryPass(context))
        {
            answers.Add(1, kept);
            reads.Note(context, found.Entry.Story);
            return found.SendCompleteAsync(context, clock.GetUtcNow());
        }
        var read = new EdgeRequest(target);
        context.Features.Set(read);
        // What is registered first is called last, when all that the gateway adds is there.
        context.Response.OnStarting(
            static state =>
            {
                var (made, sent) = ((EdgeRequest, IHeaderDictionary))state;
                made.Made?.Learn(sent);
                return Task.CompletedTask;
            },
            (read, context.Response.Headers)
        );
        return next(context);
    }

    bool TryPass(HttpContext context)
    {
        if (!limit.Enabled)
        {
            return true;
        }
        using var once = limits.Rate(RouteClass.Ready, new(0, Limits.Caller.SlotOf(context, limit.ClientSlots)));
        return once.IsAcquired;
    }

    KeptAnswer? Current(string target)
    {
        if (
            memory.Find(target) is not { } found
            || !changes.IsCurrent(found.Entry.Language, found.Entry.Number, out var complete)
            || found.Entry.Until <= clock.GetUtcNow()
        )
        {
            return null;
        }
        found.Response.Settle(complete);
        return found;
    }

    /// <summary>On the way to Feed.</summary>
    public async Task FillAsync(HttpContext context, Func<Task> next)
    {
        if (
            context.Features.Get<EdgeRequest>() is not { } read
            || context.GetReverseProxyFeature().Cluster.Config.ClusterId != FeedInstances.Cluster
        )
        {
            await next();
            return;
        }
        var address = EdgeAddress.Of(read.Target, memory.Find(read.Target)?.Entry.Reads);
        for (
            var turn = 0;
            turn < MaxTurns && changes.IsHeard && HttpMethods.IsGet(context.Request.Method) && !memory.IsNeverKept(address);
            turn++
        )
        {
            if (Current(read.Target) is { } found)
            {
                answers.Add(1, shared);
                reads.Note(context, found.Entry.Story);
                await found.Response.SendAsync(context, found.CacheControl, clock.GetUtcNow());
                return;
            }
            var mine = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            var its = asking.GetOrAdd(address, mine);
            if (its == mine)
            {
                await AskAsync(context, read, address, mine, next);
                return;
            }
            if (!await IsWorthLookingAsync(its.Task, context.RequestAborted))
            {
                break;
            }
        }
        answers.Add(1, asked);
        await next();
    }

    /// <summary>Whoever waits for somebody whom Feed does not answer asks by themselves before long: perhaps another instance.</summary>
    static async Task<bool> IsWorthLookingAsync(Task<bool> asked, CancellationToken ct)
    {
        try
        {
            return await asked.WaitAsync(patience, ct);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    async Task AskAsync(HttpContext context, EdgeRequest read, string address, TaskCompletionSource<bool> mine, Func<Task> next)
    {
        read.Old = memory.Find(read.Target);
        read.Ask = read.Old?.Response.Tag ?? EdgeProtocol.Anything;
        answers.Add(1, asked);
        try
        {
            await next();
            if (read.Made is null && !context.RequestAborted.IsCancellationRequested && context.Response.StatusCode < 500)
            {
                memory.NeverKeep(address);
            }
        }
        finally
        {
            asking.TryRemove(address, out _);
            // Who waits for somebody that went away asks in their place.
            mine.SetResult(read.Made is not null || context.RequestAborted.IsCancellationRequested);
        }
        if (read.Made is { } made)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            await made.Response.SendAsync(context, made.CacheControl, clock.GetUtcNow());
        }
    }
}
