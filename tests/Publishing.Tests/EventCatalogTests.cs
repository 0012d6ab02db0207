using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.DryRun;
using NewsPlatform.Publishing.Events;
using NewsPlatform.Publishing.Keys;
using NewsPlatform.Publishing.Relay;
using Xunit;
using ArticleEmbargoed = NewsPlatform.Publishing.Articles.ArticleEmbargoed;
using ArticlePublished = NewsPlatform.Publishing.Articles.ArticlePublished;
using DryRunBegun = NewsPlatform.Publishing.DryRun.DryRunBegun;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Every type of event that Marten knows is described, and what its description promises is kept.</summary>
public sealed class EventCatalogTests
{
    static readonly DateTimeOffset noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>One that nobody was told of, one that is public, and one that is under embargo.</summary>
    static readonly Article[] articles =
    [
        Given(),
        Given(new ArticlePublished("harbour-opens", noon, noon)),
        Given(new ArticleEmbargoed("harbour-opens", noon.AddHours(1))),
    ];

    public static TheoryData<string> Named => [.. Storage.Events.All.Select(description => description.Name)];

    static Article Given(params object[] events) =>
        Article.Fold(
            Guid.Empty,
            events.Prepend(
                new ArticleDrafted(
                    new Copy
                    {
                        Headline = "Harbour opens",
                        Category = "world",
                        Language = "en",
                    }
                )
            )
        )!;

    static EventDescription Description(string name) => Storage.Events.All.Single(description => description.Name == name);

    /// <summary>What the relay sends of the event, for every article above whose state has a place for it.</summary>
    static IEnumerable<string> Exchanges(ArticleEventDescription description)
    {
        var e = Example.Of(description.Type);
        foreach (var article in articles)
        {
            if (description.Apply(article, e) is not null)
            {
                var after = Article.Apply(article.Id, article, e)!;
                yield return ArticleMessage.Of(e, after)?.Exchange ?? "";
            }
        }
    }

    [Fact]
    public void Every_event_that_Marten_knows_is_described_and_stored_under_the_name_that_is_said_there()
    {
        using var store = Store.Open();
        Assert.Equal(
            Storage.Events.All.Select(description => (description.Type, description.Name)).OrderBy(e => e.Name),
            Store.EventTypes(store).Select(e => (e.EventType, e.EventTypeName)).OrderBy(e => e.EventTypeName)
        );
    }

    [Fact]
    public void What_fills_the_place_of_an_append_that_failed_is_nobody_s_and_stops_nothing() =>
        Assert.Null(Storage.Events.Of(typeof(JasperFx.Events.Tombstone)).Message);

    [Fact]
    public void An_event_that_is_not_described_is_passed_over_by_nobody()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Storage.Events.Of(typeof(Note)));
        Assert.Contains("Note is not described", fault.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Article.Apply(Guid.Empty, articles[0], new Note("update", noon, "More.")));
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void Whoever_an_event_is_for_is_told_of_it_and_nobody_else_is(string name)
    {
        switch (Description(name))
        {
            case ArticleEventDescription { Type: var type } drafted when type == typeof(ArticleDrafted):
                Assert.Equal(Audience.Desk, drafted.Audience);
                break;
            case ArticleEventDescription description:
                var told = Exchanges(description).ToHashSet();
                Assert.Equal(description.Audience.HasFlag(Audience.Readers), told.Contains(Topology.Articles));
                Assert.Equal(description.Audience.HasFlag(Audience.EmbargoAccess), told.Contains(Topology.Trade));
                break;
            case { Message: { } message } description:
                Assert.Equal(Topology.Articles, message(Example.Of(description.Type)).Exchange);
                Assert.Equal(typeof(DryRunBegun), description.Type);
                break;
            case var description:
                // Keys have a relay of their own.
                Assert.Contains(description, KeyEvents.All);
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void What_others_look_for_in_an_event_is_found_where_it_has_it(string name)
    {
        if (Description(name) is not ArticleEventDescription description)
        {
            return;
        }
        var (type, e) = (description.Type, Example.Of(description.Type));
        object? Member(string member) => type.GetProperty(member)?.GetValue(e);
        Assert.Equal(
            (Member("Note") ?? Member("Reason"), Member("Copy"), Member("Slug")),
            (description.Note(e), description.Copy(e), description.Slug(e))
        );
    }
}
