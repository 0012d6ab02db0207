using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.WebSub;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>A subscriber who spells a keyword otherwise than the story wants the same.</summary>
public sealed class TopicFoldingTests
{
    static readonly PortalOptions portal = new()
    {
        PublicUrl = "https://news.example.org",
        Languages = ["en", "tr", "az"],
        Categories = [new() { Code = "general" }, new() { Code = "world" }],
    };

    static bool Wants(string language, string keyword, params string[] topics) =>
        Topics.Parse(topics, portal).Match(Topics.Of(LineItem.Of(Broker.Article("Story", language: language, keywords: [keyword]))));

    [Theory]
    [InlineData("tr", "İstanbul", "istanbul", "İstanbul", "ISTANBUL", "Istanbul", "i\u0307stanbul")]
    [InlineData("en", "ISTANBUL", "istanbul", "İstanbul", "ISTANBUL")]
    [InlineData("tr", "IŞIK", "IŞIK", "ışık", "Işık")]
    [InlineData("tr", "ışık", "IŞIK", "ışık")]
    [InlineData("az", "ŞƏKİ", "Şəki", "şəki", "ŞƏKİ")]
    [InlineData("az", "İŞIQLI", "işıqlı", "İşıqlı")]
    [InlineData("en", "Café", "cafe\u0301", "CAFÉ")]
    [InlineData("en", "Har\u00adbour\u200b city", "harbour  city", "HARBOUR CITY")]
    [InlineData("en", "Ｔｏｋｙｏ", "tokyo")]
    [InlineData("en", "ΟΔΥΣΣΕΥΣ", "Οδυσσευς")]
    [InlineData("en", "STRASSE", "straße")]
    public void A_keyword_is_wanted_however_it_is_spelt(string language, string keyword, params string[] spellings)
    {
        Assert.All(spellings, spelling => Assert.True(Wants(language, keyword, $"keyword:{spelling}"), spelling));
        Assert.All(spellings, spelling => Assert.True(Wants(language, keyword, $"keyword:{spelling},language:{language}"), spelling));
    }

    [Theory]
    [InlineData("tr", "IŞIK", "işik")]
    [InlineData("tr", "ışık", "işik")]
    [InlineData("en", "cafe", "café")]
    public void Letters_that_are_two_in_their_language_stay_two(string language, string keyword, string other) =>
        Assert.False(Wants(language, keyword, $"keyword:{other}"));

    [Theory]
    [InlineData("keyword:\u00ad")]
    [InlineData("keyword: \u200b ")]
    public void A_keyword_of_which_nothing_can_be_seen_is_refused(string topic) =>
        Assert.Throws<ProblemException>(() => Topics.Parse([topic], portal));

    [Fact]
    public void A_topic_has_two_readings_at_most_and_they_are_counted()
    {
        var many = string.Join(',', Enumerable.Range(0, 24).Select(n => $"keyword:I{n}"));
        Assert.Equal(2, Topics.Parse([many], portal).AnyOf.Count);
        Assert.Single(Topics.Parse([many.ToLowerInvariant()], portal).AnyOf);
        Assert.True(Topics.Parse([many], portal).Bytes > 2 * Topics.Parse(["keyword:i"], portal).Bytes);
        Assert.True(Topics.Parse([$"keyword:{new string('\ufdfa', 290)}"], portal).IndexTerms.Single().Length <= Topics.MaxLength + 10);
        Assert.Equal(Topics.Parse(["keyword:Şəki"], portal).Key, Topics.Parse(["keyword:ŞƏKİ"], portal).Key);
    }

    [Theory]
    [InlineData("İSTANBUL", "istanbul")]
    [InlineData("Café", "Cafe%CC%81")]
    public void A_feed_of_a_keyword_is_about_the_stories_that_it_shows(string keyword, string asked)
    {
        var topic = FeedTopic.Parse($"https://news.example.org/en/atom.xml?keyword={asked}", portal)!;
        Assert.True(topic.IsAbout(LineItem.Of(Broker.Article("Story", keywords: [keyword]))));
    }
}

/// <summary>The same of what is stored and asked for.</summary>
public sealed class StoredTopicTests(WebhookService service) : IClassFixture<WebhookService>
{
    Stack Stack => service.Stack;

    [Fact]
    public async Task The_log_and_a_webhook_know_a_keyword_by_every_spelling()
    {
        using var owner = new WebhookOwner(Stack.Bearer(Stack.AdminKey));
        await owner.SubscribeAsync(service.Receiver.Url("spelt"), ["keyword:MƏDƏNİYYƏT GÜNÜ"]);
        var before = (long)(await Stack.Reader.GetFromJsonAsync<JsonNode>("api/bulletins"))!["newest"]!;
        await Stack.SendAsync(Broker.Article("Day of culture", language: "az", keywords: ["mədəniyyət\u00ad günü"]));
        await service.Receiver.UntilAsync("spelt", "Day of culture");
        foreach (var spelling in new[] { "Mədəniyyət günü", "MƏDƏNİYYƏT GÜNÜ" })
        {
            var page = (
                await Stack.Reader.GetFromJsonAsync<JsonNode>(
                    $"api/bulletins?after={before}&topic={Uri.EscapeDataString($"keyword:{spelling}")}"
                )
            )!;
            Assert.Equal(["Day of culture"], page["items"]!.AsArray().Select(item => (string)item!["article"]!["headline"]!));
        }
    }

    [Fact]
    public async Task What_an_earlier_release_stored_goes_on_being_told_after_the_upgrade()
    {
        using var owner = new WebhookOwner(Stack.Bearer(Stack.AdminKey));
        var (id, _) = await owner.SubscribeAsync(service.Receiver.Url("upgraded"), ["keyword:İPƏK YOLU"]);
        // Stands in for one by e-mail, of which the earlier release knew the folded topic alone.
        var (mail, _) = await owner.SubscribeAsync(service.Receiver.Url("folded"), ["keyword:işik yolu"]);
        await Stack["Notifications"].KillAsync();
        // As it was: each keyword in .NET's lower case, and a mail's topics too, which knew no capital I any more.
        await Stack.ExecuteAsync(
            "Notifications",
            $$"""
            update subscription_wants set term = 'keyword:İpək yolu', terms = array['keyword:İpək yolu'] where subscription = '{{id}}';
            update subscription_wants set term = 'keyword:işik yolu', terms = array['keyword:işik yolu'] where subscription = '{{mail}}';
            update mt_doc_subscription set data = jsonb_set(data, '{kind}', '"email"') where id = '{{mail}}';
            comment on table subscription_wants is null
            """
        );
        Stack["Notifications"].Start();
        await Stack["Notifications"].ReadyAsync();
        await Stack.SendAsync(Broker.Article("Silk road", language: "az", keywords: ["İpək yolu"]));
        await service.Receiver.UntilAsync("upgraded", "Silk road");
        Assert.Equal(
            ["keyword:işik yolu", "keyword:ışık yolu"],
            await Stack.QueryAsync(
                "Notifications",
                $"select term from subscription_wants where subscription = '{mail}' order by term collate \"C\""
            )
        );
    }
}
