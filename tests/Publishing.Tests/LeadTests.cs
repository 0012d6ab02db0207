using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What PostgreSQL takes from whoever says nothing any more.</summary>
public sealed class LeadTests(Servers servers)
{
    const string TakeLead = "select pg_try_advisory_lock(7)";

    static readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lead_goes_to_another_when_nothing_is_said_and_stays_with_whoever_proves_that_they_live()
    {
        await using var database = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync("lead"));
        await using var leader = await database.OpenConnectionAsync(ct);
        await using var other = await database.OpenConnectionAsync(ct);
        await Lead.BeginAsync(leader, ct);
        Assert.True(await TakeAsync(leader));

        // Longer than a silence may be.
        await Lead.WaitAsync(leader, TimeSpan.FromSeconds(Lead.PatienceSeconds + 3), TimeProvider.System, ct);
        await Lead.WhileAsync(leader, Task.Delay(TimeSpan.FromSeconds(Lead.PatienceSeconds + 3), ct), TimeProvider.System, ct);
        Assert.False(await TakeAsync(other));

        await Eventually.True(() => TakeAsync(other), "the lead of whoever is silent");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Lead.ProveAsync(leader, ct));
    }

    [Fact]
    public async Task A_connection_that_led_is_as_any_other_when_it_goes_back()
    {
        await using var database = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync("lead"));
        await using var connection = await database.OpenConnectionAsync(ct);
        await Lead.BeginAsync(connection, ct);
        Assert.True(await TakeAsync(connection));
        await SessionState.ClearAsync(connection);
        await using var other = await database.OpenConnectionAsync(ct);
        Assert.True(await TakeAsync(other));
        await using var limit = new NpgsqlCommand("show idle_session_timeout", connection);
        Assert.Equal("0", await limit.ExecuteScalarAsync(ct));
    }

    [Fact]
    public async Task Who_hangs_in_a_transaction_keeps_no_row_from_others()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([new("Database:ConnectionString", await servers.CreateDatabaseAsync("hang"))]);
        builder.AddStore(Storage.Configure);
        using var service = builder.Build();
        await service.StartAsync(ct);
        var database = service.Services.GetRequiredService<NpgsqlDataSource>();
        await using var hanging = await database.OpenConnectionAsync(ct);
        await using var transaction = await hanging.BeginTransactionAsync(ct);
        const string take = "insert into article_lock (article_id, holder, since, until) values (gen_random_uuid(), '', now(), now())";
        await using var write = new NpgsqlCommand($"lock table article_lock; {take}", hanging, transaction);
        await write.ExecuteNonQueryAsync(ct);

        await using var other = database.CreateCommand($"{take}; select count(*) from article_lock");
        other.CommandTimeout = 120;
        Assert.Equal(1L, await other.ExecuteScalarAsync(ct));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync(ct));
    }

    static async Task<bool> TakeAsync(NpgsqlConnection connection)
    {
        await using var take = new NpgsqlCommand(TakeLead, connection);
        return await take.ExecuteScalarAsync(ct) is true;
    }
}
