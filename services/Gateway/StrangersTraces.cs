using System.Diagnostics;
using NewsPlatform.Gateway.Limits;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;

namespace NewsPlatform.Gateway;

/// <summary>
/// A trace begins at the gateway. Only who has a good key may bring one along (W3C Trace Context): a stranger would choose under which id
/// the platform logs, whether it is sampled, and what baggage goes with each message. Nobody may bring baggage.
/// </summary>
public sealed class StrangersTraces(KnownKeys known) : DistributedContextPropagator
{
    const string TraceParent = "traceparent";

    static readonly string[] brought = [TraceParent, "tracestate", "baggage", "Correlation-Context", "Request-Id"];
    static readonly DistributedContextPropagator w3c = CreateDefaultPropagator();

    public override IReadOnlyCollection<string> Fields => w3c.Fields;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
        w3c.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(
        object? carrier,
        PropagatorGetterCallback? getter,
        out string? traceId,
        out string? traceState
    )
    {
        (traceId, traceState) = (null, null);
        if (
            carrier is IHeaderDictionary headers
            && headers.ContainsKey(TraceParent)
            && Caller.KeyOf(headers) is { } key
            && known.Contains(key)
        )
        {
            w3c.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);
        }
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<DistributedContextPropagator, StrangersTraces>();
        // OpenTelemetry leaves alone what is read and written like this already, and else would read the fields itself.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
    }

    /// <summary>The fields go no further; the gateway's own take their place.</summary>
    public static Task Drop(HttpContext context, RequestDelegate next)
    {
        foreach (var name in brought)
        {
            context.Request.Headers.Remove(name);
        }
        return next(context);
    }
}
