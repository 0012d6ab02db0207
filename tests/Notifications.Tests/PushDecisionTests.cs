using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.Notifications.WebPush;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What is pushed when: the clock is a value.</summary>
public sealed class PushDecisionTests
{
    static readonly WebPushOptions options = new() { DigestMaxStories = 5 };
    static readonly QuietHours night = new("22:00", "07:00", "Asia/Baku"); // UTC+4, without summer time
    static readonly DateTimeOffset midnight = new(2026, 11, 25, 0, 0, 0, TimeSpan.FromHours(4));
    long number;

    PendingDelivery Notice(
        string headline,
        DateTimeOffset at,
        BulletinKind kind = BulletinKind.Published,
        Guid? id = null,
        bool breaking = false,
        int urgency = 5,
        string? reason = null
    )
    {
        var article = Broker.Article(headline, id: id, breaking: breaking, publishedAt: at) with { Urgency = urgency };
        return new(
            ++number,
            $"n{number}",
            Log.Public,
            number,
            at,
            new Bulletin
            {
                Position = number,
                Kind = kind,
                Article = LineItem.Of(article),
                Reason = reason,
            },
            null
        );
    }

    [Theory]
    [InlineData("2026-11-24T17:59:59Z", null)] // 21:59:59 in Baku
    [InlineData("2026-11-24T18:00:00Z", "2026-11-25T03:00:00Z")]
    [InlineData("2026-11-24T20:00:00Z", "2026-11-25T03:00:00Z")] // midnight
    [InlineData("2026-11-25T02:59:59Z", "2026-11-25T03:00:00Z")]
    [InlineData("2026-11-25T03:00:00Z", null)]
    public void Quiet_hours_go_over_midnight_by_the_reader_s_own_clock(string at, string? end) => Ends(night, at, end);

    [Theory]
    [InlineData("2026-11-25T12:30:00Z", "2026-11-25T15:00:00Z")]
    [InlineData("2026-11-25T16:00:00Z", null)]
    public void Quiet_hours_may_be_of_the_day(string at, string? end) => Ends(new("12:00", "15:00", "Europe/London"), at, end);

    [Theory]
    // Berlin puts its clocks forward on 29 March 2026 at 01:00 UTC and back on 25 October at 01:00 UTC.
    [InlineData("22:00", "07:00", "2026-03-28T20:59:59Z", null)]
    [InlineData("22:00", "07:00", "2026-03-28T21:00:00Z", "2026-03-29T05:00:00Z")] // eight hours
    [InlineData("22:00", "07:00", "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z")] // ten hours
    [InlineData("22:00", "02:30", "2026-03-29T00:59:59Z", "2026-03-29T01:30:00Z")] // ends at a time that there is not
    [InlineData("22:00", "02:30", "2026-10-24T23:00:00Z", "2026-10-25T01:30:00Z")] // ends at the second 02:30
    [InlineData("22:00", "02:30", "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z")] // also after the first one
    [InlineData("02:30", "06:00", "2026-10-25T00:30:00Z", "2026-10-25T05:00:00Z")] // begins at the first 02:30
    [InlineData("02:30", "06:00", "2026-10-25T00:29:59Z", null)]
    [InlineData("02:30", "06:00", "2026-03-29T01:15:00Z", null)] // begins at a time that there is not: 03:30
    [InlineData("02:30", "06:00", "2026-03-29T01:30:00Z", "2026-03-29T04:00:00Z")]
    public void Quiet_hours_keep_the_clock_when_it_is_put_forward_or_back(string from, string to, string at, string? end) =>
        Ends(new(from, to, "Europe/Berlin"), at, end);

    static void Ends(QuietHours quiet, string at, string? end) =>
        Assert.Equal(
            end is null ? null : DateTimeOffset.Parse(end, null),
            quiet.EndAfter(DateTimeOffset.Parse(at, null))?.ToUniversalTime()
        );

    [Fact]
    public void At_night_only_breaking_news_is_pushed_and_the_rest_waits_for_the_morning()
    {
        var (ordinary, breaking, other) = (
            Notice("Ordinary", midnight),
            Notice("Breaking", midnight, breaking: true),
            Notice("Other", midnight)
        );
        var steps = PushPlan.Of([ordinary, breaking, other], night, midnight.AddMinutes(1), options);
        Assert.Equal([breaking], Assert.IsType<PushStep.Tell>(steps[0]).Notices);
        var hold = Assert.IsType<PushStep.Hold>(steps[1]);
        Assert.Equal([ordinary, other], hold.Notices);
        Assert.Equal(midnight.AddHours(7), hold.Until);
        Assert.Equal(2, steps.Count);
    }

    [Fact]
    public void In_the_morning_what_waited_is_one_message_with_the_most_urgent_first_and_what_is_new_is_told_as_ever()
    {
        PendingDelivery[] waiting =
        [
            Notice("Third", midnight.AddHours(1)),
            Notice("First", midnight.AddHours(2), urgency: 1),
            Notice("Second", midnight.AddHours(3)),
            Notice("New", midnight.AddHours(7).AddMinutes(1)),
        ];
        var steps = PushPlan.Of(waiting, night, midnight.AddHours(7).AddMinutes(2), options);
        var digest = Assert.IsType<PushStep.Digest>(steps[0]);
        Assert.Equal(["First", "Second", "Third"], digest.Stories.Select(story => story.Article.Headline));
        Assert.Equal(waiting[..3], digest.Notices);
        Assert.False(digest.More);
        Assert.Equal([waiting[3]], Assert.IsType<PushStep.Tell>(steps[1]).Notices);
        Assert.Equal(2, steps.Count);
    }

    [Fact]
    public void A_correction_of_a_story_that_was_told_in_the_evening_replaces_it_in_the_morning_beside_the_digest()
    {
        PendingDelivery[] waiting =
        [
            Notice("One", midnight),
            Notice("Corrected", midnight, BulletinKind.Corrected),
            Notice("Two", midnight),
        ];
        var steps = PushPlan.Of(waiting, night, midnight.AddHours(8), options);
        Assert.Equal(["One", "Two"], Assert.IsType<PushStep.Digest>(steps[0]).Stories.Select(story => story.Article.Headline).Order());
        Assert.Equal(BulletinKind.Corrected, Assert.IsType<PushStep.Tell>(steps[1]).Kind);
    }

    [Fact]
    public void One_story_that_waited_is_told_by_itself()
    {
        var only = Notice("Only", midnight);
        var tell = Assert.IsType<PushStep.Tell>(Assert.Single(PushPlan.Of([only], night, midnight.AddHours(7), options)));
        // It is as old as the morning, not as the night.
        Assert.Equal([only], tell.Notices);
        Assert.Equal(TimeSpan.FromMinutes(options.TtlMinutes), tell.Ttl);
    }

    [Fact]
    public void A_long_night_keeps_the_newest_stories_and_says_that_there_were_more()
    {
        var waiting = Enumerable.Range(0, 8).Select(i => Notice($"Story {i}", midnight.AddMinutes(i))).ToArray();
        var steps = PushPlan.Of(waiting, night, midnight.AddHours(1), options);
        Assert.Equal(waiting[..3], steps[0].Notices);
        Assert.Equal("many", Assert.IsType<PushStep.Drop>(steps[0]).Because);
        Assert.Equal(waiting[3..], Assert.IsType<PushStep.Hold>(steps[1]).Notices);
        Assert.True(Assert.IsType<PushStep.Digest>(Assert.Single(PushPlan.Of(waiting[3..], night, midnight.AddHours(8), options))).More);
    }

    [Fact]
    public void A_story_is_told_once_as_it_is_by_now()
    {
        var id = Guid.CreateVersion7();
        PendingDelivery[] waiting =
        [
            Notice("Wrong", midnight, id: id),
            Notice("Right", midnight, BulletinKind.Corrected, id, reason: "The name was wrong."),
        ];
        var tell = Assert.IsType<PushStep.Tell>(Assert.Single(PushPlan.Of(waiting, null, midnight, options)));
        // Nobody saw what was wrong, so that nothing is corrected for them.
        Assert.Equal(waiting, tell.Notices);
        Assert.Equal(("Right", BulletinKind.Published), (tell.Bulletin.Article.Headline, tell.Kind));
    }

    [Fact]
    public void What_is_withdrawn_before_it_was_told_is_never_told_and_what_was_told_is_taken_back_even_at_night()
    {
        var id = Guid.CreateVersion7();
        PendingDelivery[] untold = [Notice("Untold", midnight, id: id), Notice("Untold", midnight, BulletinKind.Withdrawn, id)];
        Assert.Equal("withdrawn", Assert.IsType<PushStep.Drop>(Assert.Single(PushPlan.Of(untold, night, midnight, options))).Because);
        var told = Notice("Told", midnight, BulletinKind.Withdrawn);
        Assert.Equal(
            BulletinKind.Withdrawn,
            Assert.IsType<PushStep.Tell>(Assert.Single(PushPlan.Of([told], night, midnight, options))).Kind
        );
    }

    [Theory]
    [InlineData(false, 719, true)]
    [InlineData(false, 720, false)]
    [InlineData(true, 239, true)]
    [InlineData(true, 240, false)]
    public void Old_news_is_not_pushed(bool breaking, int minutes, bool pushed)
    {
        var steps = PushPlan.Of([Notice("Some", midnight, breaking: breaking)], null, midnight.AddMinutes(minutes), options);
        Assert.Equal(pushed, Assert.Single(steps) is PushStep.Tell { Ttl.TotalMinutes: 1 });
        Assert.Equal(!pushed, steps[0] is PushStep.Drop { Because: "old" });
    }

    [Theory]
    [InlineData("en", 7, "Seven stories while you slept")]
    [InlineData("az", 7, "Siz yatarkən 7 xəbər")]
    [InlineData("ru", 3, "3 новости, пока вы спали")]
    [InlineData("ru", 11, "11 новостей, пока вы спали")]
    [InlineData("ru", 21, "21 новость, пока вы спали")]
    [InlineData("tr", 7, "Siz uyurken 7 haber")]
    public void A_digest_speaks_the_reader_s_language_and_counts_in_it(string language, int count, string title)
    {
        var stories = Enumerable.Range(0, count).Select(i => Notice($"Story {i}", midnight).Bulletin!).ToArray();
        var message = PushMessage.Of(new PushStep.Digest([], stories, More: false, TimeSpan.FromHours(1)), headlines: 2, language);
        Assert.Equal((title, "• Story 0\n• Story 1", $"/{language}"), (message.Title, message.Body, message.Url));
    }

    [Theory]
    [InlineData("Ə")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("a\u0301 ")]
    [InlineData("слово ")]
    public void A_message_that_is_too_long_is_shortened_between_characters(string piece)
    {
        var long_ = string.Concat(Enumerable.Repeat(piece, 4_000));
        var bulletin = Notice(long_[..(piece.Length * 20)], midnight).Bulletin!;
        var bytes = PushMessage
            .Of(bulletin with { Article = bulletin.Article with { Summary = long_ } }, BulletinKind.Published, "World", "en")
            .ToBytes(3_000);
        Assert.InRange(bytes.Length, piece.Length > 8 ? 2_700 : 2_900, 3_000);
        var text = (string)JsonNode.Parse(Encoding.UTF8.GetString(bytes))!["body"]!;
        Assert.EndsWith("…", text, StringComparison.Ordinal);
        Assert.Equal("", text[..^1].Replace(piece.Trim(), "", StringComparison.Ordinal).Trim());
    }

    [Fact]
    public void A_topic_of_a_push_is_short_and_of_the_alphabet_of_urls() =>
        Assert.Matches("^[A-Za-z0-9_-]{22}$", WebPushChannel.Topic(Guid.CreateVersion7()));

    [Theory]
    [InlineData("https://news.example.org/", "https://news.example.org")]
    [InlineData("http://127.0.0.1:8080", "mailto:webmaster@127.0.0.1")]
    public void Push_services_are_told_whom_to_ask(string publicUrl, string subject)
    {
        Assert.Equal(subject, VapidKeys.Subject(new(), new() { PublicUrl = publicUrl }));
        Assert.Equal(
            "mailto:ops@example.org",
            VapidKeys.Subject(new() { Subject = "mailto:ops@example.org" }, new() { PublicUrl = publicUrl })
        );
    }

    [Theory]
    [InlineData("fcm.googleapis.com", true)]
    [InlineData("updates.push.services.mozilla.com", true)]
    [InlineData("web.push.apple.com", true)]
    [InlineData("evil-fcm.googleapis.com", false)]
    [InlineData("push.apple.com.example.org", false)]
    public void Only_push_services_are_pushed_to(string host, bool served) => Assert.Equal(served, new WebPushOptions().Serves(host));
}
