using Marten;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>
/// Makes jobs of the verifications that an earlier release has left in a table of their own. An instance of that release may still add some
/// while this one runs, so that there is a look again and again. It and its table go with the next release.
/// </summary>
public sealed class MoveVerifications(NpgsqlDataSource database, JobStore jobs, TimeProvider clock, ILogger<MoveVerifications> log)
    : PeriodicService(TimeSpan.FromMinutes(1), clock, log, "The verifications of an earlier release could not be taken over")
{
    const string Table = "webhook_verification";

    /// <summary>
    /// Those that are due for so long that no instance of the earlier release is at them: it would have put their time off when it began.
    /// </summary>
    const string Left = $"select subscription, tries, domain from {Table} where due_at < now() - interval '10 seconds'";

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<Guid>("subscription").AsPrimaryKey();
        table.AddColumn("due_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        table.AddColumn<int>("tries").NotNull().DefaultValueByExpression("0");
        table.AddColumn("domain", "text").NotNull().DefaultValueByExpression("''");
        table.Indexes.Add(new IndexDefinition("webhook_verification_due") { Columns = ["due_at"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await using var read = database.Command(Left);
        foreach (var (subscription, tries, domain) in await read.ListAsync(row => (row.GetGuid(0), row.GetInt32(1), row.GetString(2)), ct))
        {
            await jobs.AddUnlessPendingAsync(VerifyEndpoint.Name, subscription, "", domain, ct, failures: tries);
            await using var moved = database.Command($"delete from {Table} where subscription = $1", subscription);
            await moved.ExecuteNonQueryAsync(ct);
        }
    }
}
