using System.Text;
using CsCheck;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Relay;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;
using ArticleCorrected = NewsPlatform.Publishing.Articles.ArticleCorrected;
using ArticleEmbargoed = NewsPlatform.Publishing.Articles.ArticleEmbargoed;
using ArticleKilled = NewsPlatform.Publishing.Articles.ArticleKilled;
using ArticlePublished = NewsPlatform.Publishing.Articles.ArticlePublished;
using ArticleUpdated = NewsPlatform.Publishing.Articles.ArticleUpdated;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Given a state, when an act, then what becomes of the article.</summary>
public sealed class LifeCycleTests
{
    static readonly Guid id = Guid.Parse("01980000-0000-7000-8000-000000000001");
    static readonly DateTimeOffset noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    static readonly Copy copy = new()
    {
        Headline = "Harbour opens",
        Category = "world",
        Language = "en",
    };
    static readonly Copy other = copy with { Headline = "Harbour opens late" };

    static readonly string[] acts = [.. LifeCycle.Acts.Select(act => act.Name)];

    static readonly ArticleDrafted drafted = new(copy);
    static readonly ArticlePublished published = new("harbour-opens", noon, noon);
    static readonly ArticleScheduled scheduled = new(noon.AddHours(1), noon.AddHours(2));
    static readonly ArticleRevised revised = new(other);

    /// <summary>One article in each state, with a working copy that differs from what was public or scheduled.</summary>
    static readonly Dictionary<ArticleState, Article> articles = new()
    {
        [ArticleState.Draft] = Given(drafted),
        [ArticleState.Submitted] = Given(drafted, new ArticleSubmitted(null)),
        [ArticleState.Scheduled] = Given(drafted, scheduled, revised),
        [ArticleState.Published] = Given(drafted, published, revised),
        [ArticleState.Unpublished] = Given(drafted, published, new ArticleUnpublished(noon, null), revised),
        [ArticleState.Killed] = Given(drafted, published, new ArticleKilled(noon, "Wrong.")),
    };

    static Article Given(params object[] events) => Article.Fold(id, events)!;

    static Article Then(Article article, IEnumerable<object> events) =>
        events.Aggregate(article, (current, e) => Article.Apply(id, current, e)!);

    static IReadOnlyList<object> When(Article article, string act, DateTimeOffset now, Copy? newCopy = null) =>
        act switch
        {
            LifeCycle.Revise => ReviseArticle.Decide(article, newCopy ?? copy with { Summary = "More." }),
            LifeCycle.Submit => SubmitArticle.Decide(article, null),
            LifeCycle.Return => ReturnArticle.Decide(article, "Who says so?"),
            LifeCycle.Schedule => ScheduleArticle.Decide(article, now.AddHours(3), null, now),
            LifeCycle.Unschedule => UnscheduleArticle.Decide(article),
            LifeCycle.Embargo => EmbargoArticle.Decide(article, "harbour-opens", now.AddHours(3), now),
            LifeCycle.Lift => EmbargoArticle.DecideLift(article, now),
            LifeCycle.Publish => PublishArticle.Decide(article, "harbour-opens", now),
            LifeCycle.Update => UpdateArticle.Decide(article, "harbour-opens", "More is known.", now),
            LifeCycle.Correct => CorrectArticle.Decide(article, "harbour-opens", "The hour was wrong.", now),
            LifeCycle.Unpublish => UnpublishArticle.Decide(article, null, now),
            LifeCycle.Kill => KillArticle.Decide(article, "Untrue.", now),
            _ => throw new ArgumentOutOfRangeException(nameof(act)),
        };

    public static TheoryData<ArticleState, string> Table =>
        [.. from state in Enum.GetValues<ArticleState>() from act in acts select (state, act)];

    [Theory]
    [MemberData(nameof(Table))]
    public void An_act_is_refused_with_the_state_and_what_it_allows_exactly_where_the_table_says_so(ArticleState state, string act)
    {
        Assert.Equal(state, articles[state].State);
        if (LifeCycle.Allowed(state).Contains(act))
        {
            When(articles[state], act, noon);
            return;
        }
        var problem = Assert.Throws<ProblemException>(() => When(articles[state], act, noon));
        Assert.Equal((409, state.Word()), (problem.Status, (string)problem.Members["state"]!));
        Assert.Equal(LifeCycle.Allowed(state), problem.Members["allowed"]);
    }

    [Fact]
    public void The_table_in_the_docs_is_what_the_decisions_do()
    {
        var table = new StringBuilder($"| | {string.Join(" | ", acts)} |\n|---|{string.Concat(acts.Select(_ => "---|"))}\n");
        foreach (var (state, article) in articles)
        {
            var cells = acts.Select(act =>
                !LifeCycle.Allowed(state).Contains(act) ? "409"
                : When(article, act, noon) is { Count: > 0 } events ? Then(article, events).State.Word()
                : "="
            );
            table.Append($"| **{state.Word()}** | {string.Join(" | ", cells)} |\n");
        }
        Assert.Contains(
            table.ToString(),
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "life-cycle.md")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_page_of_the_API_names_every_act()
    {
        var row = File.ReadLines(Path.Combine(Repository.Root, "docs", "api.md"))
            .Single(line => line.StartsWith("| `POST /api/articles/{id}/submit", StringComparison.Ordinal));
        // To revise an article is to PUT it.
        Assert.All(acts.Except([LifeCycle.Revise]), act => Assert.Matches($"\\b{act}\\b", row));
    }

    [Fact]
    public void What_is_scheduled_is_the_copy_of_that_moment_and_later_revisions_stay_with_the_editors()
    {
        var article = articles[ArticleState.Scheduled];
        var due = Then(article, Scheduler.Decide(article, "harbour-opens", noon.AddHours(1)));
        Assert.Equal((ArticleState.Published, copy.Headline, other.Headline), (due.State, due.Public!.Copy.Headline, due.Copy.Headline));
        Assert.Equal(noon.AddHours(1), due.Public.PublishedAt);
    }

    [Fact]
    public void A_scheduled_article_is_corrected_by_the_working_copy_without_anybody_being_told()
    {
        var article = Then(
            articles[ArticleState.Scheduled],
            CorrectArticle.Decide(articles[ArticleState.Scheduled], "", "The hour was wrong.", noon)
        );
        var due = Then(article, Scheduler.Decide(article, "harbour-opens", noon.AddHours(1)));
        Assert.Equal(other.Headline, due.Public!.Copy.Headline);
        Assert.Empty(due.Public.Notes);
    }

    [Fact]
    public void Nothing_is_due_before_its_time_nor_twice()
    {
        var article = articles[ArticleState.Scheduled];
        Assert.Empty(Scheduler.Decide(article, "x", noon.AddHours(1).AddTicks(-1)));
        var due = Then(article, Scheduler.Decide(article, "harbour-opens", noon.AddHours(1)));
        Assert.Empty(Scheduler.Decide(due, "x", noon.AddHours(1)));
        Assert.Equal(noon.AddHours(2), DueArticle.Of(due));
        var down = Then(due, Scheduler.Decide(due, "x", noon.AddHours(2)));
        Assert.Equal((ArticleState.Unpublished, (DateTimeOffset?)null), (down.State, DueArticle.Of(down)));
        Assert.Empty(Scheduler.Decide(down, "x", noon.AddHours(5)));
    }

    [Theory]
    [InlineData(0, null, "publishAt")]
    [InlineData(-1, null, "publishAt")]
    [InlineData(24 * 365 * 6, null, "publishAt")]
    [InlineData(2, 2, "unpublishAt")]
    [InlineData(2, 24 * 365 * 6, "unpublishAt")]
    public void Times_that_cannot_be_meant_are_refused_by_their_name(int publishIn, int? unpublishIn, string member)
    {
        var problem = Assert.Throws<ProblemException>(() =>
            ScheduleArticle.Decide(
                articles[ArticleState.Draft],
                noon.AddHours(publishIn),
                unpublishIn is { } hours ? noon.AddHours(hours) : null,
                noon
            )
        );
        Assert.Equal((422, member), (problem.Status, ((IDictionary<string, string[]>)problem.Members["errors"]!).Keys.Single()));
    }

    [Fact]
    public void A_correction_shows_its_note_and_a_kill_its_reason()
    {
        var article = Given(
            drafted,
            published,
            revised,
            new ArticleUpdated("harbour-opens", noon, "More is known."),
            new ArticleCorrected("harbour-opens", noon.AddHours(1), "The hour was wrong.")
        );
        Assert.Equal(
            [new Note("update", noon, "More is known."), new Note("correction", noon.AddHours(1), "The hour was wrong.")],
            article.Public!.Notes
        );
        var killed = new ArticleKilled(noon.AddHours(2), "Untrue.");
        var told = (ArticleWithdrawn)ArticleMessage.Of(killed, Then(article, [killed]))!.Message;
        Assert.Equal((PubStatus.Canceled, "Untrue.", "", 6L), (told.PubStatus, told.Reason, told.Article.Body, told.Article.Version));
    }

    [Fact]
    public void Who_kills_what_was_never_public_tells_nobody()
    {
        var killed = new ArticleKilled(noon, "A hoax.");
        Assert.Null(ArticleMessage.Of(killed, Given(drafted, killed)));
    }

    [Fact]
    public void What_is_under_embargo_is_told_to_the_trade_alone_until_it_is_due()
    {
        var embargo = new ArticleEmbargoed("harbour-opens", noon.AddHours(1));
        var article = Given(drafted, embargo);
        var told = ArticleMessage.Of(embargo, article)!;
        Assert.Equal((Topology.Trade, "article.embargoed.en.world"), (told.Exchange, told.RoutingKey));
        Assert.Equal(
            (noon.AddHours(1), copy.Headline),
            (((Contracts.ArticleEmbargoed)told.Message).EmbargoedUntil, ((Contracts.ArticleEmbargoed)told.Message).Article.Headline)
        );

        var problem = Assert.Throws<ProblemException>(() => PublishArticle.Decide(article, "harbour-opens", noon));
        Assert.Equal((409, noon.AddHours(1)), (problem.Status, problem.Members["embargoedUntil"]));
        Assert.Equal(422, Assert.Throws<ProblemException>(() => ScheduleArticle.Decide(article, noon.AddMinutes(59), null, noon)).Status);
        Assert.Empty(Scheduler.Decide(article, "harbour-opens", noon.AddHours(1).AddTicks(-1)));

        var due = Scheduler.Decide(article, "harbour-opens", noon.AddHours(1));
        Assert.Equal(Topology.Articles, ArticleMessage.Of(due.Single(), Then(article, due))!.Exchange);
    }

    [Fact]
    public void The_trade_is_told_of_a_correction_a_lift_and_a_kill_of_what_it_has()
    {
        var article = Given(drafted, new ArticleEmbargoed("harbour-opens", noon.AddHours(1)), revised);
        var corrected = Then(article, [new ScheduledCopyCorrected("The hour was wrong.")]);
        var correction = (Contracts.ArticleEmbargoed)
            ArticleMessage.Of(new ScheduledCopyCorrected("The hour was wrong."), corrected)!.Message;
        Assert.Equal((other.Headline, corrected.Version), (correction.Article.Headline, correction.Article.Version));

        var later = ScheduleArticle.Decide(article, noon.AddHours(2), null, noon);
        var moved = (Contracts.ArticleEmbargoed)ArticleMessage.Of(later.Single(), Then(article, later))!.Message;
        Assert.Equal((other.Headline, noon.AddHours(1)), (moved.Article.Headline, moved.EmbargoedUntil));

        var lifted = EmbargoArticle.DecideLift(article, noon.AddMinutes(10));
        Assert.Equal(
            noon.AddMinutes(10),
            ((Contracts.ArticleEmbargoed)ArticleMessage.Of(lifted.Single(), Then(article, lifted))!.Message).EmbargoedUntil
        );
        Assert.Equal(
            ArticleState.Published,
            Then(Then(article, lifted), PublishArticle.Decide(Then(article, lifted), "harbour-opens", noon.AddMinutes(11))).State
        );

        var killed = new ArticleKilled(noon, "A hoax.");
        var withdrawn = ArticleMessage.Of(killed, Then(article, [killed]))!;
        Assert.Equal(
            (Topology.Trade, "A hoax.", ""),
            (withdrawn.Exchange, ((ArticleWithdrawn)withdrawn.Message).Reason, ((ArticleWithdrawn)withdrawn.Message).Article.Body)
        );
        var masked = new ArticleMasked(noon.AddMinutes(20), "Asked for by her lawyer.", [Masking.Text], Public: false);
        var again = (ArticleWithdrawn)ArticleMessage.Of(masked, Then(article, [killed, masked]))!.Message;
        Assert.Equal(("A hoax.", true), (again.Reason, again.Masked));
    }

    [Fact]
    public void What_returns_after_it_was_withheld_is_published_at_its_first_time()
    {
        var article = articles[ArticleState.Unpublished];
        Assert.Equal(
            [new ArticlePublished("harbour-opens", noon, noon.AddHours(4))],
            PublishArticle.Decide(article, "harbour-opens", noon.AddHours(4))
        );
    }

    [Fact]
    public void Addresses_that_an_article_had_lead_to_the_present_one()
    {
        var article = Given(
            drafted,
            published,
            new ArticleUpdated("second", noon, null),
            new ArticleUpdated("third", noon, null),
            new ArticleUpdated("harbour-opens", noon, null)
        );
        Assert.Equal(("harbour-opens", "second third"), (article.Public!.Slug, string.Join(' ', article.Public.FormerSlugs)));
    }

    [Fact]
    public void Whatever_editors_do_no_state_is_impossible_and_the_fold_equals_its_replay() =>
        Gen.Select(Gen.OneOf([.. acts.Append("time").Select(Gen.Const)]), Gen.Int[0, 3])
            .List[1, 40]
            .Sample(acts =>
            {
                var now = noon;
                List<object> events = [drafted];
                var article = Given(drafted);
                foreach (var (act, hours) in acts)
                {
                    now = now.AddHours(hours);
                    IReadOnlyList<object> decided;
                    try
                    {
                        decided =
                            act == "time"
                                ? Scheduler.Decide(article, "harbour-opens", now)
                                : When(article, act, now, copy with { Summary = $"{now}" });
                    }
                    catch (ProblemException) when (act == LifeCycle.Publish && article.Embargo?.Until > now)
                    {
                        continue;
                    }
                    catch (ProblemException problem) when (problem.Status == 422)
                    {
                        Assert.True(
                            act == LifeCycle.Embargo && article.Public is not null
                                || act == LifeCycle.Schedule && article.Embargo is not null,
                            $"{act} was refused: {problem.Message}"
                        );
                        continue;
                    }
                    catch (ProblemException problem) when (problem.Status == 409)
                    {
                        Assert.DoesNotContain(act, LifeCycle.Allowed(article.State));
                        continue;
                    }
                    var before = article;
                    events.AddRange(decided);
                    article = Then(article, decided);

                    Assert.Equal(events.Count, article.Version);
                    Assert.True(before.State != ArticleState.Killed || decided.Count == 0, "something happened to a killed article");
                    Assert.True(
                        act
                            is not (
                                LifeCycle.Revise
                                or LifeCycle.Submit
                                or LifeCycle.Return
                                or LifeCycle.Schedule
                                or LifeCycle.Embargo
                                or LifeCycle.Lift
                            )
                            || ReferenceEquals(before.Public, article.Public),
                        "readers see what was not published"
                    );
                    Assert.True(
                        article.Public is null || article.Public.Status == PubStatus.Usable == article.State is ArticleState.Published,
                        "the public state and the state differ"
                    );
                    Assert.True(
                        !(before.Embargo?.Until > now) || decided.All(e => ArticleMessage.Of(e, article)?.Exchange != Topology.Articles),
                        "what is under embargo is told to the readers' services"
                    );
                    Assert.True(
                        decided.Count == 0
                            || decided.Select((e, i) => ArticleMessage.Of(e, Then(before, decided.Take(i + 1)))).Count(m => m is not null)
                                <= 1,
                        "one act is told twice"
                    );
                }
                var replayed = Article.Fold(id, events)!;
                Assert.Equal(System.Text.Json.JsonSerializer.Serialize(article), System.Text.Json.JsonSerializer.Serialize(replayed));
            });
}
