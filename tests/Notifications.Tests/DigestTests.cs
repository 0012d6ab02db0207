using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Email;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

public sealed class DigestTests
{
    static readonly PortalOptions portal = new()
    {
        Languages = ["en"],
        Categories = [new() { Code = "general" }, new() { Code = "world" }],
    };
    static readonly Topics world = Topics.Parse(["category:world"], portal);

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("2026-11-24T02:00:00Z", 7, "Asia/Baku", "2026-11-24T03:00:00Z")]
    [InlineData("2026-11-24T03:00:00Z", 7, "Asia/Baku", "2026-11-25T03:00:00Z")]
    [InlineData("2026-11-24T22:30:00Z", 0, "Asia/Baku", "2026-11-25T20:00:00Z")]
    // Clocks went forward at two: that hour began when it ended, and the next day's is where it was.
    [InlineData("2026-03-29T00:30:00Z", 2, "Europe/Berlin", "2026-03-29T01:00:00Z")]
    [InlineData("2026-03-29T01:00:00Z", 2, "Europe/Berlin", "2026-03-30T00:00:00Z")]
    // Clocks went back at three: the hour from two on came twice, and its digest once.
    [InlineData("2026-10-24T23:30:00Z", 2, "Europe/Berlin", "2026-10-25T00:00:00Z")]
    [InlineData("2026-10-25T00:00:00Z", 2, "Europe/Berlin", "2026-10-26T01:00:00Z")]
    [InlineData("2026-10-25T00:30:00Z", 2, "Europe/Berlin", "2026-10-26T01:00:00Z")]
    // Baku had summer time until 2015.
    [InlineData("2015-07-01T00:00:00Z", 7, "Asia/Baku", "2015-07-01T02:00:00Z")]
    public void A_digest_comes_once_a_day_at_its_hour_whatever_the_clocks_do(string after, int hour, string zone, string next) =>
        Assert.Equal(At(next), DigestTime.Next(At(after), hour, TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Fact]
    public void Through_a_year_there_is_one_digest_a_day_at_every_hour()
    {
        foreach (
            var zone in new[] { "Asia/Baku", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe" }.Select(
                TimeZoneInfo.FindSystemTimeZoneById
            )
        )
        {
            for (var hour = 0; hour < 24; hour++)
            {
                var days = new List<DateOnly>();
                for (
                    var time = DigestTime.Next(At("2026-01-01T12:00:00Z"), hour, zone);
                    time < At("2027-01-01T12:00:00Z");
                    time = DigestTime.Next(time, hour, zone)
                )
                {
                    days.Add(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime));
                }
                Assert.Equal(days.Distinct().Count(), days.Count);
                Assert.Equal(days[^1].DayNumber - days[0].DayNumber + 1, days.Count);
            }
        }
    }

    long position;

    Bulletin Of(BulletinKind kind, PublicArticle article, string? reason = null) =>
        new()
        {
            Position = ++position,
            Kind = kind,
            Article = LineItem.Of(article),
            Reason = reason,
        };

    [Fact]
    public void What_came_and_went_is_not_mentioned_and_of_the_rest_the_newest_state()
    {
        var (one, two, three) = (Broker.Article("One"), Broker.Article("Two"), Broker.Article("Three"));
        var digest = Digest.Of(
            [
                Of(BulletinKind.Published, one),
                Of(BulletinKind.Published, two),
                Of(BulletinKind.Corrected, one with { Version = 3, Headline = "One, mended" }, "Mended"),
                Of(BulletinKind.Withdrawn, two with { Version = 3 }, "No"),
                Of(BulletinKind.Published, three with { Category = "general" }),
            ],
            world,
            new Dictionary<Guid, long>(),
            10
        );
        Assert.Equal(["One, mended"], digest.News.Select(n => n.Headline));
        Assert.Equal((0, 0, 0), (digest.Amended.Count, digest.Updated.Count, digest.More));
    }

    [Fact]
    public void A_story_that_was_mailed_is_followed_wherever_it_goes_and_every_note_of_it_is_told()
    {
        var (wrong, gone, grown) = (Broker.Article("Wrong"), Broker.Article("Gone"), Broker.Article("Grown"));
        var mailed = new Dictionary<Guid, long>
        {
            [wrong.ArticleId] = 3,
            [gone.ArticleId] = 2,
            [grown.ArticleId] = 2,
        };
        var digest = Digest.Of(
            [
                Of(BulletinKind.Corrected, wrong with { Version = 3 }, "Known already"),
                Of(BulletinKind.Corrected, wrong with { Version = 4, Category = "general" }, "First"),
                Of(BulletinKind.Updated, wrong with { Version = 5, Category = "general" }),
                Of(BulletinKind.Corrected, wrong with { Version = 6, Category = "general", Headline = "Right" }, "Second"),
                Of(BulletinKind.Withdrawn, gone with { Version = 3, Category = "general" }, "Untrue"),
                Of(BulletinKind.Updated, grown with { Version = 3 }),
            ],
            world,
            mailed,
            10
        );
        Assert.Equal(
            [("Right", false, "First|Second"), ("Gone", true, "Untrue")],
            digest.Amended.Select(a => (a.Article.Headline, a.Withdrawn, string.Join('|', a.Reasons)))
        );
        Assert.Equal(["Grown"], digest.Updated.Select(n => n.Headline));
        Assert.Empty(digest.News);
    }

    [Fact]
    public void More_stories_than_a_digest_has_are_counted_and_nothing_is_an_empty_one()
    {
        var digest = Digest.Of(
            Enumerable
                .Range(0, 7)
                .Select(i => Of(BulletinKind.Published, Broker.Article($"{i}", publishedAt: At("2026-01-01T00:00:00Z").AddMinutes(i)))),
            world,
            new Dictionary<Guid, long>(),
            5
        );
        Assert.Equal(["6", "5", "4", "3", "2"], digest.News.Select(n => n.Headline));
        Assert.Equal(2, digest.More);
        Assert.True(
            Digest
                .Of([Of(BulletinKind.Published, Broker.Article("Elsewhere", category: "general"))], world, new Dictionary<Guid, long>(), 5)
                .IsEmpty
        );
    }

    [Fact]
    public void Breaking_news_is_mailed_in_its_newest_state_and_afterwards_only_what_was_wrong_or_its_return()
    {
        var story = Broker.Article("News", breaking: true);
        var published = Of(BulletinKind.Published, story);
        var corrected = Of(BulletinKind.Corrected, story with { Version = 3, Breaking = true, Headline = "News, mended" }, "Mended");
        var updated = Of(BulletinKind.Updated, story with { Version = 4, Breaking = false });
        var withdrawn = Of(BulletinKind.Withdrawn, story with { Version = 5 }, "Untrue");
        var again = Of(BulletinKind.Published, story with { Version = 6 });
        var at = (long version) => new Mailed(version, "id");
        Assert.Equal("News, mended", EmailChannel.Decide([published, corrected], null).Send!.Headline);
        Assert.Null(EmailChannel.Decide([published, corrected, updated], null).Send);
        Assert.Null(EmailChannel.Decide([published, withdrawn], null).Send);
        Assert.Equal(["Mended"], EmailChannel.Decide([published, corrected, updated], at(2)).Amended!.Reasons);
        Assert.Null(EmailChannel.Decide([published, corrected, updated], at(3)).Send);
        Assert.True(EmailChannel.Decide([published, corrected, updated, withdrawn], at(3)).Amended!.Withdrawn);
        Assert.Equal(
            (6, null),
            (
                EmailChannel.Decide([published, withdrawn, again], at(5)).Send!.Version,
                EmailChannel.Decide([published, withdrawn, again], at(5)).Amended
            )
        );
    }
}
