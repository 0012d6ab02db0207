using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Words that editors and other systems write are known in every spelling.</summary>
public sealed class FoldedWordsTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    [Theory]
    [InlineData("tr", "EKONOMİ", "economy")]
    [InlineData("tr", "SİYASET", "politics")]
    [InlineData("tr", "BILIM", "science")]
    [InlineData("az", "İQTİSADİYYAT", "economy")]
    [InlineData("az", "İDMAN", "sport")]
    [InlineData("az", "MƏDƏNİYYƏT", "culture")]
    [InlineData("az", "Mədəniy\u00adyət", "culture")]
    [InlineData("tr", "Ku\u0308ltu\u0308r", "culture")]
    [InlineData("ru", "В  МИРЕ", "world")]
    [InlineData("en", "ＷＯＲＬＤ", "world")]
    [InlineData("az", "politics", "politics")]
    public async Task A_label_of_an_import_is_the_category_that_it_names(string language, string label, string category)
    {
        var feed = $"""
            <rss version="2.0"><channel><title>Liman</title><link>https://liman.example</link><language>{language}</language>
            <item><title>Of {label}</title><link>https://liman.example/{Guid.NewGuid():N}</link>
            <pubDate>Mon, 04 Mar 2013 07:00:00 +0000</pubDate>
            <description>Text.</description><category>{label}</category>
            <category>Bərə</category><category>BƏRƏ</category></item></channel></rss>
            """;
        var result = Assert.Single(await Stack.ImportAsync(feed, "application/rss+xml"));
        var article = (await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{result["id"]}"))!;
        Assert.Equal((category, language), ((string?)article["category"], (string?)article["language"]));
        Assert.Equal(["Bərə"], article["keywords"]!.AsArray().Select(k => (string)k!));
    }

    [Theory]
    [InlineData("tr", "EKONOMİ", "ekonomi-haber", "economy")]
    [InlineData("tr", "SİYASET", "siyaset-haber", "politics")]
    [InlineData("az", "İQTİSADİYYAT", "iqt", "economy")]
    [InlineData("az", "MƏDƏNİYYƏT", "mdn", "culture")]
    [InlineData("az", "Xəbər", "IDMAN", "sport")]
    public async Task A_label_of_wordpress_is_the_category_that_its_name_or_its_code_names(
        string language,
        string label,
        string code,
        string category
    )
    {
        var id = Random.Shared.Next(1, int.MaxValue);
        var feed = $"""
            <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
              xmlns:wp="http://wordpress.org/export/1.2/">
            <channel><title>Harbour Post</title><link>https://harbour.example</link><language>{language}</language>
            <wp:wxr_version>1.2</wp:wxr_version>
            <item><title>Of {label}</title><link>https://harbour.example/{id}/</link><dc:creator>mira</dc:creator>
            <guid isPermaLink="false">https://harbour.example/?p={id}</guid>
            <content:encoded><![CDATA[Text.]]></content:encoded><wp:post_id>{id}</wp:post_id>
            <wp:post_date>2013-03-04 11:00:00</wp:post_date><wp:post_date_gmt>2013-03-04 07:00:00</wp:post_date_gmt>
            <wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
            <category domain="category" nicename="{code}"><![CDATA[{label}]]></category></item></channel></rss>
            """;
        var result = Assert.Single(await Stack.ImportAsync(feed, "application/rss+xml"));
        Assert.Equal(category, (string?)(await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{result["id"]}"))!["category"]);
    }

    [Theory]
    [InlineData("IŞIQLI KÜÇƏ", "ışıqlı")]
    [InlineData("IŞIQLI KÜÇƏ", "IŞIQ")]
    [InlineData("İşıqlı küçə", "işiqli")]
    [InlineData("İşıqlı küçə", "isiqli", false)]
    [InlineData("İşıqlı küçə", "ışıqlı")]
    [InlineData("Har\u00adbour\u200bmaster", "harbourmaster")]
    [InlineData("Harbourmaster", "har\u00adbour")]
    [InlineData("Armenia/Azerbaijan", "azer")]
    [InlineData("Armenia/Azerbaijan", "armenia/azer")]
    [InlineData("COVID-19 again", "19")]
    [InlineData("COVID-19 again", "covid19")]
    [InlineData("COVID-19 again", "covid-19")]
    [InlineData("COVID-19 again", "covid-20", false)]
    [InlineData("Fruit, e.g. quince", "e.g.")]
    [InlineData("GROẞE STRASSE", "große straße")]
    public async Task The_desk_finds_a_word_however_it_is_typed(string headline, string q, bool found = true)
    {
        var word = $"w{Guid.NewGuid():N}";
        await Stack.DraftAsync(
            new
            {
                headline,
                category = "world",
                language = "az",
                body = "<p>Body.</p>",
                keywords = new[] { word },
            }
        );
        Assert.Equal(found ? [headline] : [], await HeadlinesAsync($"?keyword={word}&q={Uri.EscapeDataString(q)}"));
    }

    [Theory]
    [InlineData("Jean-Pierre İPEK", "jean pierre ipek")]
    [InlineData("Jean-Pierre İPEK", "Jean-Pierre Ipek")]
    [InlineData("Ayşe Y\u0131lmaz", "AYŞE YILMAZ")]
    public async Task The_desk_finds_a_name_and_a_keyword_likewise(string byline, string author)
    {
        var id = Guid.NewGuid().ToString("N");
        await Stack.DraftAsync(
            new
            {
                headline = byline,
                byline,
                category = "world",
                language = "tr",
                body = "<p>Body.</p>",
                keywords = new[] { $"İŞ\u00adIK {id}" },
            }
        );
        foreach (var keyword in new[] { $"İŞ\u00adIK {id}", $"işik {id}", $"IŞIK  {id.ToUpperInvariant()}" })
        {
            Assert.Equal([byline], await HeadlinesAsync($"?keyword={Uri.EscapeDataString(keyword)}&author={Uri.EscapeDataString(author)}"));
        }
    }

    [Fact]
    public async Task What_an_earlier_release_put_on_the_desks_lists_is_found_likewise_after_the_upgrade()
    {
        var keyword = $"EKONOMİ {Guid.NewGuid():N}";
        var id = Stack.Id(
            await Stack.DraftAsync(
                new
                {
                    headline = "IŞIQLI/KÜÇƏ",
                    byline = "ALİ ÖZ",
                    category = "world",
                    language = "az",
                    body = "<p>Body.</p>",
                    keywords = new[] { keyword },
                }
            )
        );
        await Stack["Publishing"].KillAsync();
        // As it was: .NET's lower case, and PostgreSQL's own idea of a word.
        await Stack.ExecuteAsync(
            "Publishing",
            $$"""
            update mt_doc_desk_item set data = data - 'foldedBy' - 'foldedKeywords' || '{"words": "işiqli/küçə\n", "names": "alİ öz"}'
            where id = '{{id}}'
            """
        );
        Stack["Publishing"].Start();
        await Stack["Publishing"].ReadyAsync();
        var query =
            $"?keyword={Uri.EscapeDataString(keyword.ToLowerInvariant())}&author={Uri.EscapeDataString("ali öz")}"
            + $"&q={Uri.EscapeDataString("küçə ışıqlı")}";
        await Eventually.Get(() => HeadlinesAsync(query), found => found is ["IŞIQLI/KÜÇƏ"], "the article is found");
        Assert.Equal(["1"], await Stack.QueryAsync("Publishing", $"select mt_version from mt_doc_desk_item where id = '{id}'"));
    }

    async Task<string[]> HeadlinesAsync(string query) =>
        [
            .. (await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles{query}"))!["items"]!
                .AsArray()
                .Select(item => (string)item!["headline"]!),
        ];
}
