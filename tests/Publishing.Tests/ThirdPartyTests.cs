using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What somebody outside the platform gets from the broker.</summary>
public sealed class ThirdPartyTests(PublishingService service) : IClassFixture<PublishingService>
{
    const string Exchange = "news.events";
    static readonly string asyncApi = Path.Combine(Repository.Root, "deploy", "asyncapi.yaml");

    Stack Stack => service.Stack;

    static object Copy(string headline, string language) =>
        new
        {
            headline,
            language,
            category = "culture",
            summary = "In short.",
            body = "<p>At length.</p>",
            keywords = new[] { "stage" },
            urgency = 3,
            breaking = true,
            byline = "A. Writer",
            source = "A wire",
            media = new
            {
                badges = new[] { "photos" },
                picture = new
                {
                    url = "https://pictures.example.org/stage.jpg",
                    alt = "A stage",
                    credit = "A. Photographer",
                    width = 1600,
                    height = 900,
                },
            },
        };

    /// <summary>Everything that the public is told of one article: told five times.</summary>
    async Task<Guid> LiveAsync(string language)
    {
        var id = await Stack.PublishAsync(Copy("A premiere", language));
        await Stack.ReviseAsync(id, Copy("A premiere with applause", language));
        await Stack.ActAsync(id, "update", new { note = "The audience rose." });
        await Stack.ReviseAsync(id, Copy("A première with applause", language));
        await Stack.ActAsync(id, "correct", new { note = "It is written with an accent." });
        await Stack.ActAsync(id, "unpublish");
        await Stack.ActAsync(id, "kill", new { reason = "It did not take place." });
        return id;
    }

    [Fact]
    public async Task Who_binds_a_queue_gets_every_public_change_of_its_edition_in_order_as_cloud_events_with_the_full_state()
    {
        await using var party = await ThirdParty.BindAsync(Stack, Exchange, "article.*.en.#");
        await Stack.PublishAsync(Copy("Of another edition", "az"));
        var id = await LiveAsync("en");
        var last = await Stack.PublishAsync(Copy("The next one", "en"));

        var all = await party.NextAsync(6);
        Assert.Equal(
            ["published", "updated", "corrected", "withdrawn", "withdrawn", "published"],
            all.Select(d => d.RoutingKey.Split('.')[1])
        );
        Assert.Equal((string?)all[^1].Body["subject"], $"{last}");

        var events = await Stack.QueryAsync(
            "Publishing",
            $"select id from mt_events where stream_id = '{id}' and type not in ('article_drafted', 'article_revised') order by version"
        );
        Assert.Equal(events, all.SkipLast(1).Select(d => (string?)d.Body["id"]));
        Assert.All(all.SkipLast(1), delivery =>
        {
            var e = delivery.Body;
            var kind = delivery.RoutingKey.Split('.')[1];
            Assert.Equal(
                ($"article.{kind}.en.culture", "application/cloudevents+json", (string?)e["id"], (string?)e["type"]),
                (delivery.RoutingKey, delivery.ContentType, delivery.MessageId, delivery.Type)
            );
            Assert.Equal(
                ("1.0", "http://127.0.0.1:8080/api/articles", $"org.newsplatform.article.{kind}", $"{id}", "application/json"),
                ((string?)e["specversion"], (string?)e["source"], (string?)e["type"], (string?)e["subject"], (string?)e["datacontenttype"])
            );
            Assert.Equal(TimeSpan.Zero, DateTimeOffset.Parse((string)e["time"]!).Offset);
            Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", (string?)e["traceparent"]);
            Assert.Null(e["imported"]);
        });
        Assert.Equal([2L, 4, 6, 7, 8], all.SkipLast(1).Select(d => (long)d.Body["data"]!["article"]!["version"]!));
        Assert.Equal(
            ["A premiere", "A premiere with applause", "A première with applause", "A première with applause", "A première with applause"],
            all.SkipLast(1).Select(d => (string?)d.Body["data"]!["article"]!["headline"])
        );
        var corrected = all[2].Body["data"]!;
        Assert.Equal(
            ("<p>At length.</p>", "https://pictures.example.org/stage.jpg", "It is written with an accent."),
            (
                (string?)corrected["article"]!["body"],
                (string?)corrected["article"]!["media"]!["picture"]!["url"],
                (string?)corrected["note"]
            )
        );
        Assert.Equal(
            ("withheld", "canceled", "It did not take place."),
            (
                (string?)all[3].Body["data"]!["pubStatus"],
                (string?)all[4].Body["data"]!["pubStatus"],
                (string?)all[4].Body["data"]!["reason"]
            )
        );
        Assert.All(all.Skip(3).SkipLast(1), withdrawn => Assert.Equal("", (string?)withdrawn.Body["data"]!["article"]!["body"]));
    }

    [Fact]
    public async Task What_was_imported_says_so_before_its_data_is_read()
    {
        await using var party = await ThirdParty.BindAsync(Stack, Exchange, "article.#.sport");
        await Stack.ImportAsync(
            """{"headline": "From the archive", "category": "sport", "language": "ru", "publishedAt": "2010-01-01T00:00:00Z"}"""
        );
        var imported = await party.NextAsync();
        Assert.Equal(
            ("article.imported.ru.sport", true, true, "From the archive"),
            (
                imported.RoutingKey,
                (bool)imported.Body["imported"]!,
                (bool)imported.Body["data"]!["imported"]!,
                (string?)imported.Body["data"]!["article"]!["headline"]
            )
        );
    }

    [Fact]
    public async Task The_asyncapi_file_is_valid_and_describes_every_member_of_what_is_sent()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        await using var party = await ThirdParty.BindAsync(Stack, Exchange, "article.*.tr.#");
        await LiveAsync("tr");
        await Stack.ImportAsync(
            """{"headline": "From the archive", "category": "sport", "language": "tr", "publishedAt": "2010-01-01T00:00:00Z"}"""
        );
        var sent = await party.NextAsync(6);
        Assert.Equal("", await Node.RunAsync(string.Join('\n', sent.Select(d => d.Body.ToJsonString())), "asyncapi.js", asyncApi));
    }
}
