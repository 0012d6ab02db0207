using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>Words are found however they were typed, by who wrote the story or by who looks for it.</summary>
public sealed class FoldedWordsTests(FeedService service) : IClassFixture<FeedService>
{
    Stack Stack => service.Stack;

    [Theory]
    [InlineData("en", "Har\u00adbour\u00admaster speaks", "harbourmaster")]
    [InlineData("en", "A zer\u200bowidth\ufeff word", "zerowidth")]
    [InlineData("en", "The harbourmaster speaks", "har\u00adbourmaster")]
    [InlineData("en", "Armenia/Azerbaijan: a treaty", "armenia")]
    [InlineData("en", "Armenia/Azerbaijan: a treaty", "azerbaijan")]
    [InlineData("en", "Armenia/Azerbaijan: a treaty", "armenia/azerbaijan")]
    [InlineData("en", "Armenia/Azerbaijan: a treaty", "armenia azerbaijan treaty")]
    [InlineData("en", "COVID-19 returns", "covid 19")]
    [InlineData("en", "COVID-19 returns", "covid-19")]
    [InlineData("en", "COVID-19 returns", "covid19")]
    [InlineData("en", "Covid19 returns", "covid-19")]
    [InlineData("en", "An e\u2011mail for you", "email")]
    [InlineData("en", "Fruit, e.g. a quince", "e.g. quince")]
    [InlineData("en", "Fruit, e.g. a quince", "eg quince")]
    [InlineData("en", "It cools down to -17 at night", "17 night")]
    [InlineData("en", "Read it at www.example.org/harbour", "example harbour")]
    [InlineData("tr", "IŞIKLI YOL", "ışıklı")]
    [InlineData("tr", "Işıklı yol", "IŞIKLI")]
    [InlineData("tr", "İstanbul'da bayram", "ISTANBUL")]
    [InlineData("az", "İŞIQLI KÜÇƏ", "işıqlı")]
    [InlineData("az", "İŞIQLI KÜÇƏ", "isiqli")]
    [InlineData("en", "Ｔｏｋｙｏ opens", "tokyo")]
    [InlineData("en", "STRASSE GESPERRT", "straße")]
    [InlineData("en", "ΟΔΥΣΣΕΥΣ", "Οδυσσευς")]
    public async Task A_word_is_found_however_it_is_typed(string language, string headline, string query)
    {
        var keyword = $"typed {Guid.NewGuid():N}";
        await SendAsync(keyword, Broker.Article(headline, language: language, keywords: [keyword]));
        var found = (
            await Stack.Reader.GetFromJsonAsync<JsonNode>(
                $"api/news?q={Uri.EscapeDataString(query)}&keyword={Uri.EscapeDataString(keyword)}"
            )
        )!;
        Assert.Equal([headline], Headlines(found));
    }

    [Fact]
    public async Task What_is_joined_is_looked_for_as_it_stands_and_can_be_ruled_out()
    {
        await SendAsync(
            "joined",
            Broker.Article("The M-17 road", keywords: ["joined"]),
            Broker.Article("The 17 M roads", keywords: ["joined"]),
            Broker.Article("The road of 17", keywords: ["joined"])
        );
        Assert.Equal(["The M-17 road"], await FindAsync("m-17"));
        Assert.Equal(["The 17 M roads", "The road of 17"], await FindAsync("road -m17"));
        Assert.Equal(["The 17 M roads", "The road of 17"], await FindAsync("17 -\"m-17\""));
    }

    async Task<IEnumerable<string>> FindAsync(string query) =>
        Headlines((await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news?q={Uri.EscapeDataString(query)}&keyword=joined"))!).Order();

    [Theory]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("İstanbul", "ISTANBUL")]
    [InlineData("ŞƏKİ", "şəki")]
    [InlineData("IŞIK", "ışık")]
    [InlineData("Café", "Cafe\u0301")]
    [InlineData("Har\u00adbour", "harbour ")]
    public async Task A_keyword_and_an_author_are_one_address_however_they_are_spelt(string said, string asked)
    {
        var id = Guid.NewGuid().ToString("N");
        var (keyword, author, spelt) = ($"{said} {id}", $"{said} Öz {id}", $"{asked} {id}");
        var article = Broker.Article($"Of {said} for {asked}", language: "tr", keywords: [keyword]) with { Bylines = [author] };
        await SendAsync(keyword, article);
        Assert.Equal(
            [article.Headline],
            (await Stack.LineAsync($"keyword={Uri.EscapeDataString(spelt)}")).Select(item => (string)item["headline"]!)
        );
        Assert.Equal(
            [article.Headline],
            (await Stack.LineAsync($"author={Uri.EscapeDataString($"{asked} ÖZ {id}")}")).Select(item => (string)item["headline"]!)
        );
        Assert.Contains(
            article.ArticleId.ToString(),
            await Stack.Reader.GetStringAsync(new Uri($"tr/rss.xml?keyword={Uri.EscapeDataString(spelt)}", UriKind.Relative)),
            StringComparison.Ordinal
        );
        Assert.Equal(keyword, (string?)(await Stack.LineAsync($"keyword={Uri.EscapeDataString(spelt)}")).Single()["keywords"]![0]);
    }

    [Fact]
    public async Task Signs_that_become_many_letters_are_stored_and_asked_for_as_any_others()
    {
        var (id, sign) = (Guid.NewGuid().ToString("N"), string.Concat(Enumerable.Range(0x3300, 0x58).Select(square => (char)square)));
        await SendAsync(
            id,
            Broker.Article("Squares", keywords: [id, sign + sign[..12], new string('\ufdfa', 100)]) with
            {
                Body = $"<p>{string.Concat(Enumerable.Repeat(sign, 40))}</p>",
            }
        );
        Assert.Single(await Stack.LineAsync($"keyword={Uri.EscapeDataString(sign + sign[..12])}"));
        using var answer = await Stack.Reader.GetAsync(
            new Uri($"api/news?q={Uri.EscapeDataString(string.Concat(Enumerable.Repeat(sign, 5)))}", UriKind.Relative)
        );
        // A word that no index has room for is none to look for, and no fault of the service.
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Suggestions_see_no_invisible_character_and_say_a_keyword_as_it_was_written()
    {
        var article = Broker.Article("Light\u00adhouse of Mərdəkan", language: "az", keywords: ["İŞIQ\u00adLANDIRMA", "suggestedlight"]);
        await SendAsync("suggestedlight", article);
        Assert.Contains("İŞIQ\u00adLANDIRMA", await SuggestAsync("işıqlandırma"));
        Assert.Contains(article.Headline, await SuggestAsync("light\u200bhouse"));
    }

    [Fact]
    public async Task Stories_and_keywords_that_an_earlier_release_stored_are_found_likewise_after_the_upgrade()
    {
        await SendAsync("upgraded", Broker.Article("Kura/Aras basin", keywords: ["upgraded", "Həftə\u00adSONU"]));
        await Stack["Feed"].KillAsync();
        // As it was: whole words of PostgreSQL's own, no folded tag.
        await Stack.ExecuteAsync(
            "Feed",
            """
            delete from story_tag where tag like 'folded:%';
            update story_text set words = to_tsvector('english', 'Kura/Aras basin');
            do $$ begin
                comment on table story_tag is 'keywords, authors, breaking news, corrections, former addresses and what was withdrawn';
                alter table story_text drop column if exists form;
                drop table if exists tag_folding;
            end $$
            """
        );
        Stack["Feed"].Start();
        await Stack["Feed"].ReadyAsync();
        await Stack.LineUntilAsync(items => items.Count == 1, "the line of the keyword", $"keyword={Uri.EscapeDataString("HƏFTƏSONU")}");
        await Eventually.Get(
            async () => Headlines((await Stack.Reader.GetFromJsonAsync<JsonNode>("api/news?q=aras&keyword=upgraded"))!),
            found => found.Count == 1,
            "the story is found by its word"
        );
        Assert.Equal(["0"], await Stack.QueryAsync("Feed", "select count(*) from story_text where form = 0"));
    }

    async Task SendAsync(string keyword, params PublicArticle[] stories)
    {
        await Stack.SendAsync(stories);
        await Stack.LineUntilAsync(items => items.Count == stories.Length, "the stories", $"keyword={Uri.EscapeDataString(keyword)}");
    }

    async Task<IReadOnlyList<string>> SuggestAsync(string typed) =>
        [
            .. (await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news/suggestions?q={Uri.EscapeDataString(typed)}&language=az"))![
                "suggestions"
            ]!
                .AsArray()
                .Select(s => (string)s!["text"]!),
        ];

    static List<string> Headlines(JsonNode page) => [.. page["items"]!.AsArray().Select(item => (string)item!["headline"]!)];
}
