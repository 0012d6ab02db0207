using Npgsql;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Statements and what they answer with.</summary>
public static class Rows
{
    /// <summary>A statement with the values of <c>$1</c>, <c>$2</c>…; it is part of the transaction that the connection is in.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object?[] values) =>
        With(connection.CreateCommand(), sql, values);

    /// <summary>The same on a connection of its own.</summary>
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params object?[] values) =>
        With(database.CreateCommand(), sql, values);

    /// <summary>The same as one of several that are sent together.</summary>
    public static NpgsqlBatchCommand InBatch(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Add(command.Parameters, values);
        return command;
    }

    /// <summary>All rows that a command answers with. A row is in memory as a whole when it is read.</summary>
    public static async Task<List<T>> ListAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await using var row = await command.ExecuteReaderAsync(ct);
        return await ListAsync(row, read, ct);
    }

    /// <summary>All rows that the first statement answers with; the others are seen to their end.</summary>
    public static async Task<List<T>> ListAsync<T>(this NpgsqlBatch batch, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await using var row = await batch.ExecuteReaderAsync(ct);
        var found = await ListAsync(row, read, ct);
        while (await row.NextResultAsync(ct)) { }
        return found;
    }

    static async Task<List<T>> ListAsync<T>(NpgsqlDataReader row, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        var found = new List<T>();
        while (await row.ReadAsync(ct))
        {
            found.Add(read(row));
        }
        return found;
    }

    /// <summary>Null where the database has none.</summary>
    public static T? ValueOrNull<T>(this NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);

    static NpgsqlCommand With(NpgsqlCommand command, string sql, object?[] values)
    {
#pragma warning disable CA2100 // Whoever calls it has the values apart.
        command.CommandText = sql;
#pragma warning restore CA2100
        Add(command.Parameters, values);
        return command;
    }

    static void Add(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(value as NpgsqlParameter ?? new() { Value = value ?? DBNull.Value });
        }
    }
}
