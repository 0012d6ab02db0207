using Marten;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>What is asked of the database when changes are looked for, and what is known then.</summary>
public sealed class ChangeTrackerTests(Servers servers)
{
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_look_sees_the_changes_and_one_a_second_up_to_when_they_are_all_known()
    {
        await using var database = await DatabaseAsync();
        var clock = new FakeTimeProvider();
        using var tracker = new ChangeTracker(database, new ReadyOptions(), clock, NullLogger<ChangeTracker>.Instance);

        var begun = await LookAsync();
        await ChangeAsync();
        var thin = await LookAsync();
        Assert.Equal((begun.Number + 1, begun.Complete), (thin.Number, thin.Complete));

        clock.Advance(TimeSpan.FromSeconds(1));
        var complete = await LookAsync();
        Assert.True(complete.Complete > thin.Complete, "a second later the look is a complete one");

        async Task<(long Number, DateTimeOffset Complete)> LookAsync()
        {
            await tracker.LookAsync(ct);
            return (tracker.Of("en", out var until)!.Value.Number, until);
        }

        async Task ChangeAsync()
        {
            await using var change = database.Command(ChangeTracker.FollowSome, (object)new[] { "en" });
            await change.ExecuteNonQueryAsync(ct);
        }
    }

    [Fact]
    public async Task A_look_that_finds_somebody_writing_is_not_complete_and_the_next_one_tries_again()
    {
        await using var database = await DatabaseAsync();
        var clock = new FakeTimeProvider();
        using var tracker = new ChangeTracker(database, new ReadyOptions(), clock, NullLogger<ChangeTracker>.Instance);
        var begun = await LookAsync();

        await using var writer = await database.OpenConnectionAsync(ct);
        await using var transaction = await writer.BeginTransactionAsync(ct);
        await using var change = writer.Command(ChangeTracker.FollowSome, (object)new[] { "en" });
        await change.ExecuteNonQueryAsync(ct);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(begun, await LookAsync());

        await transaction.CommitAsync(ct);
        Assert.True(await LookAsync() > begun, "nobody is writing any more");

        async Task<DateTimeOffset> LookAsync()
        {
            await tracker.LookAsync(ct);
            tracker.Of("en", out var until);
            return until;
        }
    }

    async Task<NpgsqlDataSource> DatabaseAsync()
    {
        var connectionString = await servers.CreateDatabaseAsync("changes");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Database:ConnectionString", connectionString)]);
        builder.AddStore(Storage.Configure);
        using var host = builder.Build();
        await host.Services.GetRequiredService<IDocumentStore>().Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        return NpgsqlDataSource.Create(connectionString);
    }
}
