using System.Diagnostics.Metrics;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Outbound;

/// <summary>
/// How often strangers can have somebody else's server called, over all channels: by owner, by client and by the domain that is called. It
/// belongs to nothing that can be ended and made anew, so that making and deleting gains nothing. Each instance has its own.
/// </summary>
public sealed class CallBudget(OutboundOptions options, TimeProvider clock)
{
    static readonly Counter<long> refused = Telemetry.Meter.CreateCounter<long>(
        "news.outbound.refused",
        "{call}",
        "Calls that were not made since there had been too many, by whose budget was spent: owner, client or domain"
    );

    readonly Buckets owners = new(options.CallsPerOwnerPerMinute, options.MaxCounted, clock);
    readonly Buckets clients = new(options.CallsPerClientPerMinute, options.MaxCounted, clock);
    readonly Buckets domains = new(options.CallsPerDomainPerMinute, options.MaxCounted, clock);

    /// <summary>To be asked before the address is looked at, since that is a question to somebody else's server already.</summary>
    /// <exception cref="ProblemException">429 that says when it is possible again.</exception>
    public void Take(HttpContext context)
    {
        var (owner, client) = (Caller.Of(context)?.Id, ClientAddress.Of(context));
        if (owner is not null && !owners.TryTake(owner, out var wait))
        {
            throw Refuse(
                "owner",
                wait,
                $"{Caller.Of(context)!.Name} may have others' servers called {options.CallsPerOwnerPerMinute} times in a minute at most."
            );
        }
        if (!clients.TryTake(client, out wait))
        {
            if (owner is not null)
            {
                owners.Return(owner);
            }
            throw Refuse(
                "client",
                wait,
                $"One client may have others' servers called {options.CallsPerClientPerMinute} times in a minute at most."
            );
        }
    }

    /// <param name="host">That is to be called.</param>
    /// <exception cref="ProblemException">429 that says when it is possible again.</exception>
    public void Take(string host)
    {
        if (!TryTake(host, out var wait))
        {
            throw Refuse(
                "domain",
                wait,
                $"{Domains.Of(host, options)} is called {options.CallsPerDomainPerMinute} times in a minute at most."
            );
        }
    }

    /// <summary>Whether it may be called once more.</summary>
    /// <param name="wait">Until it may.</param>
    public bool TryTake(string host, out TimeSpan wait) => domains.TryTake(Domains.Of(host, options), out wait);

    static ProblemException Refuse(string whose, TimeSpan wait, string detail)
    {
        refused.Add(1, new KeyValuePair<string, object?>("budget", whose));
        return ProblemException.TooMany(detail, wait);
    }
}
