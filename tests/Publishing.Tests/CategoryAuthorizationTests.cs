using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Publishing with a key of the sport desk, and articles that have a copy of the world desk's in one place each.</summary>
public sealed class Desks(Servers servers) : IAsyncLifetime
{
    const string Own = "sport",
        Others = "world";

    public Stack Stack { get; private set; } = null!;
    public Bearer Sport { get; private set; } = null!;

    /// <summary>By what of it is the world desk's.</summary>
    public Dictionary<string, Guid> Articles { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.StartAsync(servers, null, "Publishing");
        Sport = await Stack.KeyAsync("editor", [Own]);
        Articles["nothing"] = await DraftAsync(Own);
        Articles["working"] = await PublishedAsync(Own);
        await Stack.ReviseAsync(Articles["working"], Copy(Others));
        Articles["public"] = await PublishedAsync(Others);
        await Stack.ReviseAsync(Articles["public"], Copy(Own));
        Articles["withheld"] = await PublishedAsync(Others);
        await Stack.ReviseAsync(Articles["withheld"], Copy(Own));
        await Stack.ActAsync(Articles["withheld"], "unpublish");
        Articles["scheduled"] = await DraftAsync(Others);
        await Stack.ActAsync(Articles["scheduled"], "schedule", new { publishAt = DateTimeOffset.UtcNow.AddDays(1) });
        await Stack.ReviseAsync(Articles["scheduled"], Copy(Own));
        // What the trade was told stays with the article after its embargo was lifted, whatever is scheduled then.
        Articles["embargoed"] = await DraftAsync(Others);
        await Stack.ActAsync(Articles["embargoed"], "embargo", new { until = DateTimeOffset.UtcNow.AddDays(1) });
        await Stack.ActAsync(Articles["embargoed"], "lift");
        await Stack.ReviseAsync(Articles["embargoed"], Copy(Own));
        await Stack.ActAsync(Articles["embargoed"], "schedule", new { publishAt = DateTimeOffset.UtcNow.AddDays(1) });
    }

    public static object Copy(
        string category,
        Guid? translationOf = null,
        Guid[]? featured = null,
        Guid[]? related = null,
        string language = "en"
    ) =>
        new
        {
            headline = $"Of {category} {Guid.NewGuid():N}",
            category,
            language,
            translationOf,
            featured,
            related,
        };

    public async Task<Guid> DraftAsync(string category, Guid? translationOf = null) =>
        Stack.Id(await Stack.DraftAsync(Copy(category, translationOf)));

    public async Task<Guid> PublishedAsync(string category, Guid? translationOf = null) =>
        await Stack.PublishAsync(Copy(category, translationOf));

    public async ValueTask DisposeAsync()
    {
        Sport.Dispose();
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}

/// <summary>A key of some categories, and every copy of every article that an act names or changes.</summary>
public sealed class CategoryAuthorizationTests(Desks desks) : IClassFixture<Desks>
{
    static readonly string[] places = ["working", "public", "withheld", "scheduled", "embargoed"];

    static readonly Dictionary<string, (string Method, string Path, Func<object?> Body)> acts = new()
    {
        ["read"] = ("GET", "", () => null),
        ["revise"] = ("PUT", "", () => Desks.Copy("sport")),
        ["history"] = ("GET", "/history", () => null),
        ["version"] = ("GET", "/versions/1", () => null),
        ["diff"] = ("GET", "/diff?from=1", () => null),
        ["lock"] = ("PUT", "/lock", () => null),
        ["unlock"] = ("DELETE", "/lock", () => null),
        ["submit"] = ("POST", "/submit", () => null),
        ["return"] = ("POST", "/return", () => new { note = "No." }),
        ["revert"] = ("POST", "/revert", () => new { version = 1 }),
        ["schedule"] = ("POST", "/schedule", () => new { publishAt = DateTimeOffset.UtcNow.AddDays(2) }),
        ["unschedule"] = ("POST", "/unschedule", () => null),
        ["embargo"] = ("POST", "/embargo", () => new { until = DateTimeOffset.UtcNow.AddDays(2) }),
        ["lift"] = ("POST", "/lift", () => null),
        ["publish"] = ("POST", "/publish", () => null),
        ["update"] = ("POST", "/update", () => null),
        ["correct"] = ("POST", "/correct", () => new { note = "It was." }),
        ["unpublish"] = ("POST", "/unpublish", () => null),
        ["kill"] = ("POST", "/kill", () => new { reason = "A hoax." }),
    };

    Stack Stack => desks.Stack;

    public static TheoryData<string, string> Table => [.. from act in acts.Keys from place in places select (act, place)];

    public static TheoryData<string> Acts => [.. acts.Keys];

    async Task<(int Status, JsonNode? Body)> SendAsync(string method, string path, object? body)
    {
        using var request = Stack.Write(new(method), path, body is null ? null : JsonContent.Create(body));
        using var answer = await desks.Sport.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    Task<string> StoredAsync(Guid id) => Stack.Editor.GetStringAsync(new Uri($"api/articles/{id}", UriKind.Relative));

    [Theory]
    [MemberData(nameof(Table))]
    public async Task No_act_reaches_an_article_of_which_any_copy_is_another_desk_s(string act, string place)
    {
        var ((method, path, body), id) = (acts[act], desks.Articles[place]);
        var before = await StoredAsync(id);
        var (status, problem) = await SendAsync(method, $"api/articles/{id}{path}", body());
        Assert.Equal(
            (403, "urn:newsplatform:problem:forbidden", "world"),
            (status, (string?)problem!["type"], (string?)problem["category"])
        );
        Assert.Equal(before, await StoredAsync(id));
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task Every_act_reaches_an_article_of_which_every_copy_is_the_desk_s_own(string act)
    {
        var (method, path, body) = acts[act];
        var (status, _) = await SendAsync(method, $"api/articles/{await desks.DraftAsync("sport")}{path}", body());
        Assert.Contains(status, new[] { 200, 204, 409 });
    }

    [Fact]
    public async Task The_lists_the_counts_and_what_is_due_have_the_same_articles_as_can_be_read()
    {
        var listed = new List<Guid>();
        string? next = null;
        do
        {
            var page = (
                await desks.Sport.Client.GetFromJsonAsync<JsonNode>($"api/articles?limit=200{(next is null ? "" : $"&after={next}")}")
            )!;
            listed.AddRange(page["items"]!.AsArray().Select(item => Stack.Id(item!)));
            next = (string?)page["next"];
        } while (next is not null);
        var due = (await desks.Sport.Client.GetFromJsonAsync<JsonNode>("api/articles/due?within=PT48H"))!["items"]!
            .AsArray()
            .Select(item => Stack.Id(item!))
            .ToArray();
        Assert.Equal(["nothing"], desks.Articles.Where(article => listed.Contains(article.Value)).Select(article => article.Key));
        Assert.DoesNotContain(due, id => desks.Articles.ContainsValue(id));
        var counts = (await desks.Sport.Client.GetFromJsonAsync<JsonNode>("api/articles/counts"))!["counts"]!
            .AsObject()
            .Sum(count => (long)count.Value!);
        Assert.InRange(counts, 1, listed.Count + acts.Count);
    }

    [Fact]
    public async Task What_an_older_release_put_on_the_lists_gets_its_categories_at_the_next_start()
    {
        await using var own = await Stack.StartAsync(Stack.Servers, null, "Publishing");
        using var sport = await own.KeyAsync("editor", ["sport"]);
        var id = Stack.Id(await own.DraftAsync(Desks.Copy("world")));
        await own.ActAsync(id, "schedule", new { publishAt = DateTimeOffset.UtcNow.AddDays(1) });
        await own.ReviseAsync(id, Desks.Copy("sport"));
        await own.ExecuteAsync("Publishing", "update mt_doc_desk_item set data = data - 'categories'");
        await own["Publishing"].KillAsync();
        own["Publishing"].Start();
        await own["Publishing"].ReadyAsync();
        await Eventually.Get(
            () => own.QueryAsync("Publishing", "select data ->> 'categories' from mt_doc_desk_item"),
            rows => rows is ["[\"sport\", \"world\"]"],
            "the categories of what is on the list"
        );
        Assert.Empty((await sport.Client.GetFromJsonAsync<JsonNode>("api/articles"))!["items"]!.AsArray());
    }

    [Fact]
    public async Task Of_an_article_that_came_from_another_desk_the_time_there_stays_there()
    {
        var id = await desks.DraftAsync("world");
        await Stack.ActAsync(id, "submit", new { note = "Ask the ministry." });
        await Stack.ReviseAsync(id, Desks.Copy("sport"));
        await Stack.ActAsync(id, "return", new { note = "Ask the club." });
        var entries = (await desks.Sport.Client.GetFromJsonAsync<JsonNode>($"api/articles/{id}/history"))!["items"]!.AsArray();
        Assert.Equal([null, null, null, "Ask the club."], entries.Select(entry => (string?)entry!["note"]));
        Assert.Equal(["drafted", "submitted", "revised", "returned"], entries.Select(entry => (string?)entry!["act"]));
        Assert.Equal(
            (403, 403, 403, 200, 403),
            (
                (await SendAsync("GET", $"api/articles/{id}/versions/1", null)).Status,
                (await SendAsync("GET", $"api/articles/{id}/diff?from=1&to=3", null)).Status,
                (await SendAsync("GET", $"api/articles/{id}/diff?from=3&to=2", null)).Status,
                (await SendAsync("GET", $"api/articles/{id}/diff?from=3", null)).Status,
                (await SendAsync("POST", $"api/articles/{id}/revert", new { version = 2 })).Status
            )
        );
    }

    [Fact]
    public async Task Of_an_article_that_went_to_another_desk_nothing_can_be_read_any_more()
    {
        var id = await desks.DraftAsync("sport");
        await Stack.ReviseAsync(id, Desks.Copy("world"));
        Assert.Equal(
            (403, 403),
            (
                (await SendAsync("GET", $"api/articles/{id}/versions/1", null)).Status,
                (await SendAsync("GET", $"api/articles/{id}/diff?from=1&to=1", null)).Status
            )
        );
    }

    /// <summary>
    /// What may be named: a translation by who may act on all of its story, a featured or related story by who could read it.
    /// </summary>
    public static TheoryData<string, string, int> Names =>
        new()
        {
            { "own draft", "translationOf", 201 },
            { "own draft", "featured", 201 },
            { "own draft", "related", 201 },
            { "own published", "translationOf", 201 },
            { "own published", "featured", 201 },
            { "own published", "related", 201 },
            { "own with another's translation", "translationOf", 403 },
            { "own with another's translation", "featured", 201 },
            { "own with another's translation", "related", 201 },
            { "another's draft", "translationOf", 403 },
            { "another's draft", "featured", 403 },
            { "another's draft", "related", 403 },
            { "another's published", "translationOf", 403 },
            { "another's published", "featured", 201 },
            { "another's published", "related", 201 },
            { "another's withheld", "translationOf", 403 },
            { "another's withheld", "featured", 403 },
            { "another's withheld", "related", 403 },
            { "another's scheduled", "translationOf", 403 },
            { "another's scheduled", "featured", 403 },
            { "another's scheduled", "related", 403 },
            { "none", "translationOf", 422 },
            { "none", "featured", 201 },
            { "none", "related", 201 },
        };

    async Task<Guid> NamedAsync(string which)
    {
        switch (which)
        {
            case "own draft":
                return await desks.DraftAsync("sport");
            case "own published":
                return await desks.PublishedAsync("sport");
            case "own with another's translation":
                var original = await desks.PublishedAsync("sport");
                await desks.DraftAsync("world", original);
                return original;
            case "another's draft":
                return await desks.DraftAsync("world");
            case "another's published":
                return await desks.PublishedAsync("world");
            case "another's withheld":
                return desks.Articles["withheld"];
            case "another's scheduled":
                return desks.Articles["scheduled"];
            default:
                return Guid.NewGuid();
        }
    }

    static object Naming(string member, Guid id) =>
        Desks.Copy(
            "sport",
            member == "translationOf" ? id : null,
            member == "featured" ? [id] : null,
            member == "related" ? [id] : null,
            "az"
        );

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_copy_names_what_its_desk_may(string which, string member, int status)
    {
        var named = await NamedAsync(which);
        var (copy, own) = (Naming(member, named), await desks.DraftAsync("sport"));
        var drafted = await SendAsync("POST", "api/articles", copy);
        var revised = await SendAsync("PUT", $"api/articles/{own}", copy);
        Assert.Equal((status, status == 201 ? 200 : status), (drafted.Status, revised.Status));
        Assert.Equal(status == 201 ? 2 : 1, (int)JsonNode.Parse(await StoredAsync(own))!["version"]!);

        var line = new StringContent(System.Text.Json.JsonSerializer.Serialize(copy) + "\n", Encoding.UTF8, "application/x-ndjson");
        using var imported = await desks.Sport.Client.PostAsync(new Uri("api/import", UriKind.Relative), line);
        var result = JsonNode.Parse(await imported.Content.ReadAsStringAsync())!;
        Assert.Equal(status == 201 ? "imported" : "rejected", (string?)result["outcome"]);

        // What somebody else has drafted so is not made public either; nor scheduled, nor told to the trade.
        var drafts = Stack.Id(await Stack.DraftAsync(copy));
        Assert.All(
            [
                ("schedule", (object?)new { publishAt = DateTimeOffset.UtcNow.AddDays(1) }),
                ("embargo", new { until = DateTimeOffset.UtcNow.AddDays(1) }),
                ("lift", null),
                ("publish", null),
            ],
            act =>
                Assert.Equal(
                    status == 201 || act.Item1 == "lift" ? 200 : status,
                    SendAsync("POST", $"api/articles/{drafts}/{act.Item1}", act.Item2).GetAwaiter().GetResult().Status
                )
        );
        if (status == 201)
        {
            Assert.Equal(200, (await SendAsync("POST", $"api/articles/{drafts}/correct", new { note = "Still so." })).Status);
        }
    }

    [Fact]
    public async Task A_name_that_stands_may_stay_when_what_it_names_goes_to_another_desk()
    {
        var original = await desks.DraftAsync("sport");
        var copy = Naming("translationOf", original);
        var id = Stack.Id((await SendAsync("POST", "api/articles", copy)).Body!);
        Assert.Equal(200, (await SendAsync("POST", $"api/articles/{id}/publish", null)).Status);
        await Stack.ReviseAsync(original, Desks.Copy("world"));
        Assert.Equal(200, (await SendAsync("PUT", $"api/articles/{id}", Naming("translationOf", original))).Status);
        Assert.Equal(200, (await SendAsync("POST", $"api/articles/{id}/correct", new { note = "A slip." })).Status);
    }

    [Fact]
    public async Task An_act_on_all_translations_takes_the_right_to_those_that_it_changes_and_to_no_others()
    {
        var original = await desks.PublishedAsync("sport");
        var draft = await desks.DraftAsync("world", original);
        var own = await desks.PublishedAsync("sport", original);
        var (status, article) = await SendAsync("POST", $"api/articles/{original}/unpublish", new { translations = true });
        Assert.Equal((200, own), (status, (Guid)Assert.Single(article!["translations"]!.AsArray())!["id"]!));

        Assert.Equal(
            403,
            (await SendAsync("POST", $"api/articles/{original}/kill", new { reason = "A hoax.", translations = true })).Status
        );
        Assert.Equal(
            ("unpublished", "draft"),
            ((string?)JsonNode.Parse(await StoredAsync(original))!["state"], (string?)JsonNode.Parse(await StoredAsync(draft))!["state"])
        );
        await Stack.PublishAsync(draft);
        await Stack.PublishAsync(original);
        Assert.Equal(403, (await SendAsync("POST", $"api/articles/{original}/unpublish", new { translations = true })).Status);
    }
}
