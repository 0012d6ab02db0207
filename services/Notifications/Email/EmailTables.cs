using Marten;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Email;

/// <summary>The tables of who is mailed, what was mailed and who asked for how much.</summary>
static class EmailTables
{
    /// <summary>The stories that a subscription was mailed, as they were then.</summary>
    public const string Stories = "email_mailed";

    /// <summary>How far the digests of a subscription came.</summary>
    public const string Digests = "email_digest";

    /// <summary>The subscription that an address has of each kind.</summary>
    public const string Addresses = "email_address";

    /// <summary>The requests of the last hour.</summary>
    public const string Requests = "email_request";

    public static void Configure(StoreOptions options)
    {
        var stories = new Table($"{options.DatabaseSchemaName}.{Stories}");
        stories.AddColumn<Guid>("subscription").AsPrimaryKey();
        stories.AddColumn<Guid>("article").AsPrimaryKey();
        stories.AddColumn<long>("version").NotNull();
        stories.AddColumn<string>("message_id").NotNull();
        stories.AddColumn("at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        stories.Indexes.Add(new IndexDefinition("email_mailed_at") { Columns = ["at"] });

        var digests = new Table($"{options.DatabaseSchemaName}.{Digests}");
        digests.AddColumn<Guid>("subscription").AsPrimaryKey();
        digests.AddColumn("next_at", "timestamptz").NotNull();
        digests.AddColumn<long>("after").NotNull();
        digests.AddColumn("until", "bigint");

        var addresses = new Table($"{options.DatabaseSchemaName}.{Addresses}");
        addresses.AddColumn<string>("hash").AsPrimaryKey();
        addresses.AddColumn<string>("frequency").AsPrimaryKey();
        addresses.AddColumn<string>("language").AsPrimaryKey();
        addresses.AddColumn<Guid>("subscription").NotNull();
        addresses.AddColumn("key", "bigint").NotNull().DefaultValueByExpression("0");
        addresses.Indexes.Add(new IndexDefinition("email_address_subscription") { Columns = ["subscription"] });

        var requests = new Table($"{options.DatabaseSchemaName}.{Requests}");
        requests.AddColumn("id", "bigserial").AsPrimaryKey();
        requests.AddColumn<string>("hash").NotNull();
        requests.AddColumn("at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        requests.Indexes.Add(new IndexDefinition("email_request_hash") { Columns = ["hash", "at"] });

        foreach (var table in new[] { stories, digests, addresses, requests })
        {
            options.Storage.ExtendedSchemaObjects.Add(table);
        }
    }
}
