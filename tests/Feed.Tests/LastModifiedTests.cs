using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>What is said of the time of the last change while there are many, by two instances on one database.</summary>
public sealed partial class LastModifiedTests(FeedService service) : IClassFixture<FeedService>
{
    static readonly string[] paths = ["api/news?keyword=rush", "en/rss.xml?keyword=rush"];

    /// <param name="Number">Of the change that the content shows.</param>
    sealed record Said(int Instance, string Path, int Number, DateTimeOffset? LastModified, DateTimeOffset Date, string ETag)
    {
        /// <summary>What a client sends that has no more than this (RFC 9110, section 13.1.3).</summary>
        public DateTimeOffset Since => LastModified ?? Date;
    }

    readonly ConcurrentQueue<Said> all = new();
    HttpClient[] instances = [];

    Stack Stack => service.Stack;

    [Fact]
    public async Task In_a_rush_of_changes_nobody_is_told_304_of_what_they_have_not_and_Last_Modified_is_there_again_right_after_it()
    {
        var article = Broker.Article("Rush number 0.", keywords: ["rush"]);
        await Stack.SendAsync(article);
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=rush");
        await using var replica = await Stack.StartReplicaAsync("Feed");
        using var other = new HttpClient { BaseAddress = replica.Address };
        instances = [Stack.Reader, other];
        await using var database = new NpgsqlConnection(Stack.ConnectionString("Feed"));
        await database.OpenAsync();

        using var rush = new CancellationTokenSource();
        var readers = paths
            .SelectMany(path =>
                new[]
                {
                    ReadAsync(path, Poll.All, rush.Token),
                    ReadAsync(path, Poll.ByTime, rush.Token),
                    ReadAsync(path, Poll.ByTag, rush.Token),
                }
            )
            .ToArray();
        var (changes, watch) = (0, Stopwatch.StartNew());
        while (changes < 200 || watch.Elapsed < TimeSpan.FromSeconds(4))
        {
            await ChangeAsync(database, article.ArticleId, ++changes);
        }
        // The last one at a distance from the ends of its second: an instance learns of it a moment later.
        await Eventually.True(
            async () =>
                await database
                    .Command("select date_part('milliseconds', clock_timestamp())::int % 1000 between 200 and 600")
                    .ExecuteScalarAsync()
                    is true,
            "the middle of a second"
        );
        await ChangeAsync(database, article.ArticleId, ++changes);
        var changedAt = new DateTimeOffset((DateTime)(await database.Command("select clock_timestamp()").ExecuteScalarAsync())!);
        foreach (var (instance, path) in from instance in new[] { 0, 1 } from path in paths select (instance, path))
        {
            await Eventually.Get(
                () => GetAsync(instance, path),
                said => said is { LastModified: not null } && said.Number == changes,
                "Last-Modified of the last change"
            );
        }
        await rush.CancelAsync();
        await Task.WhenAll(readers);

        Assert.All(all, said => Assert.True(said.LastModified is not { } time || time <= said.Date, $"{said} is dated in the future."));
        Assert.All(all.Where(said => said.LastModified is null && said.Number == changes), said =>
            Assert.InRange(said.Date, changedAt.AddMinutes(-1), changedAt.AddSeconds(10))
        );
        Assert.All(all.Where(said => said.LastModified is not null).GroupBy(said => (said.Path, said.LastModified)), same =>
            Assert.Single(same.Select(said => said.Number).Distinct())
        );
        foreach (var (path, since) in all.Where(said => said.Number < changes).Select(said => (said.Path, said.Since)).Distinct())
        {
            Assert.Equal([changes, changes], [(await GetAsync(0, path, since))?.Number, (await GetAsync(1, path, since))?.Number]);
        }
        foreach (
            var said in all.Where(said => said.Number == changes && said.LastModified is not null)
                .DistinctBy(said => (said.Instance, said.Path))
        )
        {
            Assert.Null(await GetAsync(said.Instance, said.Path, all.Where(one => one.Number == changes).Max(one => one.LastModified)));
        }
    }

    enum Poll
    {
        All,
        ByTime,
        ByTag,
    }

    /// <summary>One client that goes from instance to instance.</summary>
    async Task ReadAsync(string path, Poll poll, CancellationToken ct)
    {
        Said? held = null;
        for (var turn = 0; !ct.IsCancellationRequested; turn++)
        {
            var instance = turn % instances.Length;
            var told = all.Where(said => said.Instance == instance && said.Path == path)
                .Select(said => said.Number)
                .DefaultIfEmpty(0)
                .Max();
            var said = await GetAsync(instance, path, poll == Poll.ByTime ? held?.Since : null, poll == Poll.ByTag ? held?.ETag : null);
            Assert.True(
                said is not null || held!.Number >= told,
                $"{path} at {instance} was told 304 with {held}, where {told} had been told before."
            );
            held = said ?? held;
        }
    }

    /// <summary>Null when it is answered 304.</summary>
    async Task<Said?> GetAsync(int instance, string path, DateTimeOffset? since = null, string? tag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfModifiedSince = since;
        if (tag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }
        using var answer = await instances[instance].SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.NotModified)
        {
            return null;
        }
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var number = int.Parse(Number().Match(await answer.Content.ReadAsStringAsync()).Groups[1].Value, CultureInfo.InvariantCulture);
        var said = new Said(
            instance,
            path,
            number,
            answer.Content.Headers.LastModified,
            answer.Headers.Date!.Value,
            answer.Headers.ETag!.ToString()
        );
        all.Enqueue(said);
        return said;
    }

    /// <summary>As an instance does that stores a story.</summary>
    static async Task ChangeAsync(NpgsqlConnection database, Guid story, int number)
    {
        await using var transaction = await database.BeginTransactionAsync();
        await database
            .Command(
                """
                update mt_doc_story set mt_version = mt_version + 1,
                    data = jsonb_set(jsonb_set(data, '{item,headline}', to_jsonb($2)), '{body}', to_jsonb($2)) where id = $1
                """,
                story,
                $"Rush number {number}."
            )
            .ExecuteNonQueryAsync();
        await database.Command(ChangeTracker.FollowSome, (object)new[] { "en" }).ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    [GeneratedRegex(@"Rush number (\d+)\.")]
    private static partial Regex Number();
}
