using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Transforms;

namespace NewsPlatform.Gateway.Limits;

/// <summary>
/// Lets a request through as far as the limits of its class and its client allow, and learns from the answers which keys are good.
/// </summary>
public static class Limiting
{
    static readonly Counter<long> refused = Telemetry.Meter.CreateCounter<long>(
        "news.gateway.refused",
        "{request}",
        "Requests that the limits refused, by class and reason"
    );

    public static void AddLimits(this WebApplicationBuilder builder)
    {
        builder.Require<LimitOptions>("Limits");
        builder.Services.AddSingleton<KnownKeys>().AddSingleton<WrongKeys>().AddSingleton<RequestLimits>();
    }

    /// <summary>After routing.</summary>
    public static void UseLimits(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<LimitOptions>();
        var (limits, known, wrong) = (
            app.Services.GetRequiredService<RequestLimits>(),
            app.Services.GetRequiredService<KnownKeys>(),
            app.Services.GetRequiredService<WrongKeys>()
        );
        app.Use(
            async (context, next) =>
            {
                var key = Caller.KeyOf(context.Request.Headers);
                var asked = new Asked(key, key is { } shown && known.Contains(shown), Caller.SlotOf(context, options.ClientSlots));
                context.Features.Set(asked);
                if (!options.Enabled)
                {
                    await next(context);
                    return;
                }
                var of = RouteClasses.Of(context, asked.Known);
                if (key is not null && !asked.Known && wrong.Wait(asked.Slot) is { Ticks: > 0 } wait)
                {
                    throw Refuse(
                        of,
                        "wrong-keys",
                        429,
                        "Too many wrong keys came from here; no unknown one is looked at for a while.",
                        wait
                    );
                }
                var caller = asked.Known ? new Caller(key!.Value, 0) : new Caller(0, asked.Slot);
                using (var once = limits.Rate(of, caller))
                {
                    if (!once.IsAcquired)
                    {
                        var after = once.TryGetMetadata(MetadataName.RetryAfter, out var told) ? told : TimeSpan.FromSeconds(1);
                        if (of == RouteClass.Stream && EventSource.Asks(context.Request))
                        {
                            Count(of, "rate");
                            await EventSource.ComeBackAsync(context, after);
                            return;
                        }
                        throw Refuse(
                            of,
                            "rate",
                            429,
                            $"{options.Of(of).RequestsPerMinute} a minute of these are taken of one client.",
                            after
                        );
                    }
                }
                using var each = limits.Each(of, caller);
                if (!each.IsAcquired)
                {
                    throw Refuse(
                        of,
                        "concurrent",
                        429,
                        $"{options.Of(of).ConcurrentPerClient} of these are taken of one client at once.",
                        TimeSpan.FromSeconds(1)
                    );
                }
                using var all = await limits.AllAsync(of, context.RequestAborted);
                if (all is { IsAcquired: false })
                {
                    throw Refuse(
                        of,
                        "instance",
                        503,
                        "As many of these are under way as there may be. Try again shortly.",
                        TimeSpan.FromSeconds(1)
                    );
                }
                // Once its service answers, a read costs nobody anything, however slowly its client takes it.
                if (of is RouteClass.Made or RouteClass.Search)
                {
                    asked.Begun = () =>
                    {
                        each.Dispose();
                        all?.Dispose();
                    };
                }
                await next(context);
            }
        );
    }

    /// <summary>Reads what a service says of a key, and takes that off the answer.</summary>
    public static IReverseProxyBuilder LearnKeys(this IReverseProxyBuilder proxy) =>
        proxy.AddTransforms(transforms =>
        {
            var (known, wrong) = (transforms.Services.GetRequiredService<KnownKeys>(), transforms.Services.GetRequiredService<WrongKeys>());
            transforms.AddResponseTransform(answer =>
            {
                var asked = answer.HttpContext.Features.Get<Asked>();
                if (answer.ProxyResponse is not { } response)
                {
                    return ValueTask.CompletedTask;
                }
                asked?.Begun?.Invoke();
                if (asked?.Key is { } key)
                {
                    if (answer.HttpContext.Response.Headers.Remove(KnownCaller.Header))
                    {
                        known.Add(key);
                    }
                    else if (response.StatusCode == System.Net.HttpStatusCode.Unauthorized)
                    {
                        known.Remove(key);
                        wrong.Note(asked.Slot);
                    }
                }
                return ValueTask.CompletedTask;
            });
        });

    static ProblemException Refuse(RouteClass of, string reason, int status, string detail, TimeSpan after)
    {
        Count(of, reason);
        return status == 429 ? ProblemException.TooMany(detail, after) : ProblemException.Unavailable(detail, after);
    }

    static void Count(RouteClass of, string reason) =>
        refused.Add(1, new KeyValuePair<string, object?>("class", of.ToString()), new KeyValuePair<string, object?>("reason", reason));

    sealed record Asked(UInt128? Key, bool Known, int Slot)
    {
        /// <summary>What is given back as soon as the service answers.</summary>
        public Action? Begun { get; set; }
    }
}
