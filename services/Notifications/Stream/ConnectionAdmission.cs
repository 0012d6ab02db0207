using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Authorization;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>Lets connections in, as far as origin, proof and limits allow, and knows those that are in.</summary>
public sealed class ConnectionAdmission
{
    static readonly Counter<long> rejected = Telemetry.Meter.CreateCounter<long>(
        "news.stream.rejected",
        "{connection}",
        "Connections that were not let in, by reason"
    );
    static readonly Counter<long> ended = Telemetry.Meter.CreateCounter<long>(
        "news.stream.ended",
        "{connection}",
        "Connections that ended, by reason"
    );

    readonly Lock gate = new();
    readonly HashSet<Connection> connections = [];
    readonly Dictionary<string, int> perClient = new(StringComparer.Ordinal);
    readonly StreamOptions options;
    readonly PortalOptions portal;
    readonly Tickets tickets;
    readonly LogTail tail;
    readonly StreamMemory memory;
    readonly IAuthorizationService authorization;

    public ConnectionAdmission(
        StreamOptions options,
        PortalOptions portal,
        Tickets tickets,
        LogTail tail,
        StreamMemory memory,
        IAuthorizationService authorization
    )
    {
        (this.options, this.portal, this.tickets, this.tail, this.memory, this.authorization) = (
            options,
            portal,
            tickets,
            tail,
            memory,
            authorization
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.stream.subscribers",
            Count,
            "{subscriber}",
            "Who listens at this instance, by transport"
        );
    }

    /// <summary>The service stops, and nobody is let in any more.</summary>
    public bool Closed { get; set; }

    /// <summary>Whether somebody may come in now; who may not should come back soon.</summary>
    public bool IsOpen => !Closed && tail.Begun.IsCompleted;

    public IReadOnlyList<Connection> Connections
    {
        get
        {
            lock (gate)
            {
                return [.. connections];
            }
        }
    }

    /// <exception cref="ProblemException">403 for a foreign page; 401 and 403 for who may not listen; 429 and 503 for the
    /// limits.</exception>
    /// <param name="bytes">That it holds from the beginning, besides what every connection does.</param>
    public async ValueTask<Connection> EnterAsync(HttpContext context, string transport, int bytes = 0)
    {
        if (!IsHome(context) && !IsForEveryPage(context))
        {
            throw Reject("origin", new(403, "forbidden", "Pages of this origin may not listen here."));
        }
        var caller = await AdmitAsync(context);
        if (!IsOpen)
        {
            throw Reject("closed", ProblemException.Unavailable("This instance takes no subscribers at the moment.", RetryAfter()));
        }
        var connection = new Connection(transport, caller, caller?.Id ?? ClientAddress.Of(context), EndsAt());
        lock (gate)
        {
            var same = perClient.GetValueOrDefault(connection.Client);
            if (connections.Count >= options.MaxSubscribers)
            {
                throw Reject("total", ProblemException.Unavailable("No more subscribers can be served here at the moment.", RetryAfter()));
            }
            if (same >= options.MaxPerClient)
            {
                throw Reject(
                    "client",
                    ProblemException.TooMany($"One client may have {options.MaxPerClient} connections at once.", RetryAfter())
                );
            }
            Hold(connection, StreamMemory.Connection + bytes);
            perClient[connection.Client] = same + 1;
            connections.Add(connection);
        }
        return connection;
    }

    /// <summary>To be called when the connection's subscriptions have left, so that nothing more is held.</summary>
    public void Leave(Connection connection)
    {
        connection.End(Ending.Left);
        lock (gate)
        {
            if (!connections.Remove(connection))
            {
                return;
            }
            memory.ReturnAll(connection);
            if (--perClient[connection.Client] == 0)
            {
                perClient.Remove(connection.Client);
            }
        }
        ended.Add(1, new KeyValuePair<string, object?>("reason", connection.Why.ToString().ToLowerInvariant()));
    }

    /// <summary>More is held for a connection from now on.</summary>
    /// <exception cref="ProblemException">429 and 503 for the limits of bytes.</exception>
    public void Hold(Connection connection, int bytes)
    {
        try
        {
            memory.Take(connection, bytes);
        }
        catch (ProblemException problem)
        {
            problem.Headers["Retry-After"] = $"{RetryAfter().TotalSeconds}";
            throw Reject("bytes", problem);
        }
    }

    /// <summary>The portal's own pages, as their browser names them, and those that are allowed; who is no page names no origin.</summary>
    bool IsHome(HttpContext context) =>
        context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin
        || options.AllowedOrigins.Contains(StreamOptions.AnyOrigin)
        || options
            .AllowedOrigins.Append($"{context.Request.Scheme}://{context.Request.Host}")
            .Append(portal.PublicUrl.TrimEnd('/'))
            .Contains(origin, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What everybody may listen to, every page may, as it may read the log. Of a WebSocket no browser asks whether a page may, so that
    /// those are for the pages that are named.
    /// </summary>
    bool IsForEveryPage(HttpContext context) =>
        options.Public
        && !context.WebSockets.IsWebSocketRequest
        && context.Request.Headers.Authorization.Count == 0
        && !context.Request.Query.ContainsKey("ticket");

    /// <summary>Who may listen: by a ticket, or by what the Authorization header has; null for anybody, where anybody may.</summary>
    /// <exception cref="ProblemException">401 and 403.</exception>
    public async ValueTask<Caller?> AdmitAsync(HttpContext context)
    {
        if (context.Request.Query["ticket"].ToString() is { Length: > 0 } ticket)
        {
            return await tickets.OpenAsync(ticket, context.RequestAborted)
                ?? throw Reject(
                    "unauthenticated",
                    new(401, "unauthenticated", "The ticket is not good, or not any more.")
                    {
                        Headers = { ["WWW-Authenticate"] = "Bearer error=\"invalid_token\"" },
                    }
                );
        }
        if (context.User.Identity?.IsAuthenticated is not true)
        {
            return options.Public && context.Request.Headers.Authorization.Count == 0
                ? null
                : throw Reject(
                    "unauthenticated",
                    new(401, "unauthenticated", "A key, a token or a ticket is needed that is good.")
                    {
                        Headers = { ["WWW-Authenticate"] = "Bearer" },
                    }
                );
        }
        return options.Public || (await authorization.AuthorizeAsync(context.User, Roles.Subscriber)).Succeeded
            ? Caller.Of(context)
            : throw Reject(
                "forbidden",
                new(403, "forbidden", $"{context.User.Identity.Name} may not listen; it takes the role {Roles.Subscriber} or a higher one.")
            );
    }

    long EndsAt() =>
        options.MaxAgeSeconds == 0
            ? long.MaxValue
            : Environment.TickCount64 + (long)(options.MaxAgeSeconds * 1_000 * (0.75 + Random.Shared.NextDouble() / 2));

    TimeSpan RetryAfter() => TimeSpan.FromSeconds(options.RetryAfterSeconds + Random.Shared.Next(options.RetryAfterSeconds + 1));

    static ProblemException Reject(string reason, ProblemException problem)
    {
        rejected.Add(1, new KeyValuePair<string, object?>("reason", reason));
        return problem;
    }

    IEnumerable<Measurement<int>> Count() =>
        Connections
            .GroupBy(connection => connection.Transport)
            .Select(same => new Measurement<int>(same.Count(), new KeyValuePair<string, object?>("transport", same.Key)));
}
