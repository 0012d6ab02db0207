using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Import;
using NewsPlatform.Publishing.Relay;
using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Given what happened, when somebody acts, then what happens: no server, no clock.</summary>
public sealed class ArticleDecisionTests
{
    static readonly Guid id = Guid.Parse("01980000-0000-7000-8000-000000000001");
    static readonly DateTimeOffset noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset later = noon.AddMinutes(7);
    static readonly Copy copy = new()
    {
        Headline = "Harbour opens",
        Category = "world",
        Language = "en",
        Body = "<p>One.</p>",
    };
    static readonly Copy revised = copy with { Body = "<p>Two.</p>" };

    static Article Given(params object[] events) => Article.Fold(id, events)!;

    [Fact]
    public void A_draft_is_published_under_its_slug_at_this_moment() =>
        Assert.Equal(
            [new ArticlePublished("harbour-opens", noon, noon)],
            PublishArticle.Decide(Given(new ArticleDrafted(copy)), "harbour-opens", noon)
        );

    [Fact]
    public void Publishing_what_is_public_already_is_no_event() =>
        Assert.Empty(
            PublishArticle.Decide(Given(new ArticleDrafted(copy), new ArticlePublished("harbour-opens", noon, noon)), "other", later)
        );

    [Fact]
    public void Publishing_a_revision_keeps_the_first_time_and_the_address() =>
        Assert.Equal(
            (noon, later, "harbour-opens"),
            Shown(
                Given(
                    new ArticleDrafted(copy),
                    new ArticlePublished("harbour-opens", noon, noon),
                    new ArticleRevised(revised),
                    new ArticleUpdated("harbour-opens", later, null)
                )
            )
        );

    static (DateTimeOffset, DateTimeOffset, string) Shown(Article article) =>
        (article.Public!.PublishedAt, article.Public.UpdatedAt, article.Public.Slug);

    [Fact]
    public void A_revision_changes_the_working_copy_and_not_what_is_public()
    {
        var article = Given(new ArticleDrafted(copy), new ArticlePublished("harbour-opens", noon, noon), new ArticleRevised(revised));
        Assert.Equal((revised.Body, copy.Body, true), (article.Copy.Body, article.Public!.Copy.Body, article.HasUnpublishedChanges));
    }

    [Fact]
    public void The_same_copy_again_is_no_revision() =>
        Assert.Empty(ReviseArticle.Decide(Given(new ArticleDrafted(copy)), copy with { Keywords = [] }));

    [Fact]
    public void A_public_article_stays_in_its_language()
    {
        var article = Given(new ArticleDrafted(copy), new ArticlePublished("harbour-opens", noon, noon));
        Assert.Equal(422, Assert.Throws<ProblemException>(() => ReviseArticle.Decide(article, copy with { Language = "az" })).Status);
    }

    [Fact]
    public void Every_event_adds_one_to_the_version() =>
        Assert.Equal(3, Given(new ArticleDrafted(copy), new ArticleRevised(revised), new ArticlePublished("x", noon, noon)).Version);

    [Fact]
    public void A_message_says_what_the_article_was_at_its_own_version()
    {
        var published = new ArticlePublished("harbour-opens", noon, noon);
        var message = (Contracts.ArticlePublished)ArticleMessage.Of(published, Given(new ArticleDrafted(copy), published))!.Message;
        Assert.Equal((2L, copy.Body), (message.Article.Version, message.Article.Body));
        Assert.Null(
            ArticleMessage.Of(new ArticleRevised(revised), Given(new ArticleDrafted(copy), published, new ArticleRevised(revised)))
        );
    }

    [Fact]
    public void An_archived_article_is_published_at_its_own_time_and_marked_as_imported()
    {
        var (outcome, events, _) = Import(null, copy, "a");
        Assert.Equal(ImportOutcome.Imported, outcome);
        Assert.Equal([new ArticleDrafted(copy, "a"), new ArticlePublished("harbour-opens", noon, noon, Imported: true)], events);
    }

    [Fact]
    public void A_line_that_was_taken_in_before_changes_nothing_even_after_editors_worked_on_it()
    {
        var article = Given(
            new ArticleDrafted(copy, "a"),
            new ArticlePublished("harbour-opens", noon, noon, true),
            new ArticleRevised(revised)
        );
        Assert.Equal(ImportOutcome.Unchanged, Import(article, copy, "a").Outcome);
    }

    [Fact]
    public void A_changed_line_replaces_what_only_imports_have_touched()
    {
        var article = Given(new ArticleDrafted(copy, "a"), new ArticlePublished("harbour-opens", noon, noon, true));
        var (_, events, _) = Import(article, revised, "b");
        Assert.Equal([new ArticleRevised(revised, "b"), new ArticlePublished("harbour-opens", noon, noon, true)], events);
    }

    [Fact]
    public void A_changed_line_does_not_overwrite_what_editors_did()
    {
        var article = Given(new ArticleDrafted(copy, "a"), new ArticleRevised(revised));
        Assert.Equal(ImportOutcome.Rejected, Import(article, copy with { Body = "<p>Three.</p>" }, "c").Outcome);
    }

    [Fact]
    public void A_line_without_a_body_does_not_take_the_body_away() =>
        Assert.Equal(
            ImportOutcome.Unchanged,
            Import(
                Given(new ArticleDrafted(copy, "a"), new ArticlePublished("harbour-opens", noon, noon, true)),
                copy with
                {
                    Body = "",
                },
                "b"
            ).Outcome
        );

    [Theory]
    [InlineData("Harbour opens at last!", "harbour-opens-at-last")]
    [InlineData("Bakıda şəhər günü keçirilib", "bakida-seher-gunu-kecirilib")]
    [InlineData("Путин и мэр", "putin-i-mer")]
    [InlineData("İstanbul’da kış", "istanbulda-kis")]
    [InlineData("$$$", "story")]
    public void A_slug_is_ascii_words_of_a_headline_in_any_script(string headline, string slug) => Assert.Equal(slug, Slug.Of(headline));

    [Fact]
    public void A_long_slug_ends_at_a_word() =>
        Assert.DoesNotMatch("^.{81,}$|wor$", Slug.Of(string.Concat(Enumerable.Repeat("word ", 40))));

    static (ImportOutcome Outcome, IReadOnlyList<object> Events, string? Reason) Import(Article? article, Copy line, string digest) =>
        ImportDecision.Decide(article, line, digest, "harbour-opens", noon, noon, publish: true);
}
