using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

public sealed class BulletinDecisionTests
{
    static readonly PortalOptions portal = new()
    {
        Languages = ["en", "az"],
        Categories = [new() { Code = "world" }, new() { Code = "sport" }],
    };

    static readonly PublicArticle article = Broker.Article("News", version: 4, keywords: ["Syria"]);

    [Theory]
    [InlineData(true, "language:en")]
    [InlineData(false, "language:az")]
    [InlineData(true, "language:az", "category:world")]
    [InlineData(false, "language:az,category:world")]
    [InlineData(true, "language:en,category:world")]
    [InlineData(true, "keyword:SYRIA")]
    [InlineData(false, "breaking")]
    [InlineData(true)]
    public void Topics_are_or_ed_and_a_comma_is_and(bool match, params string[] topics) =>
        Assert.Equal(match, Topics.Parse(topics, portal).Match(Topics.Of(LineItem.Of(article))));

    [Theory]
    [InlineData("")]
    [InlineData("everything")]
    [InlineData("language:xx")]
    [InlineData("category:gossip")]
    [InlineData("article:1")]
    [InlineData("keyword:")]
    [InlineData("breaking,")]
    public void A_topic_that_there_is_not_is_refused(string topic) =>
        Assert.Equal(400, Assert.Throws<ProblemException>(() => Topics.Parse([topic], portal)).Status);

    [Fact]
    public void Too_many_topics_and_too_long_ones_are_refused()
    {
        Assert.Throws<ProblemException>(() => Topics.Parse([.. Enumerable.Repeat("breaking", Topics.MaxTopics + 1)], portal));
        Assert.Throws<ProblemException>(() => Topics.Parse(["keyword:" + new string('k', Topics.MaxLength)], portal));
    }
}
