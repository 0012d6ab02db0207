using System.Net.Sockets;
using Npgsql;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Tells a store that is away, and will be back, from a fault of what it was asked.</summary>
public static class TransientFault
{
    /// <summary>PostgreSQL's class of codes for operator intervention: shutting down, starting up, crashed.</summary>
    const string OperatorIntervention = "57";

    public static bool IsTransient(Exception fault) =>
        fault switch
        {
            PostgresException postgres => postgres.IsTransient
                || postgres.SqlState.StartsWith(OperatorIntervention, StringComparison.Ordinal),
            NpgsqlException or TimeoutException or SocketException or IOException => true,
            { InnerException: { } inner } => IsTransient(inner),
            _ => false,
        };
}
