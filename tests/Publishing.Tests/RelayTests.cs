using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Relay;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What the relay stands on: when it is woken, and what it may read when.</summary>
public sealed class RelayTests(Servers servers)
{
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;

    static readonly ArticleDrafted drafted = new(
        new()
        {
            Headline = "Bridge opens",
            Category = "world",
            Language = "en",
        }
    );

    sealed class Instance : IAsyncDisposable
    {
        readonly NpgsqlDataSource database;
        readonly DocumentStore store;

        Instance(string connectionString)
        {
            database = NpgsqlDataSource.Create(connectionString);
            Signal = new(database, Storage.Events, NullLogger<AppendSignal>.Instance);
            store = (DocumentStore)Store.Open(connectionString);
        }

        public AppendSignal Signal { get; }

        public IDocumentStore Events => store;

        public static async Task<Instance> BeginAsync(string connectionString, bool leads)
        {
            var instance = new Instance(connectionString);
            await instance.store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
            instance.Signal.IsHere = leads;
            await instance.Signal.StartAsync(ct);
            return instance;
        }

        public async Task AppendAsync(params object[] events)
        {
            await using var session = store.OpenSession(new Marten.Services.SessionOptions { Listeners = { Signal } });
            session.Events.StartStream(Guid.CreateVersion7(), events);
            await session.SaveChangesAsync(ct);
        }

        public async ValueTask DisposeAsync()
        {
            await Signal.StopAsync(ct);
            Signal.Dispose();
            await store.DisposeAsync();
            await database.DisposeAsync();
        }
    }

    static ArticlePublished Published() => new("bridge-opens", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow);

    [Fact]
    public async Task When_the_instance_that_relays_is_killed_another_one_goes_on_where_it_was()
    {
        await using var stack = await Stack.StartAsync(servers, null, "Publishing");
        await using var party = await ThirdParty.BindAsync(stack, "news.events", "article.#");
        var before = await stack.PublishAsync(Stack.Copy("Before it is killed"));
        Assert.Equal($"{before}", (string?)(await party.NextAsync()).Body["subject"]);
        await using var replica = await stack.StartReplicaAsync("Publishing");
        using var editor = stack.Bearer(Stack.AdminKey, replica.Address);

        await stack["Publishing"].KillAsync();
        using var drafted = await editor.PostAsJsonAsync("api/articles", Stack.Copy("After it was killed"), ct);
        var after = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>(ct))!);
        using var published = await editor.SendAsync(stack.Write(HttpMethod.Post, $"api/articles/{after}/publish"), ct);
        published.EnsureSuccessStatusCode();
        var told = await party.NextAsync();
        // What the killed one had told, and not yet stored that it had, may be told twice.
        while ((string?)told.Body["subject"] == $"{before}")
        {
            told = await party.NextAsync();
        }
        Assert.Equal($"{after}", (string?)told.Body["subject"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_relays_is_woken_by_what_any_instance_makes_public(bool byItself)
    {
        var connectionString = await servers.CreateDatabaseAsync("signal");
        await using var leader = await Instance.BeginAsync(connectionString, leads: true);
        await using var other = await Instance.BeginAsync(connectionString, leads: false);
        // Whoever begins to listen is signalled once, since something may have been said before.
        await leader.Signal.WaitAsync(Timeout.InfiniteTimeSpan, ct);

        var woken = leader.Signal.WaitAsync(Timeout.InfiniteTimeSpan, ct);
        await (byItself ? leader : other).AppendAsync(drafted);
        Assert.False(woken.IsCompleted, "nobody is to be told of a draft");
        await (byItself ? leader : other).AppendAsync(drafted, Published());
        await Eventually.Get(() => Task.FromResult(woken.IsCompleted), done => done, "the relay is woken");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_behind_an_append_under_way_waits_until_that_is_committed_or_given_up(bool commits)
    {
        var connectionString = await servers.CreateDatabaseAsync("holes");
        await using var instance = await Instance.BeginAsync(connectionString, leads: true);
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var connection = await database.OpenConnectionAsync(ct);
        var (clock, events) = (new FakeTimeProvider(), new RelayLog(connection, instance.Events, Storage.Events));
        var holes = new SequenceHoles(clock);

        await using var underWay = instance.Events.LightweightSession();
        await underWay.BeginTransactionAsync(ct);
        var first = Guid.CreateVersion7();
        await using (
            var append = ((NpgsqlConnection)underWay.Connection!).Command(
                """
                with stream as (insert into mt_streams (id, version) values ($1, 1))
                insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
                values (nextval('mt_events_sequence'), gen_random_uuid(), $1, 1, $2::jsonb, 'article_drafted', now(), '*DEFAULT*', false)
                """,
                first,
                instance.Events.Options.Serializer().ToJson(drafted)
            )
        )
        {
            await append.ExecuteNonQueryAsync(ct);
        }
        await instance.AppendAsync(drafted, Published());

        Assert.Empty(await BeforeAsync());
        Assert.False(await SettledAsync());
        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(await SettledAsync());
        Assert.Empty(await BeforeAsync());

        await using (var end = ((NpgsqlConnection)underWay.Connection!).Command(commits ? "commit" : "rollback"))
        {
            await end.ExecuteNonQueryAsync(ct);
        }
        if (!commits)
        {
            Assert.Empty(await BeforeAsync());
            Assert.True(await SettledAsync());
        }
        Assert.Equal(
            commits ? ["article_drafted", "article_drafted", "article_published"] : ["article_drafted", "article_published"],
            (await BeforeAsync()).Select(e => Storage.Events.Of(e.Data!.GetType()).Name)
        );

        async Task<IReadOnlyList<StoredEvent>> BeforeAsync() => holes.Before(0, await events.NextAsync(0, 0, ct));

        async Task<bool> SettledAsync() => holes.AreSettled(await events.AppendingAsync(ct), (await events.NextAsync(0, 0, ct))[0].Newest);
    }
}
