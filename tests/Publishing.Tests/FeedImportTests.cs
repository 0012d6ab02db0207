using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What other systems' files become, seen as an editor sees it.</summary>
public sealed class FeedImportTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    [Fact]
    public async Task An_rss_file_gives_articles_with_headline_body_byline_keywords_picture_and_time_and_again_changes_nothing()
    {
        var results = await ImportAsync("sample.rss.xml", "application/rss+xml", "text/xml");
        Assert.Equal([(1, "imported"), (2, "imported"), (3, "imported"), (4, "rejected"), (5, "rejected")], Outcomes(results));
        Assert.Equal("pubDate: 'dünən axşam' is no time with its zone", (string?)results[3]["reason"]);
        Assert.Contains("headline: is required", (string?)results[4]["reason"], StringComparison.Ordinal);

        var ferry = await ArticleAsync(results[0]);
        Assert.Equal("Bərə xətti «Xəzər» yenidən açıldı", (string?)ferry["headline"]);
        Assert.Equal(
            "<p>Birinci bərə <strong>səhər</strong> yola düşür. <a href=\"https://sahil.example/bilet\" "
                + "rel=\"noopener nofollow\">Biletlər</a> gəmidə satılır.</p>"
                + "<h2>Qiymətlər</h2><p>Uşaqlar üçün pulsuzdur.<img src=\"https://sahil.example/f/bere.jpg\" alt=\"\"></p>",
            (string?)ferry["body"]
        );
        Assert.Equal(
            ("Gündə iki reys — bazar ertəsindən.", "economy", "az", "Gülnar Əliyeva", "published"),
            ((string?)ferry["summary"], (string?)ferry["category"], (string?)ferry["language"], Bylines(ferry), (string?)ferry["state"])
        );
        Assert.Equal(["bərə", "liman", "Aktau"], Strings(ferry["keywords"]));
        Assert.Equal("2021-09-14T10:36:00Z", (string?)ferry["publishedAt"]);
        Assert.Equal(("https://sahil.example/f/bere-boyuk.jpg", "Ağ bərə limandan çıxır", "Foto: Sahil", 1280), Picture(ferry));

        var museum = await ArticleAsync(results[1]);
        Assert.Equal("Muzey \"Gecə\" üçün hazırlaşır & gözləyir", (string?)museum["headline"]);
        Assert.Equal("<p>Muzey gecəyarısına qədər açıq olacaq.</p><p>Giriş pulsuzdur.</p>", (string?)museum["body"]);
        Assert.Equal("Rəşad Quliyev", Bylines(museum));
        Assert.Equal(("https://sahil.example/f/muzey.png", "Muzey \"Gecə\" üçün hazırlaşır & gözləyir", null, null), Picture(museum));

        var wave = await ArticleAsync(results[2]);
        Assert.Equal(
            ("Dənizdə dalğa: hündürlük < 2 metr", "general", "2021-09-12T04:15:00Z"),
            ((string?)wave["headline"], (string?)wave["category"], (string?)wave["publishedAt"])
        );
        Assert.Equal(["hava"], Strings(wave["keywords"]));
    }

    [Fact]
    public async Task An_atom_file_gives_each_entry_in_its_own_language_keeps_an_id_that_is_a_uuid_and_again_changes_nothing()
    {
        var results = await ImportAsync("sample.atom.xml", "application/atom+xml", "application/xml");
        Assert.All(results, r => Assert.Equal("imported", (string?)r["outcome"]));
        Assert.Equal(4, results.Count);
        Assert.Equal("5f0c7a52-3d5e-4b8e-9c58-2d6f1f0b7a10", (string?)results[0]["id"]);

        var lighthouse = await ArticleAsync(results[0]);
        Assert.Equal(
            ("Маяк & пристань: ремонт окончен", "ru", "society", "Ирина Морская & Пётр Волнов", "Башню открыли для гостей."),
            (
                (string?)lighthouse["headline"],
                (string?)lighthouse["language"],
                (string?)lighthouse["category"],
                Bylines(lighthouse),
                (string?)lighthouse["summary"]
            )
        );
        Assert.Equal(
            "<p>Работы шли <em>полгода</em>.</p><p><a rel=\"noopener nofollow\">Расписание</a> вывесят у входа.</p>",
            ((string?)lighthouse["body"])!.Replace("<a>", "<a rel=\"noopener nofollow\">", StringComparison.Ordinal)
        );
        Assert.Equal(
            ("2022-03-01T06:30:00Z", "2022-03-02T12:00:00Z"),
            ((string?)lighthouse["publishedAt"], (string?)lighthouse["updatedAt"])
        );
        Assert.Equal(("https://bereg.example/mayak.jpg", "Маяк на рассвете", null, null), Picture(lighthouse));
        Assert.Equal(["маяки"], Strings(lighthouse["keywords"]));

        var prices = await ArticleAsync(results[1]);
        Assert.Equal(
            ("Fiyatlar 5 < 10 &amp; artmıyor", "tr", "economy", "Редакция «Берега»"),
            ((string?)prices["headline"], (string?)prices["language"], (string?)prices["category"], Bylines(prices))
        );
        Assert.Equal("<p>Balık pazarında <strong>sakin</strong> bir hafta.</p>", (string?)prices["body"]);

        var plain = await ArticleAsync(results[2]);
        Assert.Equal(
            ("en", "<p>The first has 1 &lt; 2.</p><p>The second follows.</p>"),
            ((string?)plain["language"], (string?)plain["body"])
        );

        var teaser = await ArticleAsync(results[3]);
        Assert.Equal(
            ("ru", "<p>Подробности — завтра.</p>", "2022-03-04T08:00:00Z"),
            ((string?)teaser["language"], (string?)teaser["body"], (string?)teaser["publishedAt"])
        );
    }

    [Fact]
    public async Task A_json_feed_gives_its_items_names_those_that_are_wrong_and_again_changes_nothing()
    {
        var results = await ImportAsync("sample.feed.json", "application/feed+json");
        Assert.Equal([(1, "imported"), (2, "imported"), (3, "rejected"), (4, "imported"), (5, "rejected")], Outcomes(results));
        Assert.Contains("date_published", (string?)results[2]["reason"], StringComparison.Ordinal);
        Assert.Contains("title", (string?)results[4]["reason"], StringComparison.Ordinal);

        var harbour = await ArticleAsync(results[0]);
        Assert.Equal(
            ("Harbour & town agree on night sailings", "world", "en", "Ada Marsh & Tom Reed", "The last boat now leaves at eleven."),
            (
                (string?)harbour["headline"],
                (string?)harbour["category"],
                (string?)harbour["language"],
                Bylines(harbour),
                (string?)harbour["summary"]
            )
        );
        Assert.Equal(
            "<p>Sailings begin in <strong>May</strong>.</p><p><img src=\"https://quayside.example/map.png\" alt=\"\"></p>",
            (string?)harbour["body"]
        );
        Assert.Equal(("2023-04-02T20:00:00Z", "2023-04-03T08:00:00Z"), ((string?)harbour["publishedAt"], (string?)harbour["updatedAt"]));
        Assert.Equal(["ferries", "night life"], Strings(harbour["keywords"]));
        Assert.Equal(("https://quayside.example/boat.jpg", "Harbour & town agree on night sailings", null, null), Picture(harbour));

        var concert = await ArticleAsync(results[1]);
        Assert.Equal(
            ("az", "culture", "Quayside Desk", "<p>Saat 20:00-da başlayır.</p><p>Giriş &lt; 5 manat.</p>"),
            ((string?)concert["language"], (string?)concert["category"], Bylines(concert), (string?)concert["body"])
        );
        Assert.Equal(("https://quayside.example/k.webp", "Səhnə körpünün üstündədir", null, null), Picture(concert));
    }

    [Fact]
    public async Task A_wordpress_export_gives_its_posts_with_picture_paragraphs_and_shortcodes_resolved_and_again_changes_nothing()
    {
        var results = await ImportAsync("sample.wxr.xml", "text/xml", "application/xml");
        Assert.Equal(
            [(2, "imported"), (3, "imported"), (4, "imported"), (5, "rejected"), (6, "rejected"), (7, "rejected")],
            Outcomes(results)
        );
        Assert.Equal("wp:post_password: a post behind a password is not imported", (string?)results[3]["reason"]);
        Assert.Equal("wp:status: a post that is 'trash' is not imported", (string?)results[4]["reason"]);
        Assert.Equal("wp:post_type: a 'page' is no post: Hakkımızda", (string?)results[5]["reason"]);

        var greenhouse = await ArticleAsync(results[0]);
        Assert.Equal(
            ("Serada “akıllı” sulama başladı", "Köyün serası artık toprağı dinliyor.", "technology", "tr", "Ayşe Yılmaz"),
            (
                (string?)greenhouse["headline"],
                (string?)greenhouse["summary"],
                (string?)greenhouse["category"],
                (string?)greenhouse["language"],
                Bylines(greenhouse)
            )
        );
        Assert.Equal(
            "<p>İlk vana <strong>pazartesi</strong> açıldı [sic].<br>Su %40 azaldı.</p>"
                + "<figure><a href=\"https://limon.example/vana/\" rel=\"noopener nofollow\"><img "
                + "src=\"https://limon.example/uploads/vana.jpg\" alt=\"Vana\" width=\"300\"></a>"
                + "<figcaption>Yeni vana, <em>mayıs</em></figcaption></figure>"
                + "<p>Kurulum iki gün sürdü.</p>"
                + "<p><a href=\"https://video.example/izle/5\" rel=\"noopener nofollow\">https://video.example/izle/5</a></p>"
                + "<h2>Sırada ne var?</h2><p>Komşu köy de istiyor. [gallery] böyle yazılır.</p>",
            (string?)greenhouse["body"]
        );
        Assert.Equal(["Köy & bağ", "sulama"], Strings(greenhouse["keywords"]));
        Assert.Equal(
            ("2020-05-06T05:10:00Z", "2020-05-07T06:00:00Z"),
            ((string?)greenhouse["publishedAt"], (string?)greenhouse["updatedAt"])
        );
        Assert.Equal(("https://limon.example/uploads/sera.jpg", "Sıra sıra limon fidanı", null, null), Picture(greenhouse));
        Assert.Equal("Sera, sabah", (string?)greenhouse["media"]!["picture"]!["caption"]);

        var zero = await ArticleAsync(results[1]);
        Assert.Equal(
            ("2020-05-07T06:00:00Z", "general", "misafir"),
            ((string?)zero["publishedAt"], (string?)zero["category"], Bylines(zero))
        );
        Assert.Empty(zero["keywords"]!.AsArray());

        Assert.Equal("draft", (string?)(await ArticleAsync(results[2]))["state"]);
    }

    [Fact]
    public async Task A_draft_that_was_published_there_since_is_published_here_by_the_next_import()
    {
        var draft = Post("guid-of-a-draft", "Taslak", "draft", "0000-00-00 00:00:00");
        Assert.Equal("draft", (string?)(await ArticleAsync((await ImportTextAsync(draft, "text/xml")).Single()))["state"]);
        var published = await ArticleAsync(
            (await ImportTextAsync(Post("guid-of-a-draft", "Taslak", "publish", "2020-06-01 10:00:00"), "text/xml")).Single()
        );
        Assert.Equal(("published", "2020-06-01T10:00:00Z"), ((string?)published["state"], (string?)published["publishedAt"]));
    }

    [Fact]
    public async Task The_language_of_the_request_overrides_that_of_the_feed()
    {
        var results = await ImportTextAsync(
            Rss("<language>az</language>" + Item("Asked for", "https://asked.example/1")),
            "application/rss+xml",
            "publish=true&language=ru"
        );
        Assert.Equal("ru", (string?)(await ArticleAsync(results.Single()))["language"]);
    }

    [Fact]
    public async Task What_stands_before_the_place_where_a_file_breaks_off_goes_in_and_the_last_line_says_where_that_is()
    {
        var whole = Rss(
            "\n"
                + Item("Whole one", "https://broken.example/1")
                + "\n"
                + Item("Whole two", "https://broken.example/2")
                + "\n<item><title>Half"
        );
        var results = await ImportTextAsync(whole[..(whole.IndexOf("Half", StringComparison.Ordinal) + 4)], "application/rss+xml");
        Assert.Equal([(1, "imported"), (2, "imported"), (3, "rejected")], Outcomes(results));
        Assert.Contains("not well-formed", (string?)results[2]["reason"], StringComparison.Ordinal);
        Assert.Contains("Line 4", (string?)results[2]["reason"], StringComparison.OrdinalIgnoreCase);

        var json = (await File.ReadAllTextAsync(PathOf("sample.feed.json"))).Replace(
            "quayside.example",
            "cut.example",
            StringComparison.Ordinal
        );
        var cut = await ImportTextAsync(json[..json.IndexOf("\"id\": \"4\"", StringComparison.Ordinal)], "application/feed+json");
        Assert.Equal("rejected", (string?)cut[^1]["outcome"]);
        Assert.Contains("not well-formed", (string?)cut[^1]["reason"], StringComparison.Ordinal);
        Assert.Equal((4, 4), ((int)cut[^1]["line"]!, cut.Count));
    }

    [Fact]
    public async Task A_control_character_in_a_post_does_not_end_the_import()
    {
        var results = await ImportTextAsync(
            Rss(Item("Form\u000cfeed", "https://control.example/1") + Item("After &#12;it", "https://control.example/2")),
            "application/rss+xml"
        );
        Assert.Equal([(1, "imported"), (2, "imported")], Outcomes(results));
        Assert.Equal("Form feed", (string?)(await ArticleAsync(results[0]))["headline"]);
        Assert.Equal("After it", (string?)(await ArticleAsync(results[1]))["headline"]);
    }

    [Fact]
    public async Task An_item_that_nests_too_deep_is_rejected_and_the_next_goes_in()
    {
        var deep = string.Concat(Enumerable.Repeat("&lt;em&gt;", 50_000));
        var results = await ImportTextAsync(
            Rss(
                $"<item><title>Deep</title><description>{deep}</description></item>" + Item("After the deep one", "https://deep.example/2")
            ),
            "application/rss+xml"
        );
        Assert.Equal([(1, "rejected"), (2, "imported")], Outcomes(results));
        Assert.Contains("body", (string?)results[0]["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_over_the_limit_is_rejected_with_a_reason_and_the_next_goes_in()
    {
        var results = await ImportTextAsync(
            Rss(
                Item("Before the huge one", "https://huge.example/1")
                    + $"<item><description>{new string('x', 9 << 20)}</description></item>"
                    + Item("After the huge one", "https://huge.example/3")
            ),
            "application/rss+xml"
        );
        Assert.Equal([(1, "imported"), (2, "rejected"), (3, "imported")], Outcomes(results));
        Assert.Contains("4194304 bytes", (string?)results[1]["reason"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE rss [<!ENTITY a \"b\">]><rss version='2.0'><channel><item><title>&a;</title></item></channel></rss>", "DTD")]
    [InlineData("<!DOCTYPE html><html></html>", "DTD")]
    [InlineData("<html><body/></html>", "root is 'html'")]
    [InlineData("no XML at all", "no XML")]
    [InlineData("", "no XML")]
    public async Task What_begins_as_no_feed_is_refused_before_anything_is_taken_in(string xml, string reason)
    {
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => ImportTextAsync(xml, "application/xml"));
        Assert.Equal(400, (int)refused.StatusCode!);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("urn:newsplatform:problem:unreadable", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_media_type_is_answered_with_all_that_are_accepted()
    {
        using var answer = await Stack.Editor.PostAsync(
            new Uri("api/import", UriKind.Relative),
            new StringContent("a;b", Encoding.UTF8, "text/csv")
        );
        Assert.Equal(415, (int)answer.StatusCode);
        Assert.Equal(
            "application/x-ndjson, application/rss+xml, application/atom+xml, application/feed+json, application/xml, text/xml, text/plain",
            string.Join(", ", answer.Headers.GetValues("Accept-Post"))
        );
    }

    [Theory]
    [InlineData("application/rss+xml", "zone=Asia/Baku")]
    [InlineData("application/feed+json", "language=xx")]
    public async Task What_a_feed_cannot_be_told_is_refused(string mediaType, string query) =>
        Assert.Equal(
            400,
            (int)(await Assert.ThrowsAsync<HttpRequestException>(() => ImportTextAsync("<rss/>", mediaType, query))).StatusCode!
        );

    static string Rss(string channel) => $"<rss version=\"2.0\"><channel>{channel}</channel></rss>";

    static string Item(string title, string guid) =>
        $"<item><title>{title}</title><guid>{guid}</guid><pubDate>Sun, 12 Sep 2021 03:00:00 GMT</pubDate></item>";

    static string Post(string guid, string title, string status, string gmt) =>
        $"""<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>"""
        + $"""<link>https://one.example</link><item><title>{title}</title><guid>{guid}</guid>"""
        + $"""<wp:post_type>post</wp:post_type><wp:status>{status}</wp:status>"""
        + $"""<wp:post_date_gmt>{gmt}</wp:post_date_gmt></item></channel></rss>""";

    static string PathOf(string file) => Path.Combine(Repository.Root, "tests", "Publishing.Tests", "Imports", file);

    /// <summary>Imports a file twice, since the second time must change nothing; the results of the first time.</summary>
    async Task<IReadOnlyList<JsonNode>> ImportAsync(string file, params string[] mediaTypes)
    {
        var text = await File.ReadAllTextAsync(PathOf(file));
        var first = await ImportTextAsync(text, mediaTypes[0]);
        var again = await ImportTextAsync(text, mediaTypes[^1]);
        Assert.Equal(Outcomes(first).Select(r => (r.Line, r.Outcome == "imported" ? "unchanged" : r.Outcome)), Outcomes(again));
        Assert.Equal(first.Select(r => (string?)r["id"]), again.Select(r => (string?)r["id"]));
        return first;
    }

    Task<IReadOnlyList<JsonNode>> ImportTextAsync(string text, string mediaType, string query = "publish=true") =>
        Stack.ImportAsync(text, mediaType, query);

    async Task<JsonNode> ArticleAsync(JsonNode result)
    {
        using var answer = await Stack.Editor.GetAsync(new Uri($"api/articles/{result["id"]}", UriKind.Relative));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    static IEnumerable<(int Line, string Outcome)> Outcomes(IReadOnlyList<JsonNode> results) =>
        results.Select(r => ((int)r["line"]!, (string)r["outcome"]!));

    static IEnumerable<string> Strings(JsonNode? list) => list!.AsArray().Select(k => (string)k!);

    static string Bylines(JsonNode article) => string.Join(" & ", Strings(article["bylines"]));

    static (string? Url, string? Alt, string? Credit, int? Width) Picture(JsonNode article) =>
        article["media"]!["picture"] is { } p ? ((string?)p["url"], (string?)p["alt"], (string?)p["credit"], (int?)p["width"]) : default;
}
