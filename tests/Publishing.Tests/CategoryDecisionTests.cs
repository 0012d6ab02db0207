using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using NewsPlatform.Publishing.Articles;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Whatever happens to an article, none of its copies is forgotten when somebody asks whose it is.</summary>
public sealed class CategoryDecisionTests
{
    static readonly DateTimeOffset noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    static readonly string[] categories = ["world", "sport", "culture", "politics", "economy"];

    static object Event(int kind, string category) =>
        kind switch
        {
            0 or 1 or 2 => new ArticleRevised(
                new Copy
                {
                    Headline = "h",
                    Category = category,
                    Language = "en",
                }
            ),
            3 => new ArticleScheduled(noon, null),
            4 => new ArticleEmbargoed("h", noon),
            5 => new EmbargoLifted(noon),
            6 => new ScheduledCopyCorrected("n"),
            7 => new ArticlePublished("h", noon, noon),
            8 => new ArticlePublished("h", noon, noon, Scheduled: true),
            9 => new ArticleUpdated("h", noon, null),
            10 => new ArticleUnpublished(noon, null),
            11 => new ArticleUnscheduled(),
            _ => new ArticleKilled(noon, "r"),
        };

    /// <summary>An event that the state has no place for is passed over, as a decision would have refused it.</summary>
    static Article Then(Article article, object e)
    {
        try
        {
            return Article.Apply(article.Id, article, e)!;
        }
        catch (InvalidOperationException)
        {
            return article;
        }
    }

    static IEnumerable<string> Said(JsonNode? node) =>
        node switch
        {
            JsonObject all => all.SelectMany(member => member.Key == "category" ? [(string)member.Value!] : Said(member.Value)),
            JsonArray all => all.SelectMany(Said),
            _ => [],
        };

    [Fact]
    public void An_article_is_of_every_category_that_is_said_anywhere_in_it() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, categories.Length - 1])
            .Array[0, 20]
            .Sample(events =>
            {
                var article = events.Aggregate(
                    Article.Apply(
                        Guid.Empty,
                        null,
                        new ArticleDrafted(
                            new Copy
                            {
                                Headline = "h",
                                Category = "general",
                                Language = "en",
                            }
                        )
                    )!,
                    (current, e) => Then(current, Event(e.Item1, categories[e.Item2]))
                );
                Assert.Equal(
                    Said(JsonSerializer.SerializeToNode(article, JsonSerializerOptions.Web)).Distinct().Order(StringComparer.Ordinal),
                    CategoryAuthorization.Categories(article)
                );
            });
}
