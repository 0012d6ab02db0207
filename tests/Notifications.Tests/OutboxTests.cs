using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Due;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.Notifications.Webhooks;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>
/// What deliveries stand on, on a database of their own and with nothing that delivers, so that each step can be looked at.
/// </summary>
public sealed class OutboxTests(Servers servers)
{
    const string Channel = WebhookTarget.Kind;
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;

    async Task<Ground> BeginAsync() => await Ground.BeginAsync(await servers.CreateDatabaseAsync("outbox"));

    sealed class Ground(WebApplication app) : IAsyncDisposable
    {
        public Outbox Outbox => app.Services.GetRequiredService<Outbox>();
        public NoticeReader Notices => app.Services.GetRequiredService<NoticeReader>();
        public NoticeWriter Writer => app.Services.GetRequiredService<NoticeWriter>();
        public AttemptLog Attempts => app.Services.GetRequiredService<AttemptLog>();
        public DeliveryRetention Retention => app.Services.GetRequiredService<DeliveryRetention>();
        public SubscriptionStore Subscriptions => app.Services.GetRequiredService<SubscriptionStore>();
        public BulletinLog Bulletins => app.Services.GetRequiredService<BulletinLog>();
        public TradeLog Trade => app.Services.GetRequiredService<TradeLog>();
        public NpgsqlDataSource Database => app.Services.GetRequiredService<NpgsqlDataSource>();

        public static async Task<Ground> BeginAsync(string connectionString)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "portal.json"), optional: false);
            builder.Configuration["Database:ConnectionString"] = connectionString;
            builder.Configuration["Deliveries:MaxWaiting"] = "100";
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Require<PortalOptions>("Portal");
            builder.AddStore(_ => { });
            builder.AddBulletins();
            builder.AddEmbargoes();
            builder.AddSubscriptions();
            builder.AddDeliveries();
            builder.AddWebhooks();
            var app = builder.Build();
            await app.Services.GetRequiredService<IDocumentStore>().Storage.ApplyAllConfiguredChangesToDatabaseAsync();
            var ground = new Ground(app);
            // As the service does when it starts.
            await ground.SpreadAsync();
            return ground;
        }

        public async Task<Guid> SubscribeAsync(SubscriptionState state, bool trade, params string[] topics)
        {
            var subscription = new Subscription
            {
                Id = Guid.CreateVersion7(),
                Kind = Channel,
                Owner = "key:owner",
                Topics = topics,
                State = state,
                MadeAt = DateTimeOffset.UtcNow,
                Target = new WebhookTarget
                {
                    Url = new("https://example.org/"),
                    Secrets = [new(WebhookSecret.Random())],
                    Trade = trade,
                },
            };
            await Subscriptions.UpsertAsync(subscription, ct);
            return subscription.Id;
        }

        public Task<Guid> SubscribeAsync(params string[] topics) => SubscribeAsync(SubscriptionState.Active, false, topics);

        public async Task PublishAsync(params PublicArticle[] articles)
        {
            foreach (var article in articles)
            {
                Assert.NotNull(await Bulletins.AppendAsync(BulletinKind.Published, article, null, false, ct));
            }
        }

        public async Task SpreadAsync()
        {
            foreach (var log in Enum.GetValues<Log>())
            {
                while (await Writer.SpreadAsync(log, 10, ct) > 0) { }
            }
        }

        public async Task<string[]> HeadlinesAsync(Guid subscription) =>
            [
                .. (await Notices.WaitingAsync(subscription)).Select(n =>
                    n.Bulletin?.Article.Headline ?? $"trade: {n.Trade!.Article.Headline}"
                ),
            ];

        public async Task<DeliveryLease> TakeAsync() => Assert.Single(await Outbox.ClaimAsync(Channel, 10, new(1_000), ct));

        public async Task ExecuteAsync(string sql)
        {
#pragma warning disable CA2100 // The tests' own words.
            await using var command = Database.CreateCommand(sql);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(ct);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    static PublicArticle News(
        string headline,
        string language = "en",
        string category = "world",
        string[]? keywords = null,
        bool breaking = false
    ) => Broker.Article(headline, language: language, category: category, keywords: keywords, breaking: breaking);

    [Fact]
    public async Task A_version_that_subscribers_do_not_know_is_a_bulletin_and_one_that_they_know_or_know_newer_is_none()
    {
        await using var ground = await BeginAsync();
        var known = Broker.Article("News", version: 4);
        var told = await AppendAsync(known, "The name was wrong.");
        Assert.Equal(
            (1L, BulletinKind.Corrected, 4L, "The name was wrong."),
            (told!.Position, told.Kind, told.Article.Version, told.Reason)
        );
        Assert.Null(await AppendAsync(known, null));
        Assert.Null(await AppendAsync(known with { Version = 3 }, null));
        Assert.Equal(2, (await AppendAsync(known with { Version = 5 }, null))?.Position);
        Assert.Equal([(1L, 4L), (2L, 5L)], (await ground.Bulletins.ReadAsync(0, 10, ct)).Select(b => (b.Position, b.Article.Version)));

        Task<Bulletin?> AppendAsync(PublicArticle article, string? reason) =>
            ground.Bulletins.AppendAsync(BulletinKind.Corrected, article, reason, false, ct);
    }

    [Fact]
    public async Task However_many_append_at_once_who_sees_a_position_has_seen_every_lower_one_and_no_version_is_told_twice()
    {
        await using var ground = await BeginAsync();
        PublicArticle[] articles = [.. Enumerable.Range(0, 20).Select(i => Broker.Article($"At once {i}", version: 2))];
        var appending = Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        foreach (var article in articles)
                        {
                            await ground.Bulletins.AppendAsync(BulletinKind.Published, article, null, false, ct);
                        }
                    })
                )
        );
        while (!appending.IsCompleted)
        {
            var seen = await ground.Bulletins.ReadAsync(0, 100, ct);
            Assert.Equal(Enumerable.Range(1, seen.Count).Select(position => (long)position), seen.Select(b => b.Position));
        }
        await appending;
        var all = await ground.Bulletins.ReadAsync(0, 100, ct);
        Assert.Equal(articles.Select(a => a.ArticleId).Order(), all.Select(b => b.Article.Id).Order());
    }

    [Fact]
    public async Task Who_delivers_is_woken_only_when_somebody_wants_a_bulletin()
    {
        await using var ground = await BeginAsync();
        await ground.SubscribeAsync("keyword:wanted");
        await using var listening = await ground.Database.OpenConnectionAsync(ct);
        var woken = new List<string>();
        listening.Notification += (_, said) => woken.Add(said.Channel);
        await using (var listen = new NpgsqlCommand($"listen {DueWork.Channel}", listening))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        await ground.PublishAsync(Broker.Article("Nobody's", keywords: ["unwanted"]));
        await ground.SpreadAsync();
        await ground.PublishAsync(Broker.Article("Somebody's", keywords: ["wanted"]));
        await ground.SpreadAsync();
        await listening.WaitAsync(ct);
        // What had been said before would have come before.
        Assert.Equal([DueWork.Channel], woken);
    }

    [Fact]
    public async Task A_bulletin_is_noted_for_whom_it_matches_by_or_and_and_once_for_each()
    {
        await using var ground = await BeginAsync();
        var everything = await ground.SubscribeAsync();
        var either = await ground.SubscribeAsync("language:az", "category:sport", "breaking");
        var both = await ground.SubscribeAsync("language:en,category:sport");
        var quoted = await ground.SubscribeAsync("keyword:a \"b\" {c} \\d,language:en");
        await ground.PublishAsync(
            News("World"),
            News("Sport", category: "sport"),
            News("İdman", "az", "sport", breaking: true),
            News("Odd", keywords: ["A \"b\" {c} \\D"])
        );
        await ground.SpreadAsync();
        Assert.Equal(["World", "Sport", "İdman", "Odd"], await ground.HeadlinesAsync(everything));
        Assert.Equal(["Sport", "İdman"], await ground.HeadlinesAsync(either));
        Assert.Equal(["Sport"], await ground.HeadlinesAsync(both));
        Assert.Equal(["Odd"], await ground.HeadlinesAsync(quoted));
    }

    [Fact]
    public async Task Nothing_from_before_the_subscription_is_noted_although_it_is_spread_later()
    {
        await using var ground = await BeginAsync();
        await ground.SubscribeAsync("breaking");
        await ground.SpreadAsync();
        await ground.PublishAsync(News("Before"));
        var pending = await ground.SubscribeAsync(SubscriptionState.Pending, false);
        var active = await ground.SubscribeAsync();
        await ground.PublishAsync(News("Between"));
        await ground.Subscriptions.ChangeAsync(pending, it => it with { State = SubscriptionState.Active }, ct);
        await ground.PublishAsync(News("After"));
        await ground.SpreadAsync();
        Assert.Equal(["Between", "After"], await ground.HeadlinesAsync(active));
        Assert.Equal(["After"], await ground.HeadlinesAsync(pending));
    }

    [Fact]
    public async Task A_subscription_that_changes_keeps_its_place_in_the_log()
    {
        await using var ground = await BeginAsync();
        var subscription = await ground.SubscribeAsync("category:sport");
        await ground.PublishAsync(News("Not spread yet"));
        await ground.Subscriptions.ChangeAsync(subscription, it => it with { Topics = [] }, ct);
        await ground.SpreadAsync();
        Assert.Equal(["Not spread yet"], await ground.HeadlinesAsync(subscription));
    }

    [Fact]
    public async Task Many_instances_that_spread_at_once_note_each_bulletin_once_and_in_the_log_s_order()
    {
        await using var ground = await BeginAsync();
        var subscriptions = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            subscriptions.Add(await ground.SubscribeAsync(SubscriptionState.Active, i % 2 == 0, i % 3 == 0 ? [] : ["language:en"]));
        }
        var published = Enumerable.Range(0, 60).Select(i => News($"News {i}")).ToArray();
        var publishing = ground.PublishAsync(published);
        var embargoing = Task.Run(
            async () =>
            {
                for (var i = 0; i < 30; i++)
                {
                    await ground.Trade.AppendAsync(
                        new()
                        {
                            Id = Guid.CreateVersion7(),
                            Article = News($"Embargo {i}"),
                            EmbargoedUntil = DateTimeOffset.UtcNow.AddHours(1),
                            ChangedAt = DateTimeOffset.UtcNow,
                        },
                        ct
                    );
                }
            },
            ct
        );
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            while (!publishing.IsCompleted || !embargoing.IsCompleted)
                            {
                                await ground.SpreadAsync();
                            }
                        },
                        ct
                    )
                )
        );
        await Task.WhenAll(publishing, embargoing);
        await ground.SpreadAsync();
        foreach (var (index, subscription) in subscriptions.Index())
        {
            var headlines = await ground.HeadlinesAsync(subscription);
            Assert.Equal(published.Select(a => a.Headline), headlines.Where(h => !h.StartsWith("trade", StringComparison.Ordinal)));
            Assert.Equal(
                index % 2 == 0 ? Enumerable.Range(0, 30).Select(i => $"trade: Embargo {i}") : [],
                headlines.Where(h => h.StartsWith("trade", StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public async Task A_turn_belongs_to_one_instance_until_its_lease_ends_and_who_lost_it_changes_nothing()
    {
        await using var ground = await BeginAsync();
        var subscription = await ground.SubscribeAsync();
        await ground.PublishAsync(News("News"));
        await ground.SpreadAsync();
        var lost = await ground.TakeAsync();
        Assert.Empty(await ground.Outbox.ClaimAsync(Channel, 10, new(1_000), ct));
        await ground.ExecuteAsync("update outbox set leased_until = now() - interval '1 second'");
        var mine = await ground.TakeAsync();
        Assert.NotEqual(lost.Lease, mine.Lease);
        var waiting = await ground.Notices.WaitingAsync(subscription);
        Assert.False(await ground.Outbox.RecordAsync(lost, new(waiting, Outcome.Failed), keep: false));
        Assert.False(await ground.Outbox.ReleaseAsync(lost with { Failures = 7 }, TimeSpan.FromHours(1), null, mayGoOn: true));
        Assert.Empty(await ground.Outbox.ClaimAsync(Channel, 10, new(1_000), ct));
        Assert.True(await ground.Outbox.RecordAsync(mine, new(waiting, Outcome.Delivered), keep: false));
        Assert.False(await ground.Outbox.ReleaseAsync(mine, TimeSpan.Zero, waiting[^1].Number, mayGoOn: true));
        Assert.Equal(new DeliveryStanding(0, 0, null, null), await ground.Outbox.StandingAsync(subscription, ct));
    }

    [Fact]
    public async Task Of_many_turns_at_once_each_has_its_own_answer_and_who_lost_one_or_is_gone_changes_nothing()
    {
        await using var ground = await BeginAsync();
        var subscriptions = new List<Guid>();
        for (var i = 0; i < 300; i++)
        {
            subscriptions.Add(await ground.SubscribeAsync());
        }
        await ground.PublishAsync(News("One"), News("Two"));
        await ground.SpreadAsync();
        var turns = await ground.Outbox.ClaimAsync(Channel, 1_000, new(1_000), ct);
        Assert.Equal(300, turns.Count);
        var (lost, gone) = (turns[7].Subscription, turns[8].Subscription);
        await ground.ExecuteAsync($"update outbox set lease = gen_random_uuid() where subscription = '{lost}'");
        await ground.Subscriptions.DeleteAsync(gone, ct);

        var waiting = await Task.WhenAll(turns.Select(lease => ground.Notices.WaitingAsync(lease.Subscription)));
        Assert.All(waiting.Zip(turns), w =>
            Assert.Equal(w.Second.Subscription == gone ? [] : ["One", "Two"], w.First.Select(n => n.Bulletin!.Article.Headline))
        );
        var mine = await Task.WhenAll(
            turns.Zip(waiting, (lease, its) =>
                ground.Outbox.RecordAsync(lease, new([.. its.Take(1)], Outcome.Delivered) { Status = 204 }, keep: true)
            )
        );
        Assert.All(turns.Zip(mine), turn => Assert.Equal(turn.First.Subscription != lost && turn.First.Subscription != gone, turn.Second));
        Assert.All(await Task.WhenAll(subscriptions.Where(s => s != gone).Select(ground.HeadlinesAsync)), headlines =>
            Assert.Equal(["Two"], headlines)
        );
        Assert.Empty(await ground.Attempts.ReadAsync(gone, Guid.AllBitsSet, 10, ct));
        Assert.Equal(
            [waiting[9][0].Id],
            Assert.Single(await ground.Attempts.ReadAsync(turns[9].Subscription, Guid.AllBitsSet, 10, ct)).Messages
        );

        var goOn = await Task.WhenAll(
            turns.Select(
                (lease, i) => ground.Outbox.ReleaseAsync(lease with { Failures = i % 2 }, TimeSpan.FromHours(i % 2), null, mayGoOn: true)
            )
        );
        Assert.All(turns.Zip(goOn).Select((turn, i) => (turn.First, turn.Second, Fails: i % 2 == 1)), turn =>
            Assert.Equal(!turn.Fails && turn.First.Subscription != lost && turn.First.Subscription != gone, turn.Second)
        );
    }

    [Fact]
    public async Task What_comes_during_a_turn_makes_it_go_on_and_what_comes_after_it_makes_a_new_one()
    {
        await using var ground = await BeginAsync();
        var subscription = await ground.SubscribeAsync();
        await ground.PublishAsync(News("One"));
        await ground.SpreadAsync();
        var lease = await ground.TakeAsync();
        var waiting = await ground.Notices.WaitingAsync(subscription);
        await ground.PublishAsync(News("Two"));
        await ground.SpreadAsync();
        await ground.Outbox.RecordAsync(lease, new(waiting, Outcome.Delivered), keep: false);
        Assert.True(await ground.Outbox.ReleaseAsync(lease, TimeSpan.Zero, waiting[^1].Number, mayGoOn: true));
        Assert.Empty(await ground.Outbox.ClaimAsync(Channel, 10, new(1_000), ct));
        Assert.False(await ground.Outbox.ReleaseAsync(lease, TimeSpan.Zero, waiting[^1].Number, mayGoOn: false));
        lease = await ground.TakeAsync();
        waiting = await ground.Notices.WaitingAsync(subscription);
        Assert.Equal("Two", Assert.Single(waiting).Bulletin!.Article.Headline);
        await ground.Outbox.RecordAsync(lease, new(waiting, Outcome.Delivered), keep: false);
        await ground.Outbox.ReleaseAsync(lease, TimeSpan.Zero, waiting[^1].Number, mayGoOn: true);
        await ground.PublishAsync(News("Three"));
        await ground.SpreadAsync();
        await ground.TakeAsync();
    }

    [Fact]
    public async Task What_is_postponed_waits_until_its_time_or_until_something_new_comes_and_a_failure_waits_whatever_comes()
    {
        await using var ground = await BeginAsync();
        var subscription = await ground.SubscribeAsync();
        await ground.PublishAsync(News("One"));
        await ground.SpreadAsync();
        var lease = await ground.TakeAsync();
        var seen = (await ground.Notices.WaitingAsync(subscription))[^1].Number;
        Assert.False(await ground.Outbox.ReleaseAsync(lease, TimeSpan.FromHours(1), seen, mayGoOn: true));
        Assert.Empty(await ground.Outbox.ClaimAsync(Channel, 10, new(1_000), ct));
        await ground.PublishAsync(News("Two"));
        await ground.SpreadAsync();
        lease = await ground.TakeAsync();

        var since = UtcTimes.Micros(DateTimeOffset.UtcNow);
        Assert.False(
            await ground.Outbox.ReleaseAsync(lease with { Failures = 1, FailingSince = since }, TimeSpan.FromHours(1), seen, mayGoOn: true)
        );
        await ground.PublishAsync(News("Three"));
        await ground.SpreadAsync();
        Assert.Empty(await ground.Outbox.ClaimAsync(Channel, 10, new(1_000), ct));
        Assert.Equal(
            (3, 1, since),
            await ground.Outbox.StandingAsync(subscription, ct) is var s ? (s.Waiting, s.Failures, s.FailingSince) : default
        );
        await ground.ExecuteAsync("update outbox set due_at = now()");
        Assert.Equal((1, since), await ground.TakeAsync() is var again ? (again.Failures, again.FailingSince) : default);
    }

    [Fact]
    public async Task Since_when_an_endpoint_fails_is_remembered_while_nothing_waits()
    {
        await using var ground = await BeginAsync();
        var subscription = await ground.SubscribeAsync();
        await ground.PublishAsync(News("Given up"));
        await ground.SpreadAsync();
        var (lease, since) = (await ground.TakeAsync(), UtcTimes.Micros(DateTimeOffset.UtcNow.AddDays(-4)));
        await ground.Outbox.GiveUpAsync(subscription, await ground.Notices.WaitingAsync(subscription), ct);
        await ground.Outbox.ReleaseAsync(lease with { FailingSince = since }, TimeSpan.Zero, null, mayGoOn: true);
        Assert.Empty(await ground.Outbox.ClaimAsync(Channel, 10, new(1_000), ct));
        Assert.Equal(new DeliveryStanding(0, 0, since, null), await ground.Outbox.StandingAsync(subscription, ct));
        await ground.PublishAsync(News("The next"));
        await ground.SpreadAsync();
        Assert.Equal(since, (await ground.TakeAsync()).FailingSince);
    }

    [Fact]
    public async Task What_is_not_active_any_more_has_nothing_waiting_and_a_change_never_brings_back_what_was_deleted()
    {
        await using var ground = await BeginAsync();
        var (disabled, deleted) = (await ground.SubscribeAsync(), await ground.SubscribeAsync());
        await ground.PublishAsync(News("News"));
        await ground.SpreadAsync();
        await ground.Subscriptions.ChangeAsync(disabled, it => it with { State = SubscriptionState.Disabled }, ct);
        await ground.Subscriptions.DeleteAsync(deleted, ct);
        Assert.Null(await ground.Subscriptions.ChangeAsync(deleted, it => it with { State = SubscriptionState.Active }, ct));
        await ground.PublishAsync(News("More"));
        await ground.SpreadAsync();
        Assert.Empty(await ground.Outbox.ClaimAsync(Channel, 10, new(1_000), ct));
        Assert.Empty(await ground.HeadlinesAsync(disabled));
        Assert.Empty(await ground.HeadlinesAsync(deleted));
        Assert.Null(await ground.Subscriptions.FindAsync(deleted, ct));
        Assert.Equal(SubscriptionState.Disabled, (await ground.Subscriptions.FindAsync(disabled, ct))!.State);
    }

    [Fact]
    public async Task What_was_masked_while_it_waited_is_told_as_it_is_by_then()
    {
        await using var ground = await BeginAsync();
        var subscription = await ground.SubscribeAsync(SubscriptionState.Active, true);
        var (article, embargoed) = (News("Jane Doe speaks"), News("Jane Doe will speak"));
        await ground.PublishAsync(article);
        await ground.Trade.AppendAsync(
            new()
            {
                Id = embargoed.ArticleId,
                Article = embargoed,
                EditorNote = "Jane's number",
                ChangedAt = DateTimeOffset.UtcNow,
            },
            ct
        );
        await ground.SpreadAsync();
        // Read into memory by whoever had a turn before.
        Assert.Equal(["Jane Doe speaks", "trade: Jane Doe will speak"], await ground.HeadlinesAsync(subscription));
        await ground.Bulletins.AppendAsync(
            BulletinKind.Updated,
            article with
            {
                Version = 3,
                Headline = "Somebody speaks",
            },
            null,
            masked: true,
            ct
        );
        await ground.Trade.AppendAsync(
            new()
            {
                Id = embargoed.ArticleId,
                Article = embargoed with { Version = 3, Headline = "Somebody will speak", Body = "" },
                ChangedAt = DateTimeOffset.UtcNow,
            },
            ct
        );
        var waiting = await ground.Notices.WaitingAsync(subscription);
        Assert.Equal(
            ["Somebody speaks", "Somebody will speak"],
            waiting.Select(n => n.Bulletin?.Article.Headline ?? n.Trade!.Article.Headline)
        );
        Assert.Equal([1L, 1L], waiting.Select(n => n.Bulletin?.Position ?? n.Trade!.Position));
        Assert.DoesNotContain("Jane", Encoded(waiting), StringComparison.Ordinal);

        static string Encoded(IReadOnlyList<PendingDelivery> waiting) =>
            string.Concat(waiting.Select(n => System.Text.Encoding.UTF8.GetString(WebhookMessage.Of(n).Span)));
    }

    [Fact]
    public async Task The_bytes_of_a_bulletin_are_made_once_for_all_who_get_it()
    {
        await using var ground = await BeginAsync();
        var (one, other) = (await ground.SubscribeAsync(), await ground.SubscribeAsync());
        await ground.PublishAsync(News("News"));
        await ground.SpreadAsync();
        var (first, second) = ((await ground.Notices.WaitingAsync(one))[0], (await ground.Notices.WaitingAsync(other))[0]);
        Assert.NotEqual(first.Id, second.Id);
        Assert.True(WebhookMessage.Of(first).Equals(WebhookMessage.Of(second)));
    }

    [Fact]
    public async Task More_than_is_kept_gives_the_oldest_up_and_what_left_the_log_is_not_told()
    {
        await using var ground = await BeginAsync();
        var subscription = await ground.SubscribeAsync();
        await ground.PublishAsync([.. Enumerable.Range(0, 103).Select(i => News($"News {i}"))]);
        await ground.SpreadAsync();
        Assert.Equal(3, await ground.Retention.TidyAsync(ct));
        Assert.Equal(Enumerable.Range(3, 100).Select(i => $"News {i}"), await ground.HeadlinesAsync(subscription));
        await ground.ExecuteAsync("delete from mt_doc_bulletin where id <= 101");
        Assert.Equal(["News 101", "News 102"], await ground.HeadlinesAsync(subscription));
        Assert.Equal(2, (await ground.Outbox.StandingAsync(subscription, ct)).Waiting);
    }

    [Fact]
    public void Lengths_of_time_are_read_as_operators_write_them()
    {
        Assert.Equal(
            [
                TimeSpan.FromMilliseconds(500),
                TimeSpan.FromSeconds(5),
                TimeSpan.FromMinutes(30),
                TimeSpan.FromHours(2),
                TimeSpan.FromDays(1),
            ],
            Durations.Parse("500ms, 5s,30m,2h,1d")
        );
        foreach (var bad in new[] { "", "5", "s", "5x", "-5s", "0s", "31d", "99999999999s" })
        {
            Assert.Throws<FormatException>(() => Durations.Parse(bad));
        }
    }
}
