using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Weasel.Core;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Marten as every service has it.</summary>
public static class EventStore
{
    public static MartenServiceCollectionExtensions.MartenConfigurationExpression AddStore(
        this IHostApplicationBuilder builder,
        Action<StoreOptions> configure
    )
    {
        var connectionString = ConnectionString(builder.Require<DatabaseOptions>("Database"));
        builder.Services.AddSingleton(its => Connections(connectionString, its.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddHealthChecks().AddNpgSql(name: "database", tags: [Management.Ready], timeout: TimeSpan.FromSeconds(5));
        return builder
            .Services.AddMarten(options =>
            {
                Configure(options);
                configure(options);
            })
            .UseNpgsqlDataSource()
            .UseLightweightSessions()
            .ApplyAllDatabaseChangesOnStartup();
    }

    /// <summary>A store of documents in a schema of its own, beside the service's.</summary>
    /// <returns>With the connections to it, on which names stand for what is in that schema first.</returns>
    public static (DocumentStore Store, NpgsqlDataSource Database) Beside(
        DatabaseOptions database,
        string schema,
        Action<StoreOptions> configure
    )
    {
        var connections = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ConnectionString(database))
            {
                SearchPath = $"{schema},public",
                MaxPoolSize = 8,
            }.ConnectionString
        );
        return (
            DocumentStore.For(options =>
            {
                Configure(options);
                options.Connection(connections);
                options.DatabaseSchemaName = schema;
                options.AutoCreateSchemaObjects = JasperFx.AutoCreate.None;
                configure(options);
            }),
            connections
        );
    }

    /// <summary>
    /// A transaction in which nothing has happened for some seconds is ended, since whoever began it hangs, and others wait for its locks.
    /// While a service starts, it may migrate its schema, and that takes as long as it takes.
    /// </summary>
    static NpgsqlDataSource Connections(string connectionString, IHostApplicationLifetime lifetime)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var limit = Limit(connection);
                limit?.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var limit = Limit(connection);
                await (limit?.ExecuteNonQueryAsync() ?? Task.CompletedTask);
            }
        );
        var database = builder.Build();
        lifetime.ApplicationStarted.Register(database.Clear);
        return database;

        NpgsqlCommand? Limit(NpgsqlConnection connection) =>
            lifetime.ApplicationStarted.IsCancellationRequested
                ? new($"set idle_in_transaction_session_timeout = '{Lead.PatienceSeconds}s'", connection)
                : null;
    }

    static void Configure(StoreOptions options)
    {
        // PostgreSQL's jsonb keeps no order of members, so the one that names a type may stand anywhere.
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase, json =>
            json.AllowOutOfOrderMetadataProperties = true
        );
        options.Events.StreamIdentity = StreamIdentity.AsGuid;
        // The lock package that restores everywhere holds its lock in a transaction of its own.
        options.Events.UseAdvisoryLockTransaction = true;
    }

    static string ConnectionString(DatabaseOptions database)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                Password = database.Password ?? new NpgsqlConnectionStringBuilder(database.ConnectionString).Password,
                MaxPoolSize = database.MaxConnections,
                KeepAlive = 10,
                NoResetOnClose = true,
                MaxAutoPrepare = 200,
                AutoPrepareMinUsages = 3,
                // The backend of a dead process notices within a second, and that of a dead host as soon as it has lost its lead, so that
                // locks do not outlive them.
                Options =
                    $"-c client_connection_check_interval=1000 -c tcp_user_timeout={Lead.PatienceSeconds}000 -c tcp_keepalives_idle=3"
                    + " -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3",
            }.ConnectionString;
        }
        catch (ArgumentException fault)
        {
            throw new ConfigurationFault($"{fault.Message} (set Database__ConnectionString)");
        }
    }
}
