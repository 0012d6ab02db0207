using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Authorization;

/// <summary>
/// The column <c>categories</c> of <c>docs/authorization.md</c>: what a key of sport may do to what is of the world, in whichever copy.
/// </summary>
public sealed class CategoryTests(AuthorizationTests.Asking asking) : IClassFixture<AuthorizationTests.Asking>
{
    readonly Asked asked = new(asking.Stack);

    Stack Stack => asking.Stack;

    /// <summary>Articles of which one copy is the world's, and the others are of sport.</summary>
    static readonly (string Copy, string[] Steps)[] copies =
    [
        ("working", ["world"]),
        ("public", ["world", "publish", "sport"]),
        ("withdrawn", ["world", "publish", "unpublish", "sport"]),
        ("scheduled", ["world", "schedule", "sport"]),
        ("embargoed", ["world", "embargo", "sport"]),
    ];

    Player Sport(AuthorizationRow row) => asking.Cast[row.Cells["reporter"] == "yes" ? "reporter of sport" : "editor of sport"];

    static IEnumerable<AuthorizationRow> Rows(string word) => AuthorizationTable.Read().Where(row => row.Categories.Contains(word));

    [Fact]
    public async Task An_article_of_which_any_copy_is_another_desks_is_refused_and_unchanged()
    {
        var wrong = new List<string>();
        foreach (var row in Rows("article").Where(row => row.Path.Contains("{id}", StringComparison.Ordinal)))
        {
            foreach (var (copy, steps) in copies)
            {
                var id = await ArticleAsync(steps);
                await RefusedAsync(wrong, $"{row.Route} | {copy}", id, () => asked.SendAsync(row, Sport(row), id));
            }
            var own = await asked.SendAsync(row, Sport(row), await ArticleAsync(["sport"]));
            if (own.Status is 401 or 403 or 404 or >= 500)
            {
                wrong.Add($"{row.Route} | its own desk's: {own}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Lists_leave_out_an_article_of_which_any_copy_is_another_desks()
    {
        var wrong = new List<string>();
        var own = await ArticleAsync(["sport", "schedule"]);
        var list = AuthorizationTable.Read().Single(row => row.Route == "GET /api/articles");
        var due = AuthorizationTable.Read().Single(row => row.Route == "GET /api/articles/due");
        var counts = AuthorizationTable.Read().Single(row => row.Route == "GET /api/articles/counts");
        foreach (var (copy, steps) in copies)
        {
            var before = await asked.SendAsync(counts, Sport(counts));
            var id = await ArticleAsync(steps);
            var after = await asked.SendAsync(counts, Sport(counts));
            if (before.Status != 200 || before.Text != after.Text)
            {
                wrong.Add($"{counts.Route} | {copy}: {before}, then {after}");
            }
            foreach (var (row, query) in new[] { (list, "?limit=200"), (due, "?limit=200&within=P30D") })
            {
                var told = await asked.SendAsync(row, Sport(row), query: query);
                if (
                    told.Status != 200
                    || told.Text.Contains($"{id}", StringComparison.Ordinal)
                    || !told.Text.Contains($"{own}", StringComparison.Ordinal)
                )
                {
                    wrong.Add($"{row.Route} | {copy}: {told}");
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_copy_of_another_desk_is_not_taken()
    {
        var wrong = new List<string>();
        foreach (var row in Rows("copy").Where(row => row.Route != "POST /api/import"))
        {
            var id = await ArticleAsync(["sport"]);
            await RefusedAsync(wrong, $"{row.Route} | copy", id, () => asked.SendAsync(row, Sport(row), id, Asked.Copy("world")));
        }
        var import = Rows("copy").Single(row => row.Route == "POST /api/import");
        var line = await asked.SendAsync(
            import,
            Sport(import),
            body: $$"""{"id":"{{Guid.NewGuid()}}","publishedAt":"2026-01-01T00:00:00Z",{{Asked.Copy("world")[1..]}}"""
        );
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Contains("\"rejected\"", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_of_which_the_copy_was_another_desks_is_refused()
    {
        var wrong = new List<string>();
        foreach (var row in Rows("version").Where(row => !row.Path.EndsWith("/history", StringComparison.Ordinal)))
        {
            var id = await ArticleAsync(["world", "sport"]);
            await RefusedAsync(wrong, $"{row.Route} | version", id, () => asked.SendAsync(row, Sport(row), id));
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task An_act_on_all_translations_is_refused_when_one_of_them_is_another_desks_and_none_is_changed()
    {
        var wrong = new List<string>();
        foreach (var row in Rows("translations"))
        {
            var id = await ArticleAsync(["sport", "publish"]);
            var other = Stack.Id(
                await Stack.DraftAsync(
                    new
                    {
                        headline = "Translated",
                        category = "world",
                        language = "az",
                        translationOf = id,
                    }
                )
            );
            await Stack.PublishAsync(other);
            var before = await StateAsync(other);
            await RefusedAsync(wrong, $"{row.Route} | translations", id, () =>
                asked.SendAsync(
                    row,
                    Sport(row),
                    id,
                    """{"reason":"No.","translations":true}""".Replace(
                        "\"reason\":\"No.\",",
                        row.Path.EndsWith("kill", StringComparison.Ordinal) ? "\"reason\":\"No.\"," : "",
                        StringComparison.Ordinal
                    )
                )
            );
            Assert.Equal(before, await StateAsync(other));
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task What_readers_do_not_have_of_another_desk_is_named_by_no_copy_and_what_they_have_by_any()
    {
        var wrong = new List<string>();
        var hidden = await ArticleAsync(["world"]);
        var seen = await ArticleAsync(["world", "publish"]);
        foreach (var row in Rows("names").Where(row => row.Categories.Contains("copy") && row.Route != "POST /api/import"))
        {
            foreach (var (name, body) in Naming(hidden))
            {
                var id = await ArticleAsync(["sport"]);
                await RefusedAsync(wrong, $"{row.Route} | {name}", id, () => asked.SendAsync(row, Sport(row), id, body));
            }
            var linked = await asked.SendAsync(
                row,
                Sport(row),
                await ArticleAsync(["sport"]),
                Asked.Copy("sport", featured: [seen], related: [seen])
            );
            if (linked.Status is not (200 or 201))
            {
                wrong.Add($"{row.Route} | what is public: {linked}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Somebody of all desks has put the link into the working copy; the act would take it to readers, or back into it.</summary>
    [Fact]
    public async Task An_act_that_newly_shows_a_link_to_another_desks_hidden_article_is_refused()
    {
        var wrong = new List<string>();
        var hidden = await ArticleAsync(["world"]);
        foreach (var row in Rows("names").Where(row => !row.Categories.Contains("copy")))
        {
            foreach (var (name, body) in Naming(hidden))
            {
                var id = row.Path[(row.Path.LastIndexOf('/') + 1)..] switch
                {
                    "revert" => await ArticleAsync(body, revised: WithoutLinks(body)),
                    "update" or "correct" => await ArticleAsync(WithoutLinks(body), revised: body, published: true),
                    _ => await ArticleAsync(body),
                };
                await RefusedAsync(wrong, $"{row.Route} | {name}", id, () => asked.SendAsync(row, Sport(row), id));
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_line_of_an_import_that_names_another_desks_hidden_article_is_rejected()
    {
        var hidden = await ArticleAsync(["world"]);
        var import = Rows("names").Single(row => row.Route == "POST /api/import");
        foreach (var (name, body) in Naming(hidden).Append(("nothing", Asked.Copy("sport"))))
        {
            var line = await asked.SendAsync(
                import,
                Sport(import),
                body: $$"""{"id":"{{Guid.NewGuid()}}","publishedAt":"2026-01-01T00:00:00Z",{{body[1..]}}"""
            );
            Assert.Equal((name, name == "nothing" ? "imported" : "rejected"), (name, (string?)JsonNode.Parse(line.Text)!["outcome"]));
        }
    }

    static (string Name, string Body)[] Naming(Guid hidden) =>
        [
            ("translationOf", Asked.Copy("sport", translationOf: hidden)),
            ("featured", Asked.Copy("sport", featured: [hidden])),
            ("related", Asked.Copy("sport", related: [hidden])),
        ];

    static string WithoutLinks(string body)
    {
        var copy = JsonNode.Parse(body)!.AsObject();
        foreach (var link in new[] { "translationOf", "featured", "related" })
        {
            copy.Remove(link);
        }
        return copy.ToJsonString();
    }

    async Task<Guid> ArticleAsync(string body, string? revised = null, bool published = false)
    {
        var id = Stack.Id(await Stack.DraftAsync(JsonNode.Parse(body)!));
        if (published)
        {
            await Stack.PublishAsync(id);
        }
        if (revised is not null)
        {
            await Stack.ReviseAsync(id, JsonNode.Parse(revised)!);
        }
        return id;
    }

    async Task RefusedAsync(List<string> wrong, string what, Guid id, Func<Task<Told>> ask)
    {
        var before = await StateAsync(id);
        var told = await ask();
        if (told.Status != 403 || told.Body?["category"] is null || told.Body["categories"] is not JsonArray)
        {
            wrong.Add($"{what}: {told}");
        }
        else if (await StateAsync(id) != before)
        {
            wrong.Add($"{what}: refused, and changed");
        }
    }

    async Task<string> StateAsync(Guid id) => await Stack.Editor.GetStringAsync(new Uri($"api/articles/{id}", UriKind.Relative));

    /// <param name="steps">A category is a revision by which the working copy is of it.</param>
    async Task<Guid> ArticleAsync(string[] steps)
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Of a desk", steps[0])));
        foreach (var step in steps.Skip(1))
        {
            await (
                step switch
                {
                    "sport" or "world" => Stack.ReviseAsync(id, Stack.Copy("Of another desk", step)),
                    "schedule" => Stack.ActAsync(id, step, new { publishAt = DateTimeOffset.UtcNow.AddDays(9) }),
                    "embargo" => Stack.ActAsync(id, step, new { until = DateTimeOffset.UtcNow.AddDays(9) }),
                    _ => Stack.ActAsync(id, step),
                }
            );
        }
        return id;
    }
}
