using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>The worst night: what was acknowledged arrives, once, whatever breaks meanwhile.</summary>
[Collection(StoppedServers.Name)]
public sealed class FailureTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    Stack Stack => platform.Stack;

    [Fact]
    public Task With_RabbitMQ_down_editors_publish_on_and_it_all_arrives_when_it_is_back() =>
        PublishWithoutBrokerAsync("brokerless", Stack.Servers.StopRabbitAsync);

    [Fact]
    public async Task A_RabbitMQ_that_is_killed_loses_none_and_doubles_none()
    {
        await Stack.Servers.StopRabbitAsync();
        await Stack.Servers.StartRabbitAsync();
        await PublishWithoutBrokerAsync("crashed", Stack.Servers.KillRabbitAsync);
    }

    [Theory]
    [InlineData("Publishing")]
    [InlineData("Feed")]
    [InlineData("Notifications")]
    [InlineData("Gateway")]
    public async Task A_service_that_is_killed_while_articles_are_published_loses_none_and_doubles_none(string service) =>
        await PublishThroughAsync($"killed-{service}".ToLowerInvariant(), async () =>
        {
            await Stack[service].KillAsync();
            Stack[service].Start();
            await Stack[service].ReadyAsync();
        });

    [Fact]
    public async Task A_PostgreSQL_that_is_restarted_while_articles_are_published_loses_none_and_doubles_none() =>
        await PublishThroughAsync("restarted", Stack.Servers.RestartPostgresAsync);

    [Fact]
    public async Task A_relay_whose_checkpoint_was_moved_goes_on_from_the_stored_one()
    {
        // As when two instances took themselves for the one that relays.
        var published = new List<Guid>
        {
            await PublishAsync("Before the stop", "checkpoint"),
            await PublishAsync("Before the stop too", "checkpoint"),
        };
        await AllArriveOnceAsync(published, "checkpoint");
        await Stack.ExecuteAsync(
            "Publishing",
            "update mt_event_progression set last_seq_id = greatest(last_seq_id - 1, 1) where name = 'ArticleRelay:All'"
        );
        for (var i = 0; i < 3; i++)
        {
            published.Add(await PublishAsync($"After the stop {i}", "checkpoint"));
        }
        await AllArriveOnceAsync(published, "checkpoint");
        Assert.Contains(Stack["Publishing"].Output, l => l.Contains("checkpoint was moved", StringComparison.Ordinal));
    }

    /// <summary>Publishes while the broker ends, while there is none and when it is back.</summary>
    async Task PublishWithoutBrokerAsync(string keyword, Func<Task> endAsync)
    {
        var published = new List<Guid>();
        var ending = Task.CompletedTask;
        for (var i = 0; i < 20; i++)
        {
            published.Add(await PublishAsync($"{keyword} {i}", keyword));
            if (i == 5)
            {
                ending = endAsync();
            }
        }
        try
        {
            await ending;
            for (var i = 0; i < 5; i++)
            {
                published.Add(await PublishAsync($"{keyword} without a broker {i}", keyword));
            }
        }
        finally
        {
            await Stack.Servers.StartRabbitAsync();
        }
        published.Add(await PublishAsync($"{keyword} when it is back", keyword));
        await AllArriveOnceAsync(published, keyword);
    }

    /// <summary>Publishes before, while and after something breaks, and keeps what was acknowledged.</summary>
    async Task PublishThroughAsync(string keyword, Func<Task> breakAsync)
    {
        const int before = 10,
            after = 10;
        var published = new List<Guid>();
        Task? breaking = null;
        for (var i = 0; published.Count < before || breaking is not { IsCompleted: true } || i < after; i++)
        {
            try
            {
                published.Add(await Stack.PublishAsync(Stack.Copy($"{keyword} {i}", keywords: [keyword])));
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                // Not acknowledged, so nothing is promised; the editor tries again with another article.
                await Task.Delay(20);
            }
            if (published.Count == before)
            {
                breaking ??= breakAsync();
            }
        }
        await breaking!;
        for (var i = 0; i < after; i++)
        {
            published.Add(await PublishAsync($"{keyword} after {i}", keyword));
        }
        await AllArriveOnceAsync(published, keyword);
    }

    /// <summary>As an editor's software does it: a 503 is tried again.</summary>
    Task<Guid> PublishAsync(string headline, string keyword) =>
        Eventually.Get(() => Stack.PublishAsync(Stack.Copy(headline, keywords: [keyword])), _ => true, "an article is published");

    async Task AllArriveOnceAsync(IReadOnlyCollection<Guid> published, string keyword)
    {
        try
        {
            await SeeAllOnceAsync(published, keyword);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{await Stack.DiagnosisAsync()}", late);
        }
    }

    async Task SeeAllOnceAsync(IReadOnlyCollection<Guid> published, string keyword)
    {
        // On a damaged way an article may be stored although its answer was lost, so there may be more than was promised; never less, never
        // twice.
        var line = await Stack.LineUntilAsync(
            items => published.All(id => items.Any(i => Stack.Id(i) == id)),
            "all on the line",
            $"keyword={keyword}"
        );
        Assert.Equal(line.Count, line.DistinctBy(Stack.Id).Count());

        await using var subscriber = await Eventually.Get(
            () => Subscriber.JoinAsync(Stack.Reader, $"?topic=keyword:{keyword}", "0"),
            _ => true,
            "the stream"
        );
        var told = await subscriber.UntilAsync(r => published.All(id => r.Any(b => Id(b) == id)), "all told");
        Assert.Equal(told.Count, told.DistinctBy(Id).Count());

        static Guid Id(Received bulletin) => Stack.Id(bulletin.Data["article"]!);
    }
}
