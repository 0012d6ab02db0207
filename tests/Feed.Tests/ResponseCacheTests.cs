using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>
/// Answers that are kept as finished bytes: their validators, their codings, and that they are never older than the database.
/// </summary>
public sealed class ResponseCacheTests(FeedService service) : IClassFixture<FeedService>
{
    Stack Stack => service.Stack;

    async Task<HttpResponseMessage> GetAsync(
        string path,
        string? coding = null,
        string? ifNoneMatch = null,
        DateTimeOffset? since = null,
        HttpMethod? method = null
    )
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (coding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        }
        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }
        request.Headers.IfModifiedSince = since;
        return await Stack.Reader.SendAsync(request);
    }

    static string? Tag(HttpResponseMessage answer) => answer.Headers.ETag?.ToString();

    public static TheoryData<string> Everything =>
        [
            .. new[]
            {
                "api/news?keyword=kept",
                "en/rss.xml?keyword=kept",
                "en/atom.xml?keyword=kept",
                "en/feed.json?keyword=kept",
                "api/news/ninjs?keyword=kept",
                "en",
                "en/world",
                "news-sitemap.xml",
                "sitemap.xml",
            },
        ];

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Each_coding_has_its_own_strong_ETag_and_who_has_any_of_them_gets_304(string path)
    {
        await KeptAsync();
        using var plain = await GetAsync(path);
        var bytes = await plain.Content.ReadAsByteArrayAsync();
        var tags = new List<string?> { Tag(plain) };
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal("Accept-Encoding", string.Join(", ", plain.Headers.Vary));
        Assert.Equal(
            "public, max-age=0, stale-while-revalidate=5, stale-if-error=300",
            string.Join(", ", plain.Headers.GetValues("Cache-Control"))
        );
        foreach (
            var (wanted, best) in new[]
            {
                ("gzip, br", "br"),
                ("gzip", "gzip"),
                ("br;q=0.5, gzip", "gzip"),
                ("*", "br"),
                ("identity", null),
                ("br;q=0", (string?)null),
            }
        )
        {
            using var answer = await GetAsync(path, wanted);
            var sent = await answer.Content.ReadAsByteArrayAsync();
            var coding = bytes.Length < 1024 ? null : best;
            Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
            Assert.Equal(bytes, Plain(sent, coding));
            tags.Add(Tag(answer));
            using var head = await GetAsync(path, wanted, method: HttpMethod.Head);
            Assert.Equal(
                (Tag(answer), (long?)sent.Length, 0),
                (Tag(head), head.Content.Headers.ContentLength, (await head.Content.ReadAsByteArrayAsync()).Length)
            );
        }
        Assert.All(tags, tag => Assert.StartsWith("\"", tag));
        Assert.Equal(bytes.Length < 1024 ? 1 : 3, tags.Distinct().Count());
        foreach (var tag in tags.Distinct().Append("*").Append($"W/{tags[0]}").Append($"\"other\", {tags[0]}"))
        {
            using var again = await GetAsync(path, "br", tag);
            Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length));
            Assert.NotNull(Tag(again));
        }
    }

    static byte[] Plain(byte[] sent, string? coding)
    {
        using var from = new MemoryStream(sent);
        using Stream through = coding switch
        {
            "br" => new BrotliStream(from, CompressionMode.Decompress),
            "gzip" => new GZipStream(from, CompressionMode.Decompress),
            _ => from,
        };
        using var to = new MemoryStream();
        through.CopyTo(to);
        return to.ToArray();
    }

    async Task KeptAsync()
    {
        if ((await Stack.LineAsync("keyword=kept")).Count == 0)
        {
            await Stack.SendAsync([
                .. Enumerable
                    .Range(0, 12)
                    .Select(i => Broker.Article($"Kept number {i} with a headline of some length", keywords: ["kept"])),
            ]);
            await Stack.LineUntilAsync(items => items.Count == 12, "all of them", "keyword=kept");
        }
    }

    [Fact]
    public async Task Last_Modified_moves_with_every_change_a_deletion_too()
    {
        var (one, other) = (Broker.Article("Dated one", keywords: ["dated"]), Broker.Article("Dated other", keywords: ["dated"]));
        await Stack.SendAsync(one, other);
        await Stack.LineUntilAsync(items => items.Count == 2, "both", "keyword=dated");
        var before = await ModifiedAsync();
        using (var again = await GetAsync("api/news?keyword=dated", since: before))
        {
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        }
        // A tag counts before a time.
        using (var again = await GetAsync("api/news?keyword=dated", ifNoneMatch: "\"other\"", since: before))
        {
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }
        await Stack.SendMessagesAsync(new ArticleWithdrawn(other with { Version = 3 }, PubStatus.Withheld));
        await Stack.LineUntilAsync(items => items.Count == 1, "one", "keyword=dated");
        using var after = await GetAsync("api/news?keyword=dated", since: before);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.True(await ModifiedAsync() > before);

        // Of what was changed more often than once a second, the time is not said before it has come.
        async Task<DateTimeOffset> ModifiedAsync() =>
            (
                await Eventually.Get(
                    async () =>
                    {
                        using var answer = await GetAsync("api/news?keyword=dated");
                        return answer.Content.Headers.LastModified;
                    },
                    time => time is not null,
                    "Last-Modified"
                )
            )!.Value;
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("\"unfinished")]
    [InlineData("\"other\"")]
    public async Task Where_a_tag_is_given_be_it_an_unreadable_one_no_time_counts(string ifNoneMatch)
    {
        await KeptAsync();
        var (path, since) = ("en/rss.xml?keyword=kept", await DatedAsync("en/rss.xml?keyword=kept"));
        using var known = await GetAsync(path, since: since);
        using var answer = await GetAsync(path, ifNoneMatch: ifNoneMatch, since: since);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (known.StatusCode, answer.StatusCode));
    }

    [Fact]
    public async Task A_time_that_has_not_come_yet_says_nothing_of_what_a_client_has()
    {
        await KeptAsync();
        await DatedAsync("en/rss.xml?keyword=kept");
        using var answer = await GetAsync("en/rss.xml?keyword=kept", since: DateTimeOffset.UtcNow.AddYears(1));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    async Task<DateTimeOffset> DatedAsync(string path) =>
        (
            await Eventually.Get(
                async () =>
                {
                    await QuietAsync();
                    using var answer = await GetAsync(path);
                    return answer.Content.Headers.LastModified;
                },
                time => time is not null,
                "Last-Modified"
            )
        )!.Value;

    [Fact]
    public async Task Another_lines_story_changes_no_ETag_and_a_story_of_this_line_changes_it_at_once()
    {
        await Stack.SendAsync(Broker.Article("Quiet", keywords: ["quiet"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=quiet");
        using var before = await GetAsync("en/rss.xml?keyword=quiet");
        await Stack.SendAsync(Broker.Article("Loud", keywords: ["loud"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the other one", "keyword=loud");
        using (var unchanged = await GetAsync("en/rss.xml?keyword=quiet"))
        {
            Assert.Equal(Tag(before), Tag(unchanged));
        }
        await Stack.SendAsync(Broker.Article("Quiet too", keywords: ["quiet"]));
        await Stack.LineUntilAsync(items => items.Count == 2, "the new one", "keyword=quiet");
        using var changed = await GetAsync("en/rss.xml?keyword=quiet");
        Assert.NotEqual(Tag(before), Tag(changed));
    }

    [Fact]
    public async Task What_another_instance_stored_is_shown_and_so_is_what_no_message_told_of()
    {
        var article = Broker.Article("As it was", keywords: ["untold"]);
        await Stack.SendAsync(article);
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=untold");
        await using var replica = await Stack.StartReplicaAsync("Feed");
        using var other = new HttpClient { BaseAddress = replica.Address };
        Assert.Contains("As it was", await other.GetStringAsync(new Uri("api/news?keyword=untold", UriKind.Relative)));

        for (var version = 3; version < 9; version++)
        {
            await Stack.SendAsync(article with { Version = version, Headline = $"Version {version}" });
            await Stack.LineUntilAsync(items => (string)items[0]["headline"]! == $"Version {version}", "it here", "keyword=untold");
            await Eventually.Get(
                () => other.GetStringAsync(new Uri("api/news?keyword=untold", UriKind.Relative)),
                text => text.Contains($"Version {version}", StringComparison.Ordinal),
                "it there"
            );
        }

        await ChangeUntoldAsync(article, "Untold");
        foreach (var reader in new[] { Stack.Reader, other })
        {
            foreach (var path in new[] { "api/news?keyword=untold", $"en/world/{article.Slug}", $"api/news/{article.ArticleId}" })
            {
                await Eventually.Get(
                    () => reader.GetStringAsync(new Uri(path, UriKind.Relative)),
                    text => text.Contains("Untold", StringComparison.Ordinal),
                    path
                );
            }
        }
    }

    /// <summary>As a transaction would whose notification is lost.</summary>
    Task ChangeUntoldAsync(PublicArticle article, string headline) =>
        Stack.ExecuteAsync(
            "Feed",
            $$"""
            update mt_doc_story set mt_version = 20, data = jsonb_set(data, '{item,headline}', '"{{headline}}"')
            where id = '{{article.ArticleId}}';
            update line_change set at = at + interval '1 second'
            """
        );

    [Fact]
    public async Task Who_reads_of_a_change_finds_nothing_older_anywhere_else()
    {
        var article = Broker.Article("As it was", keywords: ["nowhere"]);
        await Stack.SendAsync(article);
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=nowhere");
        await QuietAsync();
        var kept = new[]
        {
            "api/news?keyword=nowhere",
            "en/rss.xml?keyword=nowhere",
            $"en/world/{article.Slug}",
            $"api/news/{article.ArticleId}",
        };
        foreach (var path in kept)
        {
            Assert.Contains("As it was", await Stack.Reader.GetStringAsync(new Uri(path, UriKind.Relative)), StringComparison.Ordinal);
        }
        await ChangeUntoldAsync(article, "As it is");
        foreach (var path in kept.Prepend("api/news?keyword=nowhere&limit=9"))
        {
            Assert.Contains("As it is", await Stack.Reader.GetStringAsync(new Uri(path, UriKind.Relative)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_its_database_an_instance_goes_on_with_what_is_ready_and_says_503_of_the_rest()
    {
        await KeptAsync();
        await QuietAsync();
        using var before = await GetAsync("api/news?keyword=kept");
        var database = Assert.Single(await Stack.QueryAsync("Feed", "select current_database()"));
        await Stack.Servers.ExecuteAsync($"alter database \"{database}\" allow_connections false");
        await Stack.Servers.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        try
        {
            using var ready = await GetAsync("api/news?keyword=kept");
            Assert.Equal((HttpStatusCode.OK, Tag(before)), (ready.StatusCode, Tag(ready)));
            using var other = await GetAsync("api/news?keyword=kept&limit=7");
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (other.StatusCode, other.Headers.RetryAfter is not null));
        }
        finally
        {
            await Stack.Servers.ExecuteAsync($"alter database \"{database}\" allow_connections true");
            // The test's own connections were ended too.
            Npgsql.NpgsqlConnection.ClearAllPools();
        }
        await Stack["Feed"].ReadyAsync();
        await Stack.SendAsync(Broker.Article("After the outage", keywords: ["outage"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the story after it", "keyword=outage");
    }

    [Fact]
    public async Task A_translation_that_is_withdrawn_is_pointed_to_no_more_at_once()
    {
        var story = Broker.Article("Told twice", keywords: ["twice told"]);
        var translation = Broker.Article("İki dəfə", language: "az", keywords: ["twice told"]) with { StoryId = story.ArticleId };
        await Stack.SendAsync(story, translation);
        await Stack.LineUntilAsync(items => items.Count == 2, "both", "keyword=twice%20told");
        foreach (var path in new[] { $"en/world/{story.Slug}", $"api/news/{story.ArticleId}" })
        {
            Assert.Contains(translation.Slug, await Stack.Reader.GetStringAsync(new Uri(path, UriKind.Relative)));
        }
        await Stack.SendMessagesAsync(new ArticleWithdrawn(translation with { Version = 3 }, PubStatus.Withheld));
        await Stack.LineUntilAsync(items => items.Count == 1, "one", "keyword=twice%20told");
        foreach (var path in new[] { $"en/world/{story.Slug}", $"api/news/{story.ArticleId}" })
        {
            Assert.DoesNotContain(translation.Slug, await Stack.Reader.GetStringAsync(new Uri(path, UriKind.Relative)));
        }
    }

    /// <summary>Related stories that are found meanwhile are a change, and many changes run ahead of the clock.</summary>
    Task QuietAsync() =>
        Eventually.True(
            async () =>
                (
                    await Stack.QueryAsync(
                        "Feed",
                        """
                        select (select count(*) from related_due) + (select count(*) from related_touched)
                            + (select count(*) from line_change where at > now())
                        """
                    )
                )[0] == "0",
            "nothing is due"
        );

    [Fact]
    public async Task A_start_is_right_at_once()
    {
        await KeptAsync();
        await QuietAsync();
        using var before = await GetAsync("en/rss.xml?keyword=kept", "br");
        await Stack["Feed"].KillAsync();
        // As an earlier release left it.
        await Stack.ExecuteAsync("Feed", "alter table line_change drop column number");
        Stack["Feed"].Start();
        await Stack["Feed"].ReadyAsync();
        using var line = await GetAsync("api/news?keyword=kept");
        Assert.NotNull(line.Content.Headers.LastModified);
        using var after = await GetAsync("en/rss.xml?keyword=kept", "br", Tag(before));
        Assert.Equal((HttpStatusCode.NotModified, Tag(before)), (after.StatusCode, Tag(after)));
    }
}
