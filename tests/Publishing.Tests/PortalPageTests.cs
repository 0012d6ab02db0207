using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using NewsPlatform.Publishing.Import;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class PortalPageTests
{
    const string Head = "A bridge opens\n\nWorld 14:36 14.09.2021\n\n";
    const string Line = "News line\n\nFerry runs again\n12:00 29.03.2024\n";

    static readonly TimeZoneInfo Baku = TimeZoneInfo.FindSystemTimeZoneById("Asia/Baku");

    static PortalPage Parse(string text) => PortalPage.Parse(text, Baku);

    static PortalItem Only(string text) => Assert.Single(Clean(text).Line);

    static string Body(string blocks) => Clean(Head + blocks + "\n\n" + Line).Article!.Body;

    static PortalPage Clean(string text)
    {
        var page = Parse(text);
        Assert.Empty(page.Faults);
        return page;
    }

    static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    // ---- the article

    [Fact]
    public void An_article_has_its_headline_rubric_and_the_time_in_utc()
    {
        var article = Clean(Head + "It was built in a year.\n\n" + Line).Article!;

        Assert.Equal(
            (1, "A bridge opens", "World", Utc("2021-09-14T10:36Z")),
            (article.LineNumber, article.Headline, article.Rubric, article.PublishedAt)
        );
        Assert.Equal(TimeSpan.Zero, article.PublishedAt.Offset);
        Assert.Equal("<p>It was built in a year.</p>", article.Body);
        Assert.Empty(article.Badges);
        Assert.False(article.HasPicture);
    }

    [Fact]
    public void A_rubric_may_have_several_words() =>
        Assert.Equal("Elm və təhsil", Clean("A bridge opens\n\nElm və təhsil 14:36 14.09.2021\n\nText.\n\n" + Line).Article!.Rubric);

    [Fact]
    public void An_article_may_stand_without_a_news_line()
    {
        var page = Clean(Head + "It was built in a year.\n\nMore to follow");

        Assert.Equal("<p>It was built in a year.</p><p>More to follow</p>", page.Article!.Body);
        Assert.Null(page.Featured);
        Assert.Empty(page.Line);
    }

    [Fact]
    public void Lines_of_one_block_are_joined_by_a_space()
    {
        var page = Clean("A bridge\nopens\n\nWorld 14:36\n14.09.2021\n\nIt was built\nin a year.\n\n" + Line);

        Assert.Equal("A bridge opens", page.Article!.Headline);
        Assert.Equal("<p>It was built in a year.</p>", page.Article.Body);
    }

    [Fact]
    public void Text_is_encoded_for_html() =>
        Assert.Equal("<p>1 &lt; 2 &amp;&amp; 2 &gt; 1, said “Gülnar’s” paper.</p>", Body("1 < 2 && 2 > 1, said “Gülnar’s” paper."));

    [Theory]
    [InlineData("\"We did it,\" the builder said.")]
    [InlineData("“We did it,” the builder said.")]
    [InlineData("«Получилось», — сказал строитель.")]
    [InlineData("„Geschafft“, sagte er.")]
    [InlineData("„Sikerült” – mondta.")]
    [InlineData("‘We did it,’ the builder said.")]
    public void A_paragraph_that_begins_with_a_quotation_is_a_blockquote(string quotation) =>
        Assert.Equal($"<blockquote><p>{quotation}</p></blockquote><p>So it was.</p>", Body(quotation + "\n\nSo it was."));

    [Theory]
    [InlineData("\"We did it, the builder said.")]
    [InlineData("“We did it, the builder said.")]
    [InlineData("The builder said: \"We did it.\"")]
    public void A_quotation_that_never_closes_or_comes_later_is_a_paragraph(string paragraph) =>
        Assert.Equal($"<p>{paragraph}</p>", Body(paragraph));

    [Fact]
    public void A_short_block_without_a_full_stop_is_a_heading_of_what_follows() =>
        Assert.Equal("<p>Opened.</p><h2>How it was built</h2><p>Fast.</p>", Body("Opened.\n\nHow it was built\n\nFast."));

    [Theory]
    [InlineData("It opened.")]
    [InlineData("It opened!")]
    [InlineData("Did it open?")]
    [InlineData("It opened…")]
    [InlineData("It opened:")]
    [InlineData("It opened;")]
    [InlineData("He said \"it opened.\"")]
    [InlineData("He said “it opened!”")]
    [InlineData("Он сказал «открыт?»")]
    public void A_short_block_that_ends_a_sentence_is_a_paragraph(string sentence) =>
        Assert.Equal($"<p>{sentence}</p><p>Fast.</p>", Body(sentence + "\n\nFast."));

    [Fact]
    public void A_heading_has_at_most_100_characters()
    {
        Assert.Equal($"<h2>{new string('x', 100)}</h2><p>End.</p>", Body(new string('x', 100) + "\n\nEnd."));
        Assert.Equal($"<p>{new string('x', 101)}</p><p>End.</p>", Body(new string('x', 101) + "\n\nEnd."));
    }

    [Fact]
    public void Text_before_the_headline_is_a_fault_and_the_article_goes_in()
    {
        var page = Parse("Menu\n\n" + Head + "Text.\n\n" + Line);

        Assert.Equal("A bridge opens", page.Article!.Headline);
        Assert.Equal(new PortalFault(1, "text before the article's headline"), Assert.Single(page.Faults));
    }

    // ---- the heading of the news line and the featured item

    [Theory]
    [InlineData("News line")]
    [InlineData("Xəbər lenti")]
    [InlineData("Лента новостей:")]
    [InlineData("Read also!")]
    public void The_heading_of_the_line_is_dropped_in_any_language(string heading)
    {
        var page = Clean(Head + "Text.\n\nA museum reopens\n\n" + heading + "\n\nFerry runs again\n12:00 29.03.2024");

        Assert.Equal("<p>Text.</p>", page.Article!.Body);
        Assert.Equal("A museum reopens", page.Featured!.Headline);
        Assert.Equal("Ferry runs again", Assert.Single(page.Line).Headline);
    }

    [Fact]
    public void The_featured_item_takes_the_minute_of_the_article()
    {
        var featured = Clean(Head + "Text.\n\nA museum reopens - VİDEO\n\n" + Line).Featured!;

        Assert.Equal(
            (7, "A museum reopens", null, Utc("2021-09-14T10:36Z"), ""),
            (featured.LineNumber, featured.Headline, featured.Rubric, featured.PublishedAt, featured.Body)
        );
        Assert.Equal(["video"], featured.Badges);
    }

    [Fact]
    public void A_question_with_a_marker_is_featured_too() =>
        Assert.Equal("Will it open?", Clean(Head + "Text.\n\nWill it open? (PHOTOS)\n\n" + Line).Featured!.Headline);

    [Fact]
    public void Only_a_marker_makes_a_block_featured_that_is_longer_than_any_headline()
    {
        var words = new string('x', 501);

        Assert.Null(Clean(Head + words + "\n\n" + Line).Featured);
        Assert.Equal(words, Clean(Head + words + " - VİDEO\n\n" + Line).Featured!.Headline);
    }

    [Fact]
    public void An_ordinary_last_paragraph_is_not_featured()
    {
        var page = Clean(Head + "Text.\n\nThe end.\n\n" + Line);

        Assert.Null(page.Featured);
        Assert.Equal("<p>Text.</p><p>The end.</p>", page.Article!.Body);
    }

    [Theory]
    [InlineData("The end.")]
    [InlineData("He said \"the end.\"")]
    public void A_line_without_a_heading_takes_no_paragraph_from_the_article(string last) =>
        Assert.Equal($"<p>Text.</p><p>{last}</p>", Clean(Head + $"Text.\n\n{last}\n\nFerry runs again\n12:00 29.03.2024").Article!.Body);

    [Fact]
    public void A_line_without_a_heading_takes_no_marked_item_from_the_page() =>
        Assert.Equal(
            "A museum reopens",
            Clean(Head + "Text.\n\nA museum reopens - VİDEO\n\nFerry runs again\n12:00 29.03.2024").Featured!.Headline
        );

    [Theory]
    [InlineData("News line\n\n")]
    [InlineData("")]
    public void A_page_may_be_a_news_line_only_with_a_heading_or_without(string heading)
    {
        var page = Clean(heading + "Ferry runs again\n12:00 29.03.2024\nOwl seen\n11:00 29.03.2024\nHamısı");

        Assert.Null(page.Article);
        Assert.Null(page.Featured);
        Assert.Equal(["Ferry runs again", "Owl seen"], page.Line.Select(item => item.Headline));
    }

    [Fact]
    public void A_heading_before_a_doubled_headline_is_still_the_heading()
    {
        var item = Only("News line\n\nFerry runs again\nFerry runs again\n12:00 29.03.2024");

        Assert.Equal((3, "Ferry runs again", true), (item.LineNumber, item.Headline, item.HasPicture));
    }

    [Fact]
    public void Blank_lines_inside_a_first_doubled_headline_leave_it_doubled()
    {
        var item = Only("News line\n\nFerry runs again\n\nFerry runs again\n\n12:00 29.03.2024");

        Assert.Equal((3, "Ferry runs again", true), (item.LineNumber, item.Headline, item.HasPicture));
    }

    [Fact]
    public void A_heading_is_not_the_headline_of_a_time_that_lost_its_own()
    {
        var page = Parse("News line\n\n12:00 29.03.2024\nOwl seen\n11:00 29.03.2024");

        Assert.Equal("Owl seen", Assert.Single(page.Line).Headline);
        Assert.Equal(new PortalFault(3, "time without a headline"), Assert.Single(page.Faults));
    }

    [Fact]
    public void Prose_without_a_header_is_a_fault_and_the_line_goes_in()
    {
        var page = Parse("A bridge opens\n\nText.\n\n" + Line);

        Assert.Null(page.Article);
        Assert.Single(page.Line);
        Assert.Equal(new PortalFault(1, "text before the news line without an article"), Assert.Single(page.Faults));
    }

    // ---- media markers

    [Theory]
    [InlineData("Owl seen - VİDEO", "Owl seen", "video")]
    [InlineData("Owl seen - VI\u0307DEO", "Owl seen", "video")]
    [InlineData("Owl seen VIDEO", "Owl seen", "video")]
    [InlineData("Сова – ВИДЕО", "Сова", "video")]
    [InlineData("Owl seen — PHOTOS", "Owl seen", "photos")]
    [InlineData("Owl seen/PHOTO", "Owl seen", "photos")]
    [InlineData("Bayquş, FOTO", "Bayquş", "photos")]
    [InlineData("Bayquş & FOTOLAR", "Bayquş", "photos")]
    [InlineData("Owl seen+FOTOS", "Owl seen", "photos")]
    [InlineData("Сова-ФОТО", "Сова", "photos")]
    [InlineData("Baykuş - FOTOĞRAF", "Baykuş", "photos")]
    [InlineData("Owl seen (VİDEO)", "Owl seen", "video")]
    [InlineData("Owl seen [PHOTOS]", "Owl seen", "photos")]
    [InlineData("Owl seen - PHOTOS - VİDEO", "Owl seen", "photos,video")]
    [InlineData("Owl seen VİDEO PHOTOS", "Owl seen", "video,photos")]
    [InlineData("Owl seen - FOTO+VİDEO", "Owl seen", "photos,video")]
    [InlineData("Owl seen - FOTO / VİDEO", "Owl seen", "photos,video")]
    [InlineData("Owl seen (FOTO, VİDEO)", "Owl seen", "photos,video")]
    [InlineData("Owl seen (VİDEO) [PHOTOS]", "Owl seen", "video,photos")]
    [InlineData("Owl seen VİDEO - PHOTOS - VİDEO", "Owl seen", "video,photos")]
    [InlineData("New on Disney+ VIDEO", "New on Disney+", "video")]
    public void Markers_at_the_end_become_badges(string marked, string headline, string badges)
    {
        var item = Only(marked + "\n12:00 29.03.2024");

        Assert.Equal(headline, item.Headline);
        Assert.Equal(badges, string.Join(',', item.Badges));
    }

    [Theory]
    [InlineData("SECRETS of the tower - its keeper EXPLAINS")]
    [InlineData("Owl seen - video")]
    [InlineData("Owl seen - Photos")]
    [InlineData("VİDEO shows an owl")]
    [InlineData("A day at the PHOTOSHOOT")]
    [InlineData("All about TELEVIDEO")]
    [InlineData("Owl seen - VİDEO, says keeper")]
    [InlineData("VİDEO")]
    [InlineData("(PHOTOS)")]
    [InlineData("- VİDEO - PHOTOS")]
    public void Other_words_and_markers_alone_stay_in_the_headline(string headline)
    {
        var item = Only(headline + "\n12:00 29.03.2024");

        Assert.Equal(headline, item.Headline);
        Assert.Empty(item.Badges);
    }

    [Fact]
    public void The_articles_headline_loses_its_markers_too()
    {
        var article = Clean("A bridge opens - PHOTOS\n\nWorld 14:36 14.09.2021\n\nText.").Article!;

        Assert.Equal("A bridge opens", article.Headline);
        Assert.Equal(["photos"], article.Badges);
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("az-Latn-AZ")]
    [InlineData("ar-SA")]
    public void The_culture_of_the_machine_changes_nothing(string culture)
    {
        var expected = Seen(Parse(OwnPage()));
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            Assert.Equal(expected, Seen(Parse(OwnPage())));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // ---- the news line

    [Fact]
    public void A_headline_that_stands_twice_or_more_has_a_picture()
    {
        var line = Clean(
            "Owl seen\n12:00 29.03.2024\nA  fox\u00A0sleeps\n A fox sleeps \n11:00 29.03.2024\n" + "Hen\nHen\nHen\n10:00 29.03.2024"
        ).Line;

        Assert.Equal([("Owl seen", false), ("A fox sleeps", true), ("Hen", true)], line.Select(item => (item.Headline, item.HasPicture)));
        Assert.Equal([1, 3, 6], line.Select(item => item.LineNumber));
    }

    [Fact]
    public void Of_two_headlines_before_one_time_the_first_is_a_fault()
    {
        var page = Parse("Owl seen\n12:00 29.03.2024\nA fox sleeps\nA hen wakes\nA hen wakes\n11:00 29.03.2024");

        Assert.Equal([("Owl seen", false), ("A hen wakes", true)], page.Line.Select(item => (item.Headline, item.HasPicture)));
        Assert.Equal(new PortalFault(3, "headline without a time"), Assert.Single(page.Faults));
    }

    [Fact]
    public void Of_two_headlines_before_the_first_time_the_first_is_a_fault_and_no_heading()
    {
        var page = Parse("News line\n\nA fox sleeps\nOwl seen\n12:00 29.03.2024");

        Assert.Equal("Owl seen", Assert.Single(page.Line).Headline);
        Assert.Equal(new PortalFault(3, "headline without a time"), Assert.Single(page.Faults));
    }

    [Fact]
    public void The_same_headline_and_minute_is_one_item_with_all_that_either_had()
    {
        var line = Clean(
            "Owl seen\n12:00 29.03.2024\nHen\n11:00 29.03.2024\n"
                + "Owl seen - VİDEO\nOwl seen - VİDEO\n12:00 29.03.2024\nOwl seen\n10:00 29.03.2024"
        ).Line;

        Assert.Equal(["Owl seen", "Hen", "Owl seen"], line.Select(item => item.Headline));
        Assert.Equal((1, true, "video"), (line[0].LineNumber, line[0].HasPicture, string.Join(',', line[0].Badges)));
        Assert.False(line[2].HasPicture);
    }

    [Theory]
    [InlineData("Hamısı")]
    [InlineData("All")]
    [InlineData("Все новости\n\n\n")]
    [InlineData("")]
    public void The_link_to_all_news_at_the_end_is_no_item(string link) => Only("Owl seen\n12:00 29.03.2024\n" + link);

    [Theory]
    [InlineData("A headline that is longer than any link to all news")]
    [InlineData("A fox sleeps\n\nHamısı")]
    public void Other_text_at_the_end_is_a_headline_without_a_time(string rest)
    {
        var page = Parse("Owl seen\n12:00 29.03.2024\n" + rest);

        Assert.Single(page.Line);
        Assert.Equal(new PortalFault(3, "headline without a time"), Assert.Single(page.Faults));
    }

    [Fact]
    public void A_long_headline_is_taken_as_it_is() => Assert.Equal(900, Only(new string('x', 900) + "\n12:00 29.03.2024").Headline.Length);

    // ---- times

    [Theory]
    [InlineData("25:61 29.03.2024")]
    [InlineData("24:00 29.03.2024")]
    [InlineData("12:00 31.02.2024")]
    [InlineData("12:00 29.02.2023")]
    [InlineData("12:00 29.03.24")]
    [InlineData("00:00 01.01.0001")]
    [InlineData("99999999999:1 1.1.99999999999")]
    public void A_time_that_does_not_exist_is_a_fault_and_the_others_go_in(string time)
    {
        var page = Parse($"News line\n\nOwl seen\n{time}\nHen\n11:00 29.03.2024");

        Assert.Equal("Hen", Assert.Single(page.Line).Headline);
        Assert.Equal(new PortalFault(4, "no such time: " + time), Assert.Single(page.Faults));
    }

    [Fact]
    public void An_article_whose_time_does_not_exist_is_a_fault_and_the_line_goes_in()
    {
        var page = Parse("A bridge opens\n\nWorld 12:00 31.02.2024\n\nText.\n\nA museum reopens - VİDEO\n\n" + Line);

        Assert.Null(page.Article);
        Assert.Null(page.Featured);
        Assert.Single(page.Line);
        Assert.Equal(new PortalFault(3, "no such time: 12:00 31.02.2024"), Assert.Single(page.Faults));
    }

    [Fact]
    public void Faults_stand_in_the_order_of_the_page()
    {
        var page = Parse(
            "Menu\n\nA bridge opens\n\nWorld 12:00 31.02.2024\n\nText.\n\n"
                + "Owl seen\n25:61 29.03.2024\nA headline that is longer than any link to all news"
        );

        Assert.Equal([1, 5, 10, 11], page.Faults.Select(fault => fault.LineNumber));
    }

    [Fact]
    public void A_time_without_a_headline_is_a_fault()
    {
        var page = Parse("Owl seen\n12:00 29.03.2024\n11:00 29.03.2024");

        Assert.Single(page.Line);
        Assert.Equal(new PortalFault(3, "time without a headline"), Assert.Single(page.Faults));
    }

    [Theory]
    [InlineData("Asia/Baku", "12:00 29.06.2014", "2014-06-29T07:00Z")] // summer time
    [InlineData("Asia/Baku", "12:00 29.06.2016", "2016-06-29T08:00Z")] // none any more
    [InlineData("Asia/Baku", "12:00 29.01.2014", "2014-01-29T08:00Z")]
    [InlineData("Asia/Baku", "04:30 30.03.2014", "2014-03-30T00:30Z")] // skipped: is 05:30
    [InlineData("Asia/Baku", "04:30 26.10.2014", "2014-10-25T23:30Z")] // twice: the first
    [InlineData("Europe/Berlin", "02:30 31.03.2024", "2024-03-31T01:30Z")]
    [InlineData("Europe/Berlin", "02:30 27.10.2024", "2024-10-27T00:30Z")]
    [InlineData("America/New_York", "02:30 10.03.2024", "2024-03-10T07:30Z")]
    [InlineData("America/New_York", "01:30 03.11.2024", "2024-11-03T05:30Z")]
    [InlineData("UTC", "00:00 01.01.2024", "2024-01-01T00:00Z")]
    public void Local_times_follow_the_rules_of_their_zone(string zone, string local, string utc)
    {
        var page = PortalPage.Parse("Owl seen\n" + local, TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(Utc(utc), Assert.Single(page.Line).PublishedAt);
        Assert.Equal(TimeSpan.Zero, page.Line[0].PublishedAt.Offset);
    }

    // ---- how the file was saved

    [Fact]
    public void Line_ends_blanks_and_byte_order_marks_change_nothing()
    {
        var page = OwnPage();
        var expected = Seen(Parse(page), lineNumbers: false);

        string[] savedAs =
        [
            "\uFEFF" + page,
            "\uFEFF\n\n" + page + "\n\n\n",
            page.Replace("\n", "\r\n"),
            page.Replace("\n", "\r"),
            page.Replace("\n", " \t\n\u00A0 "),
            page.Replace(' ', '\u00A0'),
            page.Replace("\n\n", "\n \n\u00A0\n\n"),
            page.Replace("\n", "\n\n"), // what is left when \r\n was written as \r\r\n
        ];
        Assert.All(savedAs, text => Assert.Equal(expected, Seen(Parse(text), lineNumbers: false)));
    }

    [Fact]
    public void Line_numbers_count_every_line_of_the_file() =>
        Assert.Equal(
            [5, 8],
            Clean("\uFEFF\r\n\r\nNews line\r\n\r\nOwl seen\r\n12:00 29.03.2024\r\n\r\nHen\r\n11:00 29.03.2024")
                .Line.Select(item => item.LineNumber)
        );

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF \r\n\u00A0\t\n")]
    [InlineData("Hello\n\nNothing here.")]
    public void A_page_with_nothing_on_it_is_one_fault(string text)
    {
        var page = Parse(text);

        Assert.Null(page.Article);
        Assert.Null(page.Featured);
        Assert.Empty(page.Line);
        Assert.Equal(new PortalFault(1, "the page holds neither an article nor a news line"), Assert.Single(page.Faults));
    }

    [Fact]
    public void No_text_makes_it_throw()
    {
        var page = OwnPage();
        for (var length = 0; length <= page.Length; length++)
        {
            Parse(page[..length]);
            Parse(page[length..]);
        }

        var random = new Random(20240329);
        string[] pieces =
        [
            .. page.Split('\n'),
            "",
            "",
            "\r",
            "\0",
            "\uFEFF",
            "\uD83D",
            "\"",
            "VİDEO",
            "- - -",
            "12:00 29.03.2024",
            "12:00 31.02.2024",
            "World 14:36 14.09.2021",
        ];
        for (var round = 0; round < 2_000; round++)
        {
            var mixed = new StringBuilder();
            for (var i = random.Next(20); i > 0; i--)
                mixed.Append(pieces[random.Next(pieces.Length)]).Append(random.Next(4) == 0 ? "" : "\n");
            var read = Parse(mixed.ToString());
            Assert.True(read.Article is not null || read.Line.Count > 0 || read.Faults.Count > 0, mixed.ToString());
        }
    }

    [Fact]
    public void A_hostile_page_is_read_in_reasonable_time()
    {
        static string Many(string piece) => string.Concat(Enumerable.Repeat(piece, 20_000));
        string[] hostile = [Many("-"), Many("1"), Many("VİDEO - "), Many("1:1 1.1.1 ")];
        var started = TimeProvider.System.GetTimestamp();

        foreach (var text in hostile)
            Parse($"{text}x\n\nWorld 14:36 14.09.2021\n\n{text}x\n\n{text}x\n12:00 29.03.2024\n{text}");

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    // ---- whole pages

    [Fact]
    public void Our_own_page_is_read_whole()
    {
        var page = Clean(OwnPage());

        Assert.Equal(("Economy", Utc("2025-04-18T12:45Z")), (page.Article!.Rubric, page.Article.PublishedAt));
        Assert.Equal(
            (3, 11, 1),
            (Count("<h2>", page.Article.Body), Count("<p>", page.Article.Body), Count("<blockquote>", page.Article.Body))
        );
        Assert.Equal("Lindmark lighthouse opens its gallery to visitors after repairs", page.Featured!.Headline);
        Assert.Equal(["video"], page.Featured.Badges);

        Assert.Equal(26, page.Line.Count);
        Assert.Equal(8, page.Line.Count(item => item.HasPicture));
        Assert.Equal(Utc("2025-04-21T08:00Z"), page.Line[0].PublishedAt);
        Assert.Equal(
            ["photos", "video", "photos,video", "video,photos"],
            page.Line.Where(item => item.Badges.Count > 0).Select(item => string.Join(',', item.Badges))
        );
        Assert.Contains(page.Line, item => item.Headline == "SECRETS of the old clock tower - its keeper EXPLAINS");
        Assert.Contains(page.Line, item =>
            item.Headline == "Bakers’ guild: \"Rye bread is back\" – says Gülnar, İncili Street’s oldest bakery"
        );
        NothingIsLost(OwnPage(), page);
    }

    [Fact]
    public void The_reference_page_is_read_whole()
    {
        var file = Path.GetFullPath(Path.Combine(Root(), "..", "shared", "seeds", "portal-page.txt"));
        if (!File.Exists(file))
            Assert.Skip("the reference page lies only beside the project: ../shared/seeds/portal-page.txt");
        var text = File.ReadAllText(file);
        var page = Clean(text);

        Assert.Equal(("World", Utc("2021-09-14T10:36Z")), (page.Article!.Rubric, page.Article.PublishedAt));
        Assert.Equal((3, 11), (Count("<h2>", page.Article.Body), Count("<p>", page.Article.Body)));
        Assert.Equal(["video"], page.Featured!.Badges);
        Assert.DoesNotContain("VİDEO", page.Featured.Headline);
        Assert.Equal(page.Article.PublishedAt, page.Featured.PublishedAt);

        Assert.Equal("photos", string.Join(',', Assert.Single(page.Line, item => item.Badges.Count > 0).Badges));
        Assert.DoesNotContain(page.Line, item => item.Headline.Contains("Hamısı"));
        NothingIsLost(text, page);
    }

    // Against the file itself, read in a simpler way that only holds for a page of exactly this shape.
    static void NothingIsLost(string text, PortalPage page)
    {
        var lines = text.Split('\n').Select(line => Regex.Replace(line, @"\s+", " ").Trim()).Where(line => line != "").ToList();
        var times = Enumerable.Range(0, lines.Count).Where(i => Regex.IsMatch(lines[i], @"^\d\d:\d\d \d\d\.\d\d\.\d{4}$")).ToList();
        var featured = times[0] - 3; // then the heading, the first headline and its time

        Assert.Equal(lines[0], page.Article!.Headline);
        Assert.Equal(lines[1], $"{page.Article.Rubric} {InBaku(page.Article)}");
        Assert.Equal(string.Concat(lines[2..featured]), WebUtility.HtmlDecode(Regex.Replace(page.Article.Body, "<[^>]+>", "")));
        Assert.Equal(lines[featured], page.Featured!.Headline + " - VİDEO");

        Assert.Equal(times.Count, page.Line.Count);
        Assert.All(page.Line.Zip(times), pair =>
        {
            Assert.StartsWith(pair.First.Headline, lines[pair.Second - 1]);
            Assert.Equal(lines[pair.Second], InBaku(pair.First));
            Assert.Equal(lines[pair.Second - 1] == lines[pair.Second - 2], pair.First.HasPicture);
        });
    }

    static string InBaku(PortalItem item) =>
        item.PublishedAt.ToOffset(TimeSpan.FromHours(4)).ToString("HH:mm dd.MM.yyyy", CultureInfo.InvariantCulture);

    static int Count(string tag, string html) => html.Split(tag).Length - 1;

    static string Seen(PortalPage page, bool lineNumbers = true)
    {
        PortalItem?[] items = [page.Article, page.Featured, .. page.Line];
        return string.Join('\n', items.Select(Item).Concat(page.Faults.Select(fault => fault.Reason)));

        string Item(PortalItem? item) =>
            item is null
                ? "none"
                : string.Join(
                    '|',
                    lineNumbers ? item.LineNumber : 0,
                    item.Headline,
                    item.Rubric,
                    item.PublishedAt.UtcTicks,
                    item.Body,
                    string.Join('+', item.Badges),
                    item.HasPicture
                );
    }

    static string OwnPage() => File.ReadAllText(Path.Combine(Root(), "tests", "TestSupport", "Pages", "portal-page.txt"));

    static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NewsPlatform.sln")))
                return folder.FullName;
        throw new InvalidOperationException("no folder above the tests holds NewsPlatform.sln");
    }
}
