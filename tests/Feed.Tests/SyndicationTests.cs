using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>Feeds, ninjs and sitemaps as other people's software reads them.</summary>
public sealed class SyndicationTests(FeedService service) : IClassFixture<FeedService>
{
    const string Python = "/usr/bin/python3";
    const string Newsboat = "/usr/bin/newsboat";
    static readonly XNamespace atom = "http://www.w3.org/2005/Atom";
    static readonly XNamespace tombstones = "http://purl.org/atompub/tombstones/1.0";
    static readonly XNamespace sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9";

    Stack Stack => service.Stack;

    string Site => Stack.Reader.BaseAddress!.ToString().TrimEnd('/');

    /// <summary>A story with everything that one can have.</summary>
    static PublicArticle Whole(string keyword) =>
        Broker.Article(
            "Harbour & <ships>: “open”",
            keywords: [keyword, "liman"],
            category: "economy",
            breaking: true,
            publishedAt: new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero),
            updatedAt: new(2026, 11, 24, 8, 30, 0, TimeSpan.Zero)
        ) with
        {
            Summary = "Ships enter again.",
            Body = "<p>The harbour <a href=\"/en/world/other\">opened</a>.</p><blockquote><p>At last.</p></blockquote>",
            Bylines = ["Ayşe Öz", "J. Doe"],
            Dateline = "BAKU",
            Source = "Port authority",
            Rights = "Free within the country",
            Notes = [new("correction", new(2026, 11, 24, 8, 30, 0, TimeSpan.Zero), "It opened at six, not at seven.")],
            Media = new()
            {
                Badges = ["video"],
                Picture = new()
                {
                    Url = "https://pictures.example.org/harbour.jpg",
                    Alt = "Ships",
                    Caption = "Waiting ships",
                    Credit = "A. Photographer",
                    Width = 1600,
                    Height = 900,
                },
                Items =
                [
                    new()
                    {
                        Type = MediaType.Video,
                        Url = "https://pictures.example.org/harbour.mp4",
                        Caption = "The first ship",
                        Duration = 61,
                    },
                ],
            },
        };

    public static TheoryData<string, string> Parsers =>
        new()
        {
            { "rss.xml", "feedparser" },
            { "rss.xml", "feedsmith" },
            { "rss.xml", "rowanmanning" },
            { "rss.xml", "rssparser" },
            { "atom.xml", "feedparser" },
            { "atom.xml", "feedsmith" },
            { "atom.xml", "rowanmanning" },
            { "atom.xml", "rssparser" },
            { "feed.json", "feedsmith" },
        };

    [Theory]
    [MemberData(nameof(Parsers))]
    public async Task A_foreign_parser_gets_every_field(string feed, string parser)
    {
        var keyword = $"whole {feed} {parser}";
        var article = Whole(keyword);
        await Stack.SendAsync(article, Broker.Article("A plain one", keywords: [keyword], publishedAt: article.PublishedAt.AddDays(-1)));
        await Stack.LineUntilAsync(items => items.Count == 2, "both", $"keyword={Uri.EscapeDataString(keyword)}");

        var read = await ParsedAsync($"en/{feed}?keyword={Uri.EscapeDataString(keyword)}", parser);
        Assert.Contains(keyword, (string)read["title"]!);
        if (parser is not "rssparser" and not "rowanmanning")
        {
            Assert.Equal("en", (string?)read["language"]);
        }
        if ((feed, parser) is not ("feed.json", _))
        {
            Assert.Equal($"{Site}/en/{feed}?keyword={Uri.EscapeDataString(keyword)}", (string?)read["links"]!["self"]);
        }
        Assert.Equal(2, read["items"]!.AsArray().Count);
        var item = read["items"]![0]!;
        Assert.Equal($"urn:uuid:{article.ArticleId}", (string?)item["id"]);
        Assert.Equal(article.Headline, WebUtility.HtmlDecode((string)item["title"]!));
        Assert.Equal($"{Site}/en/economy/{article.Slug}", (string?)item["link"]);
        var html = (string)item["html"]!;
        Assert.Contains($"<a href=\"{Site}/en/world/other\"", html);
        Assert.Contains("At last.", html);
        Assert.Contains("It opened at six, not at seven.", html);
        Assert.Contains("https://pictures.example.org/harbour.jpg", html);
        Assert.Contains("Ayşe Öz", item["authors"]!.ToJsonString(Plain));
        if ((feed, parser) is not ("atom.xml", "rssparser"))
        {
            Assert.Equal(["Economy", keyword, "liman"], item["categories"]!.AsArray().Select(c => (string)c!));
        }
        Assert.Equal(article.PublishedAt, Time(item["published"]));
        if (item["updated"] is not null && parser != "rowanmanning" || feed == "atom.xml" && parser != "rssparser")
        {
            Assert.Equal(article.UpdatedAt, Time(item["updated"]));
        }
        if (feed != "feed.json")
        {
            Assert.Contains("https://pictures.example.org/harbour.jpg", item["media"]!.AsArray().Select(m => (string?)m));
        }
    }

    static readonly System.Text.Json.JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    static DateTimeOffset Time(JsonNode? time) => DateTimeOffset.Parse((string)time!, CultureInfo.InvariantCulture);

    async Task<JsonNode> ParsedAsync(string address, string parser)
    {
        var text = await Stack.Reader.GetStringAsync(new Uri(address, UriKind.Relative));
        if (parser == "feedparser")
        {
            Assert.SkipUnless(File.Exists("/usr/lib/python3/dist-packages/feedparser/__init__.py"), "python3-feedparser is not installed");
            return Parsed(await Tool.RunAsync(Python, Node.Folder, text, "feeds.py"));
        }
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        return Parsed(await Node.RunAsync(text, "feeds.js", parser));

        static JsonNode Parsed(string said) => said.StartsWith('{') ? JsonNode.Parse(said)! : throw new FormatException(said);
    }

    [Fact]
    public async Task Json_feed_and_ninjs_keep_their_schemas()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var article = Whole("schema");
        var gallery = Broker.Article("With a gallery", keywords: ["schema"]) with
        {
            Featured = [article.ArticleId],
            Media = new()
            {
                Picture = new() { Alt = "Drawn" },
                Items =
                [
                    new()
                    {
                        Type = MediaType.Gallery,
                        Caption = "Many",
                        Pictures = [new() { Url = "/media/1.jpg", Alt = "One" }],
                    },
                ],
            },
        };
        await Stack.SendAsync(
            article,
            gallery,
            Broker.Article("Tərcümə", language: "az", keywords: ["schema"]) with
            {
                StoryId = article.ArticleId,
            }
        );
        await Stack.LineUntilAsync(items => items.Count == 3, "all of them", "keyword=schema");
        foreach (var address in new[] { "en/feed.json?keyword=schema", "feed.json", "feed.json?keyword=nothing" })
        {
            Assert.Equal(
                "",
                (await Node.RunAsync(await Stack.Reader.GetStringAsync(new Uri(address, UriKind.Relative)), "schema.js", "jsonfeed")).Trim()
            );
        }
        foreach (
            var address in new[]
            {
                $"api/news/{article.ArticleId}/ninjs",
                $"api/news/{gallery.ArticleId}/ninjs",
                "api/news/ninjs?keyword=schema",
                "api/news/ninjs?keyword=nothing",
            }
        )
        {
            Assert.Equal(
                "",
                (await Node.RunAsync(await Stack.Reader.GetStringAsync(new Uri(address, UriKind.Relative)), "schema.js", "ninjs")).Trim()
            );
        }
        var ninjs = (await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news/{article.ArticleId}/ninjs"))!;
        Assert.Equal(
            [
                article.Headline,
                "Ships enter again.",
                "usable",
                "Free within the country",
                "Ayşe Öz, J. Doe",
                "BAKU",
                $"urn:uuid:{article.ArticleId}",
            ],
            [
                (string)ninjs["headlines"]![0]!["value"]!,
                (string)ninjs["descriptions"]![0]!["value"]!,
                (string)ninjs["pubStatus"]!,
                (string)ninjs["usageTerms"]!,
                (string)ninjs["by"]!,
                (string)ninjs["located"]!,
                (string)ninjs["uri"]!,
            ]
        );
        Assert.Contains(ninjs["associations"]!.AsArray(), a => (string)a!["rel"]! == "translation");
    }

    [Fact]
    public async Task What_is_withdrawn_leaves_every_feed_at_once_and_Atom_says_so()
    {
        // The newest of every line, whatever the other tests have sent before.
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        var (killed, withheld, kept) = (Gone(), Gone(), Gone());
        await Stack.SendAsync(killed, withheld, kept);
        await Stack.LineUntilAsync(items => items.Count == 3, "all of them", "keyword=gone");
        var before = await EverywhereAsync();
        await Stack.SendMessagesAsync(
            new ArticleWithdrawn(
                killed with
                {
                    Version = 3,
                    UpdatedAt = killed.UpdatedAt.AddHours(1),
                    Body = "",
                    Summary = "",
                    Media = new(),
                },
                PubStatus.Canceled,
                "It did not take place."
            ),
            new ArticleWithdrawn(
                withheld with
                {
                    Version = 3,
                    UpdatedAt = killed.UpdatedAt.AddHours(2),
                    Body = "",
                    Summary = "",
                    Media = new(),
                },
                PubStatus.Withheld
            )
        );
        await Stack.LineUntilAsync(items => items.Count == 1, "the one that is left", "keyword=gone");

        var after = await EverywhereAsync();
        foreach (var (address, text) in after)
        {
            Assert.NotEqual(before[address].ETag, text.ETag);
            Assert.Contains(kept.Slug, text.Text);
            Assert.DoesNotContain(killed.Slug, text.Text);
            Assert.DoesNotContain(withheld.Slug, text.Text);
        }
        var feed = XDocument.Parse(after["en/economy/atom.xml"].Text).Root!;
        Assert.Equal(
            [($"urn:uuid:{withheld.ArticleId}", null), ($"urn:uuid:{killed.ArticleId}", "It did not take place.")],
            feed.Elements(tombstones + "deleted-entry")
                .Take(2)
                .Select(t => ((string)t.Attribute("ref")!, (string?)t.Element(tombstones + "comment")))
        );
        Assert.Equal(
            killed.UpdatedAt.AddHours(2),
            DateTimeOffset.Parse((string)feed.Element(atom + "updated")!, CultureInfo.InvariantCulture)
        );
        using var gone = await Stack.Reader.GetAsync(new Uri($"api/news/{killed.ArticleId}/ninjs", UriKind.Relative));
        Assert.Equal(
            (HttpStatusCode.Gone, "It did not take place."),
            (gone.StatusCode, (string?)(await gone.Content.ReadFromJsonAsync<JsonNode>())!["reason"])
        );
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"api/news/{withheld.ArticleId}/ninjs"));

        // Shown again, it is deleted no more.
        await Stack.SendAsync(withheld with { Version = 4 });
        await Stack.LineUntilAsync(items => items.Count == 2, "it again", "keyword=gone");
        Assert.DoesNotContain(
            withheld.ArticleId.ToString(),
            XDocument
                .Parse(await Stack.Reader.GetStringAsync(new Uri("en/economy/atom.xml", UriKind.Relative)))
                .Root!.Elements(tombstones + "deleted-entry")
                .Select(t => ((string)t.Attribute("ref")!)[9..])
        );

        PublicArticle Gone() => Whole("gone") with { PublishedAt = now, UpdatedAt = now };

        async Task<Dictionary<string, (string? ETag, string Text)>> EverywhereAsync()
        {
            var texts = new Dictionary<string, (string?, string)>();
            foreach (
                var address in new[]
                {
                    "en/economy/rss.xml",
                    "en/economy/atom.xml",
                    "en/economy/feed.json",
                    "en/rss.xml?keyword=gone",
                    "atom.xml?keyword=gone",
                    "api/news?keyword=gone",
                    "api/news/ninjs?keyword=gone",
                    "news-sitemap.xml",
                    $"sitemaps/{kept.PublishedAt:yyyy-MM}.xml",
                    "en",
                    "en/economy",
                    "en/all",
                }
            )
            {
                using var answer = await Stack.Reader.GetAsync(new Uri(address, UriKind.Relative));
                texts[address] = (answer.Headers.ETag?.Tag, await answer.Content.ReadAsStringAsync());
            }
            return texts;
        }
    }

    async Task<HttpStatusCode> StatusAsync(string address)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri(address, UriKind.Relative));
        return answer.StatusCode;
    }

    [Fact]
    public async Task The_head_and_the_archives_of_a_feed_have_every_story_and_new_ones_change_no_archive()
    {
        var day = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);
        // Two days that are over, the second with two parts and a bit, and more of today than the head has.
        var articles = Enumerable
            .Range(0, 5)
            .Select(i => Old(day, i))
            .Concat(Enumerable.Range(0, 70).Select(i => Old(day.AddDays(3), i)))
            .ToList();
        var today = new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero);
        articles.AddRange(Enumerable.Range(0, 40).Select(i => Old(today, i)));
        await Stack.SendAsync([.. articles]);
        await Stack.LineUntilAsync(items => items.Count == articles.Count, "all of them", "keyword=archived");

        var archives = await ArchivesAsync();
        Assert.Equal(
            [1, 3, 1],
            archives.GroupBy(a => a.Address.Split("archive=")[1].Split('.')[0]).Select(parts => parts.Count()).Reverse()
        );
        Assert.Equal(
            articles.Select(a => $"urn:uuid:{a.ArticleId}").Order(),
            (await HeadAsync()).Concat(archives.SelectMany(a => a.Ids)).Distinct().Order()
        );

        await Stack.SendAsync(Old(today, 41), Old(today, 42));
        await Stack.LineUntilAsync(items => items.Count == articles.Count + 2, "two more", "keyword=archived");
        Assert.Equal(
            archives.Select(a => (a.Address, string.Join(' ', a.Ids))),
            (await ArchivesAsync()).Select(a => (a.Address, string.Join(' ', a.Ids)))
        );
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"en/atom.xml?keyword=archived&archive={today:yyyy-MM-dd}.2"));

        PublicArticle Old(DateTimeOffset on, int minute) =>
            Broker.Article($"Archived {on:dd} {minute}", keywords: ["archived"], publishedAt: on.AddSeconds(minute));

        async Task<IEnumerable<string>> HeadAsync() => Ids(await FeedAsync($"{Site}/en/atom.xml?keyword=archived"));

        async Task<List<(string Address, string[] Ids)>> ArchivesAsync()
        {
            var found = new List<(string, string[])>();
            var address = Link(await FeedAsync($"{Site}/en/atom.xml?keyword=archived"), "prev-archive");
            string? next = null;
            while (address is not null)
            {
                var feed = await FeedAsync(address);
                Assert.NotNull(feed.Element(XName.Get("archive", "http://purl.org/syndication/history/1.0")));
                Assert.Equal($"{Site}/en/atom.xml?keyword=archived", Link(feed, "current"));
                Assert.Equal(next, Link(feed, "next-archive"));
                found.Add((address, Ids(feed)));
                (next, address) = (address, Link(feed, "prev-archive"));
            }
            return found;
        }
    }

    [Fact]
    public async Task A_feed_pages_from_its_head_to_its_end()
    {
        var articles = Enumerable.Range(0, 65).Select(i => Broker.Article($"Page {i}", keywords: ["pages of a feed"])).ToArray();
        await Stack.SendAsync(articles);
        await Stack.LineUntilAsync(items => items.Count == 65, "all of them", "keyword=pages%20of%20a%20feed");
        var (read, address) = (new List<string>(), (string?)$"{Site}/en/rss.xml?keyword=pages%20of%20a%20feed");
        while (address is not null)
        {
            var channel = (await FeedAsync(address)).Element("channel")!;
            read.AddRange(channel.Elements("item").Select(i => (string)i.Element("guid")!));
            address = Link(channel, "next");
        }
        Assert.Equal(articles.Reverse().Select(a => $"urn:uuid:{a.ArticleId}"), read);

        var json = (await Stack.Reader.GetFromJsonAsync<JsonNode>("en/feed.json?keyword=pages%20of%20a%20feed"))!;
        Assert.Equal(30, (await Stack.Reader.GetFromJsonAsync<JsonNode>((string)json["next_url"]!))!["items"]!.AsArray().Count);
        Assert.Equal($"{Site}/hub", Link((await FeedAsync($"{Site}/en/rss.xml")).Element("channel")!, "hub"));
    }

    async Task<XElement> FeedAsync(string address) => XDocument.Parse(await Stack.Reader.GetStringAsync(new Uri(address))).Root!;

    static string? Link(XElement feed, string relation) =>
        (string?)feed.Elements(atom + "link").FirstOrDefault(l => (string?)l.Attribute("rel") == relation)?.Attribute("href");

    static string[] Ids(XElement feed) => [.. feed.Elements(atom + "entry").Select(e => (string)e.Element(atom + "id")!)];

    [Theory]
    [InlineData("en/rss.xml?after=abc", "after")]
    [InlineData("en/rss.xml?archive=yesterday", "archive")]
    [InlineData("en/rss.xml?archive=2026-11-24.0", "archive")]
    [InlineData("en/feed.json?breaking=no", "breaking")]
    [InlineData("api/news/ninjs?limit=101", "limit")]
    public async Task A_parameter_that_cannot_be_read_is_named(string address, string parameter)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![parameter]);
    }

    [Theory]
    [InlineData("en/rss.xml?_=1")]
    [InlineData("en/atom.xml?limit=5")]
    [InlineData("en/feed.json?fbclid=1")]
    [InlineData("sitemap.xml?page=2")]
    [InlineData("news-sitemap.xml?utm_source=x")]
    [InlineData("robots.txt?x=1&x=2")]
    public async Task Parameters_that_feeds_and_sitemaps_do_not_know_are_passed_over(string address)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("xx/rss.xml")]
    [InlineData("en/gossip/rss.xml")]
    [InlineData("en/rss.xml?archive=2020-01-01.1")]
    [InlineData("sitemaps/2020-01.xml")]
    [InlineData("sitemaps/2026-13.xml")]
    [InlineData("sitemaps/passwd.xml")]
    public async Task What_is_not_there_is_404(string address) => Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(address));

    [Fact]
    public async Task A_text_that_no_XML_can_hold_takes_no_feed_away()
    {
        var article = Broker.Article("Odd \uFFFE \u000B headline", keywords: ["odd"]) with
        {
            Summary = "\u0000\uD800 summary",
            Body = "<p>\u0001 body ]]&gt; &amp;nbsp; 🚢</p>",
        };
        await Stack.SendAsync(article with { Summary = "\u0001 summary" });
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=odd");
        foreach (var feed in new[] { "en/rss.xml?keyword=odd", "en/atom.xml?keyword=odd", "news-sitemap.xml" })
        {
            Assert.Contains("headline", (await FeedAsync($"{Site}/{feed}")).Value);
        }
        Assert.Contains("🚢", (await FeedAsync($"{Site}/en/rss.xml?keyword=odd")).Value);
    }

    [Fact]
    public async Task A_crawler_finds_every_story_and_its_translations_by_the_sitemaps()
    {
        var (old, recent) = (
            Broker.Article("In an old month", publishedAt: new(2023, 5, 31, 23, 59, 59, TimeSpan.Zero)),
            Broker.Article("Of today")
        );
        var translation = Broker.Article("Köhnə", language: "az", publishedAt: old.PublishedAt.AddSeconds(1)) with
        {
            StoryId = old.ArticleId,
        };
        await Stack.SendAsync(old, recent, translation);
        await Stack.LineUntilAsync(items => items.Any(i => Stack.Id(i) == translation.ArticleId), "the last of them");
        var index = (await FeedAsync($"{Site}/sitemap.xml"))
            .Elements(sitemap + "sitemap")
            .Select(s => (string)s.Element(sitemap + "loc")!)
            .ToList();
        Assert.Contains($"{Site}/sitemaps/2023-05.xml", index);
        Assert.Contains($"{Site}/sitemaps/2023-06.xml", index);
        var url = (await FeedAsync($"{Site}/sitemaps/2023-05.xml"))
            .Elements(sitemap + "url")
            .Single(u => (string)u.Element(sitemap + "loc")! == $"{Site}/en/world/{old.Slug}");
        Assert.Equal(
            [("en", $"{Site}/en/world/{old.Slug}"), ("az", $"{Site}/az/world/{translation.Slug}")],
            url.Elements(XName.Get("link", "http://www.w3.org/1999/xhtml"))
                .Select(l => ((string)l.Attribute("hreflang")!, (string)l.Attribute("href")!))
        );
        var news = await Stack.Reader.GetStringAsync(new Uri("news-sitemap.xml", UriKind.Relative));
        Assert.Contains(recent.Slug, news);
        Assert.DoesNotContain(old.Slug, news);
        Assert.Contains($"Sitemap: {Site}/sitemap.xml", await Stack.Reader.GetStringAsync(new Uri("robots.txt", UriKind.Relative)));

        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var crawled = JsonNode.Parse(await Node.RunAsync("", "sitemap.js", $"{Site}/sitemap.xml"))!;
        Assert.Equal("[]", crawled["errors"]!.ToJsonString());
        var sites = crawled["sites"]!.AsArray().Select(s => (string)s!).ToHashSet();
        Assert.Superset(
            new HashSet<string> { $"{Site}/en/world/{old.Slug}", $"{Site}/en/world/{recent.Slug}", $"{Site}/az/world/{translation.Slug}" },
            sites
        );
        Assert.Equal((await Stack.LineAsync()).Select(i => Site + (string)i["url"]!).ToHashSet(), sites);
    }

    [Fact]
    public async Task A_month_s_sitemap_keeps_its_strong_ETag_until_its_stories_change()
    {
        var first = Broker.Article("In March", publishedAt: new(2022, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await Stack.SendAsync(first);
        await Stack.LineUntilAsync(items => items.Any(i => Stack.Id(i) == first.ArticleId), "it");
        var (before, text) = await MonthAsync();
        Assert.False(before.IsWeak);
        Assert.Contains(first.Slug, text);
        var other = Broker.Article("In April", publishedAt: new(2022, 4, 1, 12, 0, 0, TimeSpan.Zero));
        await Stack.SendAsync(other);
        await Stack.LineUntilAsync(items => items.Any(i => Stack.Id(i) == other.ArticleId), "the other month's");
        Assert.Equal((before, text), await MonthAsync());
        await Stack.SendMessagesAsync(
            new ArticleWithdrawn(first with { Version = 3 }, PubStatus.Canceled, "It was not so."),
            new ArticlePublished(Broker.Article("Also in March", publishedAt: first.PublishedAt.AddHours(1)))
        );
        await Eventually.Get(
            MonthAsync,
            after =>
                after.Tag != before
                && !after.Text.Contains(first.Slug, StringComparison.Ordinal)
                && after.Text.Contains("<loc>", StringComparison.Ordinal),
            "the month without it"
        );

        async Task<(System.Net.Http.Headers.EntityTagHeaderValue Tag, string Text)> MonthAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "sitemaps/2022-03.xml")
            {
                Headers = { { "Accept-Encoding", "gzip" } },
            };
            using var answer = await Stack.Reader.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            await using var body = await answer.Content.ReadAsStreamAsync();
            using var plain = new StreamReader(
                answer.Content.Headers.ContentEncoding.Contains("gzip")
                    ? new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionMode.Decompress)
                    : body
            );
            return (answer.Headers.ETag!, await plain.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task A_story_that_comes_while_its_month_is_counted_is_counted_by_the_next()
    {
        var story = Broker.Article("In May", publishedAt: new(2022, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await Stack.SendAsync(story);
        await Stack.LineUntilAsync(items => items.Any(i => Stack.Id(i) == story.ArticleId), "it");
        await Stack.ExecuteAsync("Feed", "insert into story_month (month, changed_at) values ('2022-06-01', now())");
        await using var writer = new Npgsql.NpgsqlConnection(Stack.ConnectionString("Feed"));
        await writer.OpenAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using (
            var moves = new Npgsql.NpgsqlBatch(writer, transaction)
            {
                BatchCommands =
                {
                    new("update mt_doc_story set published_at = '2022-06-02T00:00:00Z' where id = $1")
                    {
                        Parameters = { new() { Value = story.ArticleId } },
                    },
                    new("update story_month set changed_at = clock_timestamp() where month in ('2022-05-01', '2022-06-01')"),
                },
            }
        )
        {
            await moves.ExecuteNonQueryAsync();
        }
        var counting = Stack.Reader.GetAsync(new Uri("sitemaps/2022-06.xml", UriKind.Relative));
        await Eventually.Get(
            () =>
                Stack.QueryAsync(
                    "Feed",
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                ),
            waiting => waiting[0] != "0",
            "the count waits for the row"
        );
        await transaction.CommitAsync();
        (await counting).Dispose();
        Assert.Contains(
            story.Slug,
            await Stack.Reader.GetStringAsync(new Uri("sitemaps/2022-06.xml", UriKind.Relative)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Newsboat_subscribes_gets_304_while_nothing_is_new_and_the_new_story_after_it()
    {
        Assert.SkipUnless(File.Exists(Newsboat), "newsboat is not installed");
        await Stack.SendAsync(Broker.Article("Boat one", keywords: ["boat"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=boat");
        await using var edge = Edge.Start(Stack.Reader.BaseAddress!);
        var folder = Directory.CreateTempSubdirectory("newsboat").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "urls"), $"{edge.Address}en/rss.xml?keyword=boat\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "config"), "");

        // It keeps validators of feeds that it knows, which it does after the first time.
        Assert.Equal("1", await UnreadAsync());
        Assert.Equal("1", await UnreadAsync());
        Assert.Equal("1", await UnreadAsync());
        Assert.Equal([200, 200, 304], edge.Statuses);
        await Stack.SendAsync(Broker.Article("Boat two", keywords: ["boat"]));
        await Stack.LineUntilAsync(items => items.Count == 2, "the new story", "keyword=boat");
        var last = await UnreadAsync();
        Assert.Equal([200, 200, 304, 200], edge.Statuses);
        Assert.Equal("2", last);
        Assert.Equal([200, 200, 304, 200], edge.Statuses);

        async Task<string> UnreadAsync() =>
            new([
                .. (
                    await Tool.RunAsync(
                        Newsboat,
                        folder,
                        "",
                        "-u",
                        Path.Combine(folder, "urls"),
                        "-c",
                        Path.Combine(folder, "cache"),
                        "-C",
                        Path.Combine(folder, "config"),
                        "-x",
                        "reload",
                        "print-unread"
                    )
                ).Where(char.IsAsciiDigit),
            ]);
    }
}
