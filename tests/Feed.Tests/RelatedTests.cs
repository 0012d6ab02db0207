using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Related;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <remarks>Each test has keywords, or a language and a category, of its own.</remarks>
public sealed class RelatedTests(FeedService service, Servers servers) : IClassFixture<FeedService>
{
    static readonly DateTimeOffset morning = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);

    Stack Stack => service.Stack;

    [Fact]
    public async Task The_editors_choice_is_first_and_what_shares_keywords_fills_up_to_six()
    {
        var chosen = Broker.Article("Chosen by hand", category: "sport", publishedAt: morning.AddYears(-9));
        var featured = Broker.Article("Featured already", keywords: ["harbour"]);
        var neighbours = Enumerable
            .Range(0, 8)
            .Select(i => Broker.Article($"Neighbour {i}", keywords: ["harbour"], publishedAt: morning.AddDays(-i)))
            .ToArray();
        var story = Broker.Article("The harbour itself", keywords: ["harbour"], publishedAt: morning) with
        {
            Related = [chosen.ArticleId],
            Featured = [featured.ArticleId],
        };
        await SettledAsync(Stack, [chosen, featured, .. neighbours, story]);
        await RelatedAreAsync(Stack, story, ["Chosen by hand", .. Enumerable.Range(0, 5).Select(i => $"Neighbour {i}")]);
    }

    [Fact]
    public async Task An_older_story_points_to_what_came_after_it_and_no_longer_to_what_was_withdrawn_or_has_other_keywords()
    {
        var old = Broker.Article("Years ago", keywords: ["bridge"], publishedAt: morning.AddYears(-3));
        await SettledAsync(Stack, old);
        await RelatedAreAsync(Stack, old, []);
        var (first, second) = (
            Broker.Article("First after it", keywords: ["bridge"], publishedAt: morning),
            Broker.Article("Second after it", keywords: ["bridge"], publishedAt: morning.AddDays(1))
        );
        await SettledAsync(Stack, first, second);
        await RelatedAreAsync(Stack, old, ["First after it", "Second after it"]);
        await RelatedAreAsync(Stack, first, ["Second after it", "Years ago"]);

        await ChangedAsync(Stack, new ArticleUpdated(first with { Version = 3, Keywords = ["tunnel"] }));
        await RelatedAreAsync(Stack, old, ["Second after it"]);
        await RelatedAreAsync(Stack, first, []);
        await ChangedAsync(Stack, new ArticleWithdrawn(second with { Version = 3 }, PubStatus.Withheld, null));
        await RelatedAreAsync(Stack, old, []);
    }

    [Fact]
    public async Task What_is_withdrawn_leaves_at_once_and_the_next_one_takes_its_place()
    {
        await using var stack = await Stack.StartAsync(servers, null, "Feed");
        var articles = Enumerable
            .Range(0, 8)
            .Select(i => Broker.Article($"Story {i}", keywords: ["dam"], publishedAt: morning.AddDays(-i)))
            .ToArray();
        await SettledAsync(stack, articles);
        await RelatedAreAsync(stack, articles[0], ["Story 1", "Story 2", "Story 3", "Story 4", "Story 5", "Story 6"]);

        // Nothing is found anew while this stands.
        await stack.ExecuteAsync("Feed", "alter table story_related add constraint away check (cardinality(others) < 0) not valid");
        await stack.SendMessagesAsync(new ArticleWithdrawn(articles[2] with { Version = 3 }, PubStatus.Canceled, "A hoax."));
        await stack.LineUntilAsync(items => items.Count == 7, "what is left");
        Assert.Equal(["Story 1", "Story 3", "Story 4", "Story 5", "Story 6"], await RelatedAsync(stack, articles[0]));
        await stack.ExecuteAsync("Feed", "alter table story_related drop constraint away");
        await NothingDueAsync(stack);
        await RelatedAreAsync(stack, articles[0], ["Story 1", "Story 3", "Story 4", "Story 5", "Story 6", "Story 7"]);
    }

    [Fact]
    public async Task A_story_is_not_related_to_itself_its_translations_or_another_language()
    {
        var story = Broker.Article("The same in many words", keywords: ["comet"]);
        var translation = Broker.Article("Tərcümə", language: "az", keywords: ["comet"]) with { StoryId = story.ArticleId };
        var twin = Broker.Article("Another one of its translations", keywords: ["comet"]) with { StoryId = story.ArticleId };
        var elsewhere = Broker.Article("Başqa dildə", language: "az", keywords: ["comet"]);
        await SettledAsync(Stack, story, translation, twin, elsewhere);
        await RelatedAreAsync(Stack, story, []);
        await RelatedAreAsync(Stack, translation, ["Başqa dildə"]);
    }

    [Fact]
    public async Task Of_one_category_headlines_relate_that_share_words_and_nothing_in_common_is_no_relation()
    {
        var story = Broker.Article(
            "Sel körpünü apardı: Kürdəmirdə yollar bağlandı",
            language: "az",
            category: "society",
            publishedAt: morning
        );
        var alike = Broker.Article(
            "Kürdəmirdəki yolların açılması sel səbəbindən gecikir, körpü təmir olunur",
            language: "az",
            category: "society",
            publishedAt: morning.AddHours(5)
        );
        var other = Broker.Article("Teatrda yeni mövsüm açılır", language: "az", category: "society", publishedAt: morning.AddHours(1));
        await SettledAsync(Stack, story, alike, other);
        await RelatedAreAsync(Stack, story, [alike.Headline]);
        await RelatedAreAsync(Stack, alike, [story.Headline]);
        await RelatedAreAsync(Stack, other, []);
    }

    [Fact]
    public void A_rare_keyword_counts_more_than_a_frequent_one_and_what_is_near_more_than_what_is_long_ago()
    {
        var story = Kin("Story", 0);
        var (rare, frequent, older) = (
            Kin("Rare", -3),
            Enumerable.Range(1, 20).Select(i => Kin($"Frequent {i}", i)).ToArray(),
            Kin("Rare and older", -2000)
        );
        RelatedCandidate[] candidates =
        [
            .. frequent.Select(f => new RelatedCandidate("everywhere", f.Id, f.PublishedAt)),
            new("seldom", rare.Id, rare.PublishedAt),
            new("seldom", older.Id, older.PublishedAt),
        ];
        var known = frequent.Append(rare).Append(older).ToDictionary(kin => kin.Id);
        Assert.Equal(
            ["Rare", "Frequent 1", "Frequent 2", "Frequent 3", "Frequent 4", "Frequent 5"],
            Relatedness.Of(story, candidates, known).Select(id => known[id].Headline)
        );
        Assert.Equal(
            ["Rare", "Rare and older"],
            Relatedness.Of(story, [.. candidates.Where(n => n.Keyword == "seldom")], known).Select(id => known[id].Headline)
        );

        static Kin Kin(string headline, int days) => new(Guid.NewGuid(), Guid.NewGuid(), "en", "world", morning.AddDays(days), headline);
    }

    [Theory]
    [InlineData("Storm closes the harbour", "storm close harbo")]
    [InlineData("«Нефтчи» — «Карабах»: 2:1", "нефтч караб")]
    [InlineData("G20 in Rio, 2026", "")]
    public void The_words_of_a_headline_are_the_beginnings_of_its_longer_words(string headline, string words) =>
        Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), Relatedness.Words(headline));

    [Fact]
    public async Task Whatever_the_order_in_which_stories_come_the_result_is_the_same_also_when_all_is_found_anew()
    {
        var chance = new Random(11);
        var articles = Enumerable
            .Range(0, 240)
            .Select(i =>
                Broker.Article(
                    $"Words {Word()} {Word()} {Word()}",
                    category: chance.Next(3) == 0 ? "world" : "sport",
                    publishedAt: morning.AddHours(chance.Next(4000)),
                    keywords:
                    [
                        .. Enumerable.Range(0, 3).Select(_ => $"k{(int)(40 * chance.NextDouble() * chance.NextDouble())}").Distinct(),
                    ]
                )
            )
            .ToArray();
        object[] messages =
        [
            .. articles.Select(a => new ArticlePublished(a)),
            .. articles[..40].Select(a => new ArticleUpdated(a with { Version = 3, Keywords = ["k1", "late"], Category = "culture" })),
            .. articles[30..60].Select(a => new ArticleWithdrawn(a with { Version = 4 }, PubStatus.Withheld, null)),
        ];
        int[] newest =
        [
            .. articles.Select(
                (_, i) =>
                    i is >= 30 and < 60 ? 4
                    : i < 40 ? 3
                    : 2
            ),
        ];

        await using var stack = await Stack.StartAsync(servers, null, "Feed");
        foreach (var part in messages.Chunk(25))
        {
            await stack.SendMessagesAsync(part);
        }
        var expected = await ResultAsync(stack);
        Assert.Equal(210, expected.Count);
        Assert.True(expected.Count(line => line!.Contains(',', StringComparison.Ordinal)) > 150, "most stories are to have several");

        await using var shuffled = await Stack.StartAsync(servers, null, "Feed");
        await using var replica = await shuffled.StartReplicaAsync("Feed");
        chance.Shuffle(messages);
        await shuffled.SendMessagesAsync(messages);
        Assert.Equal(expected, await ResultAsync(shuffled));

        // As after an update from a release that had none.
        await stack["Feed"].StopAsync();
        await stack.ExecuteAsync("Feed", "truncate story_related");
        stack["Feed"].Start();
        await stack["Feed"].ReadyAsync();
        await Eventually.True(async () => (await stack.QueryAsync("Feed", "select count(*) from story_related")) is ["210"], "all of them");
        Assert.Equal(expected, await ResultAsync(stack));

        // As when another release weighs differently.
        await stack.ExecuteAsync(
            "Feed",
            "update story_related set others = '{}'; insert into story_related (id, others) values (gen_random_uuid(), '{}')"
        );
        await using var database = NpgsqlDataSource.Create(stack.ConnectionString("Feed"));
        await new RelatedStories(database, NullLogger<RelatedStories>.Instance).TouchAllAsync(default);
        Assert.Equal(expected, await ResultAsync(stack));

        async Task<IReadOnlyList<string?>> ResultAsync(Stack of)
        {
            await StoredAsync(of, [.. articles.Select((a, i) => (a.ArticleId, newest[i]))]);
            await NothingDueAsync(of);
            return await of.QueryAsync("Feed", "select id || ' ' || others::text from story_related order by id");
        }

        string Word() => "abcdefgh"[chance.Next(8)] + "ord" + "abcd"[chance.Next(4)];
    }

    static async Task SettledAsync(Stack stack, params PublicArticle[] articles)
    {
        await stack.SendAsync(articles);
        await StoredAsync(stack, [.. articles.Select(a => (a.ArticleId, (int)a.Version))]);
        await NothingDueAsync(stack);
    }

    static async Task ChangedAsync(Stack stack, object message)
    {
        await stack.SendMessagesAsync(message);
        var article = message is ArticleUpdated { Article: var updated } ? updated : ((ArticleWithdrawn)message).Article;
        await StoredAsync(stack, (article.ArticleId, (int)article.Version));
        await NothingDueAsync(stack);
    }

    static Task StoredAsync(Stack stack, params (Guid Id, int Version)[] stories) =>
        Eventually.True(
            async () =>
                (await stack.QueryAsync("Feed", "select id || ' ' || mt_version from mt_doc_story"))
                    .ToHashSet()
                    .IsSupersetOf(stories.Select(s => $"{s.Id} {s.Version}")),
            "all versions"
        );

    static Task NothingDueAsync(Stack stack) =>
        Eventually.True(
            async () =>
                await stack.QueryAsync("Feed", "select (select count(*) from related_due) + (select count(*) from related_touched)")
                    is ["0"],
            "nothing is due"
        );

    /// <summary>What is found is stored first, and instances hear of it then.</summary>
    static async Task RelatedAreAsync(Stack stack, PublicArticle article, IReadOnlyList<string> headlines) =>
        await Eventually.Get(
            () => RelatedAsync(stack, article),
            related => related.SequenceEqual(headlines),
            $"related: {string.Join(", ", headlines)}"
        );

    static async Task<IReadOnlyList<string>> RelatedAsync(Stack stack, PublicArticle article) =>
        [
            .. (await stack.Reader.GetFromJsonAsync<JsonNode>($"api/news/{article.ArticleId}"))!["related"]!
                .AsArray()
                .Select(item => (string)item!["headline"]!),
        ];
}
