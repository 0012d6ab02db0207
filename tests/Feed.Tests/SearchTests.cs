using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>Feed with windows so small that a test can fill some.</summary>
public sealed class SearchedFeed(Servers servers) : IAsyncLifetime
{
    public const int Window = 5;

    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Stack = await Stack.StartAsync(servers, new Dictionary<string, string> { ["Search__WindowStories"] = $"{Window}" }, "Feed");

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}

public sealed class SearchTests(SearchedFeed service) : IClassFixture<SearchedFeed>
{
    static readonly DateTimeOffset morning = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);

    Stack Stack => service.Stack;

    [Fact]
    public async Task A_story_is_found_by_its_headline_its_summary_its_body_and_its_keywords()
    {
        await SendAsync(
            "foundby",
            Story("Quokka in the headline"),
            Story("Summary") with
            {
                Summary = "A wombat is in the summary.",
            },
            Story("Body") with
            {
                Body = "<h2>Of a</h2><p>numbat</p><ul><li>and a</li><li>bandicoot</li></ul>",
            },
            Story("Keyword", keywords: ["potoroo"])
        );
        Assert.Equal(["Quokka in the headline"], await FindAsync("quokka"));
        Assert.Equal(["Summary"], await FindAsync("wombat"));
        Assert.Equal(["Body"], await FindAsync("numbat bandicoot"));
        Assert.Equal(["Keyword"], await FindAsync("potoroo"));
        Assert.Empty(await FindAsync("numbat potoroo"));
        Assert.Empty(await FindAsync("thylacine"));
    }

    [Theory]
    [InlineData("en", "Ferries were crossing the straits", "ferry cross strait")]
    [InlineData("ru", "В городах открывают новые музеи", "город музей")]
    [InlineData("ru", "Ещё одна ёлка зажглась", "елка")]
    [InlineData("tr", "Kitapları okullardan topladılar", "kitap okul")]
    [InlineData("tr", "Cumhurbaşkanı bakanlığı ziyaret etti", "cumhurbaskani bakanligi")]
    [InlineData("tr", "IRMAKTA ŞAŞKINLIK", "ırmakta şaşkınlık")]
    [InlineData("az", "Müştəri Azərbaycanda qaldı", "musteri azerbaycanda qaldi")]
    [InlineData("az", "Müştərinin şikayəti", "MÜŞTƏRİNİN ŞİKAYƏTİ")]
    [InlineData("az", "İCLAS QIŞDA KEÇİRİLƏCƏK", "iclas qışda keçiriləcək")]
    [InlineData("en", "A café in São Tomé", "cafe sao tome")]
    [InlineData("en", "A cafe elsewhere", "café elsewhere")]
    public async Task Words_are_found_in_every_form_that_their_language_has_and_without_accents(
        string language,
        string headline,
        string query
    )
    {
        var keyword = $"form {query}";
        await SendAsync(keyword, Story(headline, language: language));
        Assert.Equal([headline], await FindAsync(query, $"keyword={Uri.EscapeDataString(keyword)}"));
        Assert.Equal([headline], await FindAsync(query, $"language={language}&keyword={Uri.EscapeDataString(keyword)}"));
    }

    [Fact]
    public async Task A_phrase_a_negation_and_an_alternative_mean_what_they_say()
    {
        await SendAsync("syntax", Story("The red bicycle"), Story("The bicycle that is red"), Story("A blue tricycle"));
        Assert.Equal(["The red bicycle"], await FindAsync("\"red bicycle\"", "keyword=syntax"));
        Assert.Equal(["The bicycle that is red", "The red bicycle"], (await FindAsync("bicycle", "keyword=syntax")).Order());
        Assert.Equal(["The bicycle that is red"], await FindAsync("bicycle -\"red bicycle\"", "keyword=syntax"));
        Assert.Equal(["A blue tricycle", "The red bicycle"], (await FindAsync("\"red bicycle\" or tricycle", "keyword=syntax")).Order());
        Assert.Equal(
            ["The bicycle that is red", "The red bicycle"],
            (await FindAsync("red:* & bicycle!'\\ <the>", "keyword=syntax&language=en")).Order()
        );
    }

    [Fact]
    public async Task What_is_found_can_be_filtered_as_a_line_can()
    {
        await SendAsync(
            "filtered",
            Story("Glacier of the world") with
            {
                Bylines = ["Ada O'Hara"],
            },
            Story("Glacier of sport", category: "sport", breaking: true),
            Story("Glacier dilində", language: "az", publishedAt: morning.AddDays(-1))
        );
        await Stack.SendAsync(Story("Glacier apart"));
        await FoundAsync(4, "glacier");
        Assert.Equal(["Glacier of sport"], await FindAsync("glacier", "category=sport"));
        Assert.Equal(["Glacier dilində"], await FindAsync("glacier", "language=az"));
        Assert.Equal(["Glacier of the world"], await FindAsync("glacier", "author=Ada%20O%27Hara"));
        Assert.Equal(["Glacier of sport"], await FindAsync("glacier", "breaking=true&keyword=filtered"));
        Assert.Empty(await FindAsync("glacier", "breaking=true&keyword=filtered&language=az"));
        Assert.Equal(3, (await FindAsync("glacier", "keyword=filtered")).Count);
        Assert.Equal(2, (await FindAsync("glacier", $"keyword=filtered&since={morning.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}")).Count);

        var mended = Story("Glacier mended", keywords: ["filtered"]);
        await Stack.SendMessagesAsync(
            new ArticleCorrected(
                mended with
                {
                    Version = 3,
                    Notes = [new("correction", morning.AddHours(5), "It was wrong.")],
                },
                "It was wrong."
            )
        );
        await FoundAsync(1, "glacier mended");
        Assert.Equal(["Glacier mended"], await FindAsync("glacier", "corrected=true"));
        Assert.Equal(["Glacier mended"], await FindAsync("glacier", $"corrected=true&since={morning.AddHours(4):yyyy-MM-ddTHH:mm:ssZ}"));
        Assert.Empty(await FindAsync("glacier", $"corrected=true&since={morning.AddHours(6):yyyy-MM-ddTHH:mm:ssZ}"));
    }

    [Fact]
    public async Task Of_two_that_match_alike_the_newer_comes_first_and_a_much_better_match_makes_up_for_days_but_not_for_years()
    {
        var body = $"<p>{string.Join(' ', Enumerable.Repeat("Nothing to see here, dear reader of this page.", 20))} Kestrels, once.</p>";
        await SendAsync(
            "rank",
            Story("New and passing", publishedAt: morning) with
            {
                Body = body,
            },
            Story("Passing", publishedAt: morning.AddDays(-2)) with
            {
                Body = body,
            },
            Story("Kestrel kestrel", publishedAt: morning.AddDays(-3), keywords: ["kestrel"]),
            Story("Kestrel kestrel of old", publishedAt: morning.AddYears(-8), keywords: ["kestrel"])
        );
        Assert.Equal(
            ["Kestrel kestrel", "New and passing", "Passing", "Kestrel kestrel of old"],
            await FindAsync("kestrel", "keyword=rank")
        );
    }

    [Fact]
    public async Task An_excerpt_shows_what_was_found_marked_and_everything_else_escaped()
    {
        await SendAsync(
            "excerpt",
            Story("Excerpt") with
            {
                Body =
                    "<p>Mr &lt;script&gt;alert(1)&lt;/script&gt; &amp; sons <b onclick='x()'>sell</b> marmalades.</p>"
                    + "<p>They sold one marmalade.</p><script>marmalade()</script>",
            },
            Story("Çıxarış", language: "az") with
            {
                Body = "<p>Müştərilər Azərbaycanda qaldılar</p>",
            }
        );
        var hit = Assert.Single((await PageAsync("marmalade", "keyword=excerpt"))["items"]!.AsArray())!;
        var excerpt = (string)hit["excerpt"]!;
        Assert.Contains(
            "alert(1)&lt;/script&gt; &amp; sons sell <mark>marmalades</mark>.\nThey sold one <mark>marmalade</mark>",
            excerpt,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "<",
            excerpt.Replace("<mark>", "", StringComparison.Ordinal).Replace("</mark>", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Equal("Excerpt", (string?)hit["headline"]);
        Assert.NotNull(hit["media"]!["badges"]);
        var folded = Assert.Single((await PageAsync("azerbaycanda", "keyword=excerpt"))["items"]!.AsArray())!;
        Assert.Contains("<mark>Azərbaycanda</mark>", (string?)folded["excerpt"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_withdrawn_leaves_search_and_what_is_updated_is_found_by_its_new_words_alone()
    {
        var (first, second, third) = (Story("Heron withheld"), Story("Heron killed"), Story("Heron renamed"));
        await SendAsync("leaving", first, second, third);
        await FoundAsync(3, "heron");
        await Stack.SendMessagesAsync(
            new ArticleWithdrawn(first with { Version = 3 }, PubStatus.Withheld, null),
            new ArticleWithdrawn(second with { Version = 3 }, PubStatus.Canceled, "A hoax."),
            new ArticleUpdated(third with { Version = 3, Headline = "Stork instead", Body = "" })
        );
        await FoundAsync(1, "stork");
        await FoundAsync(0, "heron");
        Assert.Equal(
            ["0"],
            await Stack.QueryAsync(
                "Feed",
                "select count(*) from story_text join mt_doc_story using (id) where status <> 'Usable' or typed like '%heron%'"
            )
        );
        // What comes late changes nothing, and what was withheld may return.
        await Stack.SendAsync(third, second);
        await Stack.SendMessagesAsync(new ArticlePublished(first with { Version = 4, Headline = "Heron returned" }));
        await FoundAsync(1, "heron returned");
        Assert.Equal(["Heron returned"], await FindAsync("heron"));
        Assert.Equal(["Stork instead"], await FindAsync("stork"));
    }

    [Fact]
    public async Task Pages_join_over_windows_without_gap_or_repeat_while_stories_come_in()
    {
        var stories = Enumerable
            .Range(0, (3 * SearchedFeed.Window) + 2)
            .Select(i => Story($"Paging {(i % 3 == 0 ? "lapwing lapwing" : "of a lapwing")} {i}", publishedAt: morning.AddMinutes(i / 2)))
            .ToArray();
        await SendAsync("lapwings", stories);
        foreach (var limit in new[] { 1, 3, SearchedFeed.Window, SearchedFeed.Window + 2, 2 * SearchedFeed.Window, 40 })
        {
            var (read, address, pages) = (new List<string>(), (string?)$"/api/news?keyword=lapwings&q=lapwing&limit={limit}", 0);
            do
            {
                using var answer = await Stack.Reader.GetAsync(new Uri(address!, UriKind.Relative));
                var items = Headlines((await answer.Content.ReadFromJsonAsync<JsonNode>())!);
                read.AddRange(items);
                Assert.True(
                    items.Count == limit || !answer.Headers.GetValues("Link").Single().Contains("next", StringComparison.Ordinal),
                    "A page is full, or the last one."
                );
                // Both a new story and one with an old date, in the window that is being read and in the next one.
                var newcomers = new[] { morning.AddDays(1), morning.AddMinutes(6.5), morning.AddMinutes(3.5) }
                    .Select((at, n) => Story($"Newcomer lapwing {limit} {pages} {n}", publishedAt: at, keywords: ["lapwings"]))
                    .ToArray();
                if (pages++ < 2)
                {
                    await Stack.SendAsync(newcomers);
                    await FoundAsync(1, $"\"newcomer lapwing {limit} {pages - 1} 2\"");
                }
                address = answer
                    .Headers.GetValues("Link")
                    .Single()
                    .Split(", ")
                    .SingleOrDefault(link => link.EndsWith("\"next\"", StringComparison.Ordinal))
                    ?.Split('>')[0][1..];
            } while (address is not null);
            Assert.Equal(read.Distinct(), read);
            Assert.Equal(
                stories.Select(s => s.Headline).Order(),
                read.Where(headline => headline.StartsWith("Paging", StringComparison.Ordinal)).Order()
            );
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(SearchedFeed.Window + 2)]
    [InlineData(100)]
    public async Task A_phrase_is_found_in_every_story_that_has_it_among_many_that_have_its_words_apart(int limit)
    {
        var keyword = $"phrase {limit}";
        var stories = Enumerable
            .Range(0, 12 * SearchedFeed.Window)
            .Select(i =>
                Story($"{(i % 7 == 0 ? "A snowy owl" : "An owl on snowy ground")} {i}", publishedAt: morning.AddDays(-30 * i)) with
                {
                    Keywords = [keyword],
                }
            )
            .ToArray();
        await SendAsync(keyword, stories);
        var (read, next) = (new List<string>(), "");
        do
        {
            var page = await PageAsync(
                "\"snowy owl\" -\"no such thing\"",
                $"keyword={Uri.EscapeDataString(keyword)}&limit={limit}{(next.Length == 0 ? "" : $"&after={next}")}"
            );
            read.AddRange(Headlines(page));
            next = (string?)page["next"] ?? "";
        } while (next.Length > 0);
        var expected = stories
            .Select(s => s.Headline)
            .Where(headline => headline.StartsWith("A snowy", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(expected, read);
        var since = $"{stories[31].PublishedAt:yyyy-MM-ddTHH:mm:ssZ}";
        Assert.Equal(
            expected.Take(5),
            await FindAsync("\"snowy owl\"", $"keyword={Uri.EscapeDataString(keyword)}&limit=100&since={since}")
        );
    }

    [Fact]
    public async Task What_an_earlier_release_made_ready_is_found_before_it_is_made_anew()
    {
        var stories = Enumerable
            .Range(0, 6 * SearchedFeed.Window)
            .Select(i => Story($"Curlew {i}", publishedAt: morning.AddDays(-i)))
            .ToArray();
        await SendAsync("curlews", stories);
        var expected = stories.Select(s => s.Headline);
        Assert.Equal(expected, await FindAsync("curlew", "keyword=curlews&limit=100"));
        await Stack.ExecuteAsync(
            "Feed",
            "update story_text set form = 1, words = ts_delete(words, array(select word from unnest(tsvector_to_array(words)) word "
                + "where word ~ '^(day|week) ')) where typed like '%curlew%'"
        );
        Assert.Equal(expected, await FindAsync("curlew", "keyword=curlews&limit=100"));
    }

    [Fact]
    public async Task A_cursor_is_good_only_for_its_own_query_and_filters()
    {
        await SendAsync("owncursor", Story("Godwit one"), Story("Godwit two"));
        var next = (string?)(await PageAsync("godwit", "limit=1"))["next"];
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"q=godwit&after={next}"));
        foreach (
            var other in new[]
            {
                $"q=godwits&after={next}",
                $"q=godwit&category=world&after={next}",
                $"after={next}",
                $"q=godwit&since=2026-01-01T00:00:00Z&after={next}",
                $"q=godwit&after={next}.{next}",
                $"q=godwit&after={next![..^2]}",
                $"q=godwit&after={next.Split('.')[0]}",
                "q=godwit&after=..",
            }
        )
        {
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(other));
        }
    }

    public static TheoryData<string, string> Refused =>
        new()
        {
            { "", "q" },
            { "  ", "q" },
            { "%00", "q" },
            { "a%0Ab", "q" },
            { "the%20of", "q" },
            { "-quokka", "q" },
            { "quokka%20or%20-wombat", "q" },
            { "%26%7C!()", "q" },
            { "%22%22", "q" },
            { new string('x', 501), "q" },
            { new string('x', 10_000), "q" },
            { string.Join("+", Enumerable.Range(0, 1_000)), "q" },
            { string.Join(",", Enumerable.Range(0, 33)), "q" },
            { "quokka&before=x", "before" },
            { "quokka&limit=201", "limit" },
            { "quokka&category=gossip", "category" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_be_looked_for_is_refused_and_named(string query, string parameter)
    {
        var language = query is "the%20of" ? "&language=en" : "";
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/news?q={query}{language}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![parameter]);
    }

    [Fact]
    public async Task As_much_as_may_be_asked_is_answered()
    {
        // Who asks for more than the line of a request may have is refused by the server itself.
        Assert.Equal(HttpStatusCode.RequestUriTooLong, await StatusAsync($"q={new string('x', 300_000)}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"q={string.Join("+or+", Enumerable.Range(0, 16).Select(i => $"word{i}"))}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"q={new string('x', 500)}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"q={Uri.EscapeDataString("́ '\\ 😀 عنوان \ud83d")}%FF+x"));
    }

    [Fact]
    public async Task A_story_of_any_size_and_of_any_characters_is_stored_and_found()
    {
        var many = string.Join(
            ' ',
            Enumerable.Range(0, 60_000).Select(i => $"{(char)(0x4e00 + (i % 20_000))}{(char)(0xac00 + (i % 11_000))}")
        );
        var accented = string.Join(' ', Enumerable.Range(0, 60_000).Select(i => $"ü{(char)('a' + (i % 26))}ş{i}́̂ ́̂"));
        await SendAsync(
            "anything",
            Story("Immense hoatzin") with
            {
                Body = $"<p>{many}</p>",
            },
            Story("Uçsuz hoatzin", language: "tr") with
            {
                Body = $"<p>{accented}</p>",
                Summary = accented,
            },
            Story("Odd hoatzin", keywords: [new string('k', 3_000), "o'b\\c"]) with
            {
                Body = "it's \\ 'quoted' \\' &#0; &#xd800; 'a':1A <p>" + new string('x', 5_000),
            }
        );
        Assert.Equal(3, (await FindAsync("hoatzin")).Count);
        Assert.Equal(["Odd hoatzin"], await FindAsync("hoatzin", $"keyword={Uri.EscapeDataString("o'b\\c")}"));
    }

    [Fact]
    public async Task Stories_that_an_earlier_release_stored_are_found_but_for_those_that_were_withdrawn()
    {
        var withdrawn = Story("Shoebill withdrawn");
        await SendAsync("earlier", Story("Shoebill of an earlier release"), withdrawn);
        await Stack.SendMessagesAsync(new ArticleWithdrawn(withdrawn with { Version = 3 }, PubStatus.Withheld, null));
        await FoundAsync(1, "shoebill");
        const string indexes =
            "select string_agg(relname || oid, ',' order by relname) from pg_class "
            + "where relname like 'story_text%' or relname like 'search_term%'";
        var before = await Stack.QueryAsync("Feed", indexes);
        await Stack["Feed"].KillAsync();
        await Stack.ExecuteAsync("Feed", "delete from story_text");
        Stack["Feed"].Start();
        await Stack["Feed"].ReadyAsync();
        await FoundAsync(1, "shoebill");
        await Eventually.True(
            async () =>
                (
                    await Stack.QueryAsync(
                        "Feed",
                        "select count(*) from mt_doc_story d left join story_text t using (id) "
                            + "where (d.status = 'Usable') <> (t.id is not null)"
                    )
                )[0] == "0",
            "all of them"
        );
        Assert.Equal(["Shoebill of an earlier release"], await FindAsync("shoebill"));
        // A start makes no index anew.
        Assert.Equal(before, await Stack.QueryAsync("Feed", indexes));
    }

    [Fact]
    public async Task Suggestions_are_keywords_authors_and_headlines_of_usable_stories_whatever_their_accents()
    {
        var (kept, lost) = (
            Story("Şəmkir açılışı", language: "az", publishedAt: morning.AddMinutes(1), keywords: ["Şəmkir şahmat", "Füzuli"]) with
            {
                Bylines = ["Şəmsi Əliyev"],
            },
            Story("Şəmkir ləğv edildi", language: "az", keywords: ["Şəmkir qalası"]) with
            {
                Bylines = ["Şəmkir Qasımov"],
            }
        );
        await SendAsync(
            "suggested",
            kept,
            lost,
            Story("Semkirchen", keywords: ["semkirk"]),
            Story("Yenə", language: "az", publishedAt: morning.AddMinutes(1), keywords: ["Şəmkir şahmat"])
        );
        Assert.Equal(
            [
                "keyword Şəmkir şahmat",
                "keyword Şəmkir qalası",
                "author Şəmkir Qasımov",
                "headline Şəmkir açılışı",
                "headline Şəmkir ləğv edildi",
            ],
            await SuggestAsync("semkir", "az")
        );
        await Stack.SendMessagesAsync(new ArticleWithdrawn(lost with { Version = 3 }, PubStatus.Withheld, null));
        await FoundAsync(2, "şahmat");
        await Stack.LineUntilAsync(items => items.Count == 3, "what is left", "keyword=suggested");
        Assert.Equal(["keyword Şəmkir şahmat", "headline Şəmkir açılışı"], await SuggestAsync("şəmkir", "az"));
        Assert.Equal("keyword Şəmkir şahmat", (await SuggestAsync("ŞƏMKİR ŞAH", "az"))[0]);
        Assert.Equal(["author Şəmsi Əliyev"], await SuggestAsync("əliy", "az"));
        Assert.Equal("keyword Şəmkir şahmat", (await SuggestAsync("semkir shahmat", "az"))[0]);
        Assert.Equal(["keyword semkirk", "headline Semkirchen"], await SuggestAsync("semkir", "en"));
        Assert.Single(await SuggestAsync("s", "az", "&limit=1"));
        Assert.Empty(await SuggestAsync("%_\\'\"", "az"));
        Assert.Empty(await SuggestAsync("nowhere to be found", "en"));
        var headline = (await Stack.Reader.GetFromJsonAsync<JsonNode>("api/news/suggestions?q=semkirchen&language=en"))!["suggestions"]!
            .AsArray()
            .Single(s => (string?)s!["kind"] == "headline")!;
        Assert.StartsWith("/en/world/slug-", (string?)headline["url"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("q=a", "language")]
    [InlineData("q=a&language=xx", "language")]
    [InlineData("language=en", "q")]
    [InlineData("q=%20&language=en", "q")]
    [InlineData("q=a%00&language=en", "q")]
    [InlineData("q=a&language=en&limit=21", "limit")]
    [InlineData("q=a&language=en&category=world", "category")]
    public async Task A_parameter_of_suggestions_that_cannot_be_read_is_named(string query, string parameter)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/news/suggestions?{query}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![parameter]);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await Stack.Reader.GetAsync(new Uri($"api/news/suggestions?language=en&q={new string('x', 101)}", UriKind.Relative))
            ).StatusCode
        );
    }

    [Fact]
    public async Task The_page_shows_what_was_found_and_says_in_words_what_was_not()
    {
        await SendAsync(
            "onpage",
            [
                .. Enumerable
                    .Range(0, 22)
                    .Select(i =>
                        Story($"Avocet {i}", publishedAt: morning.AddMinutes(i)) with
                        {
                            Body = "<p>An avocet &amp; &lt;b&gt;more&lt;/b&gt;.</p>",
                        }
                    ),
            ]
        );
        var (status, page) = await PageOfAsync("en/search?q=avocet");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("<p class=\"excerpt\">An <mark>avocet</mark> &amp; &lt;b&gt;more&lt;/b", page, StringComparison.Ordinal);
        Assert.Contains("<meta name=\"robots\" content=\"noindex\">", page, StringComparison.Ordinal);
        Assert.Contains("value=\"avocet\"", page, StringComparison.Ordinal);
        var next = WebUtility.HtmlDecode(page.Split("rel=\"next\" href=\"")[1].Split('"')[0]);
        var (_, second) = await PageOfAsync(next);
        Assert.Equal((20, 2), (Count(page), Count(second)));
        Assert.Equal(page, (await PageOfAsync("en/search?q=avocet&after=nonsense")).Page);

        Assert.Contains("Nothing was found.", (await PageOfAsync("en/search?q=thylacine")).Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await PageOfAsync("az/search")).Status);
        Assert.Contains("role=\"search\"", (await PageOfAsync("ru")).Page, StringComparison.Ordinal);
        foreach (var refused in new[] { "-avocet", "the", new string('x', 600), "%00" })
        {
            (status, page) = await PageOfAsync($"en/search?q={refused}");
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("This cannot be searched for.", page, StringComparison.Ordinal);
        }

        static int Count(string page) => page.Split("<li class=\"item\">").Length - 1;
    }

    static PublicArticle Story(
        string headline,
        string language = "en",
        string category = "world",
        DateTimeOffset? publishedAt = null,
        string[]? keywords = null,
        bool breaking = false
    ) =>
        Broker.Article(
            headline,
            language: language,
            category: category,
            publishedAt: publishedAt ?? morning,
            keywords: keywords,
            breaking: breaking
        );

    /// <summary>Stories with a keyword that tells them from those of other tests; returns when they can be found.</summary>
    async Task SendAsync(string keyword, params PublicArticle[] stories)
    {
        await Stack.SendAsync([.. stories.Select(s => s with { Keywords = [.. s.Keywords, keyword] })]);
        await Stack.LineUntilAsync(items => items.Count == stories.Length, "the stories", $"keyword={Uri.EscapeDataString(keyword)}");
    }

    async Task FoundAsync(int stories, string query) =>
        await Eventually.Get(() => FindAsync(query), found => found.Count == stories, $"{stories} stories that match {query}");

    async Task<IReadOnlyList<string>> FindAsync(string query, string filters = "") => Headlines(await PageAsync(query, filters));

    async Task<JsonNode> PageAsync(string query, string filters = "") =>
        (await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news?q={Uri.EscapeDataString(query)}&{filters}"))!;

    async Task<IReadOnlyList<string>> SuggestAsync(string typed, string language, string more = "") =>
        [
            .. (
                await Stack.Reader.GetFromJsonAsync<JsonNode>(
                    $"api/news/suggestions?q={Uri.EscapeDataString(typed)}&language={language}{more}"
                )
            )!["suggestions"]!
                .AsArray()
                .Select(s => $"{s!["kind"]} {s["text"]}"),
        ];

    async Task<(HttpStatusCode Status, string Page)> PageOfAsync(string address)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri(address, UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    async Task<HttpStatusCode> StatusAsync(string query)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/news?{query}", UriKind.Relative));
        return answer.StatusCode;
    }

    static List<string> Headlines(JsonNode page) => [.. page["items"]!.AsArray().Select(item => (string)item!["headline"]!)];
}
