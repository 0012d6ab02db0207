using System.Data;
using Npgsql;

namespace NewsPlatform.ServiceDefaults;

/// <summary>What a connection has in PostgreSQL besides its transaction.</summary>
public static class SessionState
{
    /// <summary>
    /// To be called by whoever listened on a connection, or led by it, before it goes back to the pool. The pool resets none, since that
    /// would be a third of all statements: the connection would go on holding the lock, and on taking what is said on the channel, which
    /// nobody reads.
    /// </summary>
    public static async Task ClearAsync(NpgsqlConnection connection)
    {
        if (connection.State != ConnectionState.Open)
        {
            return;
        }
        try
        {
            await using var clear = new NpgsqlCommand(
                "unlisten *; select pg_advisory_unlock_all(); reset idle_session_timeout",
                connection
            );
            await clear.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // It is broken, and its session has ended with all that it had.
        }
    }
}
