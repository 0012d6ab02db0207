using Npgsql;

namespace NewsPlatform.ServiceDefaults;

public static class Rows
{
    /// <summary>All rows that a command answers with. A row is in memory as a whole when it is read.</summary>
    public static async Task<List<T>> ListAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        var found = new List<T>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            found.Add(read(row));
        }
        return found;
    }
}
