using JasperFx.Events;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Several instances on one store, each with a clock of its own that is not to be relied on.</summary>
public sealed class SchedulerTests(Servers servers)
{
    static readonly TimeSpan tick = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task What_is_due_is_done_once_and_not_before_by_instances_whose_clocks_jump()
    {
        var ct = TestContext.Current.CancellationToken;
        var connectionString = await servers.CreateDatabaseAsync("timetable");
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var store = (DocumentStore)Store.Open(connectionString);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        var now = DateTimeOffset.UtcNow;
        var soon = await ScheduleAsync(store, 40, now.AddSeconds(2), unpublishAt: now.AddSeconds(3));
        var later = await ScheduleAsync(store, 5, now.AddHours(1), unpublishAt: null);

        FakeTimeProvider[] clocks = [new(now), new(now.AddDays(1)), new(now.AddDays(-1))];
        Scheduler[] instances = [.. clocks.Select(clock => new Scheduler(store, database, clock, NullLogger<Scheduler>.Instance))];
        foreach (var instance in instances)
        {
            await instance.StartAsync(ct);
        }
        var jump = TimeSpan.FromHours(5);
        var events = await Eventually.Get(
            async () =>
            {
                foreach (var clock in clocks)
                {
                    clock.AdjustTime(clock.GetUtcNow() + jump);
                    clock.Advance(tick);
                }
                jump = -1.5 * jump;
                jump = jump.Duration() > TimeSpan.FromDays(300) ? TimeSpan.FromHours(5) : jump;
                return await EventsAsync(store);
            },
            events => events.Count(e => e.Data is ArticleUnpublished) >= soon.Count,
            "all of them published and taken down"
        );
        foreach (var instance in instances)
        {
            await instance.StopAsync(ct);
            instance.Dispose();
        }

        Assert.All(soon, id => Assert.Equal(["drafted", "scheduled", "published", "unpublished"], Acts(events, id)));
        Assert.All(later, id => Assert.Equal(["drafted", "scheduled"], Acts(events, id)));
        Assert.All(events.Select(e => e.Data).OfType<ArticlePublished>(), published =>
            Assert.True(published.UpdatedAt >= now.AddSeconds(2), "it was public before its time")
        );
    }

    static IEnumerable<string> Acts(IReadOnlyList<IEvent> events, Guid id) =>
        events.Where(e => e.StreamId == id).Select(e => e.EventTypeName["article_".Length..]);

    static async Task<IReadOnlyList<IEvent>> EventsAsync(DocumentStore store)
    {
        await using var session = store.QuerySession();
        return await session.Events.QueryAllRawEvents().OrderBy(e => e.Sequence).ToListAsync();
    }

    static async Task<IReadOnlyList<Guid>> ScheduleAsync(
        DocumentStore store,
        int count,
        DateTimeOffset publishAt,
        DateTimeOffset? unpublishAt
    )
    {
        await using var session = store.LightweightSession();
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var id in ids)
        {
            object[] events =
            [
                new ArticleDrafted(
                    new()
                    {
                        Headline = $"At the hour {id}",
                        Category = "world",
                        Language = "en",
                    }
                ),
                new ArticleScheduled(publishAt, unpublishAt),
            ];
            session.Events.StartStream(id, events);
            var drafted = Article.Fold(id, events[..1])!;
            DueArticle.Upsert(session, drafted, Article.Apply(id, drafted, events[1])!);
        }
        await session.SaveChangesAsync();
        return ids;
    }
}
