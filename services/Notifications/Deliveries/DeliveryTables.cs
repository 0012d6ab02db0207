using System.Text.Json;
using Marten;
using Npgsql;
using NpgsqlTypes;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>
/// The tables of what is still to be told to whom. <c>notice</c> has a row for each bulletin and subscription, <c>outbox</c> one for each
/// subscription that something waits for: when its turn is, and which instance has it.
/// </summary>
static class DeliveryTables
{
    public const string Notices = "notice";
    public const string Outbox = "outbox";
    public const string Attempts = "delivery_attempt";

    /// <summary>Up to where each log is spread.</summary>
    public const string FanOut = "fan_out";

    /// <summary>Strikes out notices, by subscriptions and their numbers.</summary>
    public const string StrikeOut = $"""
        delete from {Notices} n using unnest($1::uuid[], $2::bigint[]) done(subscription, number)
        where n.subscription = done.subscription and n.number = done.number
        """;

    public static void Configure(StoreOptions options)
    {
        var place = new Table($"{options.DatabaseSchemaName}.{FanOut}");
        place.AddColumn("log", "smallint").AsPrimaryKey();
        place.AddColumn<long>("position").NotNull();

        var notices = new Table($"{options.DatabaseSchemaName}.{Notices}");
        notices.AddColumn<Guid>("subscription").AsPrimaryKey();
        notices.AddColumn("log", "smallint").AsPrimaryKey();
        notices.AddColumn<long>("position").AsPrimaryKey();
        notices.AddColumn("number", "bigserial").NotNull();
        notices.AddColumn("noted_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        notices.Indexes.Add(new IndexDefinition("notice_number") { Columns = ["subscription", "number"] });

        var outbox = new Table($"{options.DatabaseSchemaName}.{Outbox}");
        outbox.AddColumn<Guid>("subscription").AsPrimaryKey();
        outbox.AddColumn<string>("channel").NotNull();
        outbox.AddColumn("due_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        outbox.AddColumn("leased_until", "timestamptz");
        outbox.AddColumn("lease", "uuid");
        outbox.AddColumn<int>("failures").NotNull().DefaultValueByExpression("0");
        outbox.AddColumn("failing_since", "timestamptz");
        outbox.AddColumn("domain", "text").NotNull().DefaultValueByExpression("''");
        outbox.Indexes.Add(new IndexDefinition("outbox_due") { Columns = ["channel", "due_at"] });

        var attempts = new Table($"{options.DatabaseSchemaName}.{Attempts}");
        attempts.AddColumn<Guid>("id").AsPrimaryKey();
        attempts.AddColumn<Guid>("subscription").NotNull();
        attempts.AddColumn("at", "timestamptz").NotNull();
        attempts.AddColumn<string>("about").NotNull();
        attempts.AddColumn("notices", "text[]").NotNull();
        attempts.AddColumn<string>("outcome").NotNull();
        attempts.AddColumn("status", "integer");
        attempts.AddColumn<int>("milliseconds").NotNull();
        attempts.AddColumn("fault", "text");
        attempts.Indexes.Add(new IndexDefinition("delivery_attempt_subscription") { Columns = ["subscription", "id"] });
        attempts.Indexes.Add(new IndexDefinition("delivery_attempt_at") { Columns = ["at"] });

        foreach (var table in new[] { place, notices, outbox, attempts })
        {
            options.Storage.ExtendedSchemaObjects.Add(table);
        }
    }

    /// <summary>Many rows as one value of a statement.</summary>
    public static NpgsqlParameter Json(object rows) => new() { Value = JsonSerializer.Serialize(rows), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
