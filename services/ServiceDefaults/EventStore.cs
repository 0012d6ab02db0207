using System.ComponentModel.DataAnnotations;
using JasperFx;
using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Weasel.Core;

namespace NewsPlatform.ServiceDefaults;

public sealed class DatabaseOptions
{
    /// <summary>Npgsql's, such as <c>Host=postgres;Database=feed;Username=feed</c>.</summary>
    [Required(ErrorMessage = "the service's own database is needed")]
    public string ConnectionString { get; set; } = "";

    /// <summary>Apart from the connection string, so that a file of secrets can hold it.</summary>
    public string? Password { get; set; }

    /// <summary>The most connections that one instance opens.</summary>
    [Range(5, 1000)]
    public int MaxConnections { get; set; } = 40;
}

/// <summary>Marten as every service has it.</summary>
public static class EventStore
{
    public static MartenServiceCollectionExtensions.MartenConfigurationExpression AddStore(
        this IHostApplicationBuilder builder,
        Action<StoreOptions> configure
    )
    {
        var connectionString = ConnectionString(builder.Require<DatabaseOptions>("Database"));
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString));
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
                // A dead process's backend notices within a second, so that its locks do not outlive it.
                Options = "-c client_connection_check_interval=1000",
            }.ConnectionString;
        }
        catch (ArgumentException fault)
        {
            throw new ConfigurationFault($"{fault.Message} (set Database__ConnectionString)");
        }
    }
}
