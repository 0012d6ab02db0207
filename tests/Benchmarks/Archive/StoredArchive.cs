using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Benchmarks.Archive;

/// <summary>
/// Stories of twenty years, put into the databases of Publishing and Feed as the services store them: by the front door a million would
/// take most of an hour. They follow the model of one story that does come by it.
/// </summary>
static class StoredArchive
{
    static readonly string folder = Path.Combine(Repository.Root, "tests", "Benchmarks", "Archive");

    /// <summary>Adds as many as are missing.</summary>
    public static async Task GrowToAsync(Bench bench, int stories)
    {
        var known = await bench.SqlAsync("feed", "select to_regclass('bench.size')");
        if (known.Trim().Length == 0)
        {
            await bench.SqlAsync("feed", "create schema if not exists bench; create table bench.size (stories int, model uuid)");
            await bench.SqlAsync("feed", $"insert into bench.size values (0, '{await ModelAsync(bench)}')");
        }
        var size = (await bench.SqlAsync("feed", "select stories, model from bench.size")).Trim().Split('|');
        var first = int.Parse(size[0], CultureInfo.InvariantCulture) + 1;
        if (first > stories)
        {
            return;
        }
        string[] variables = [$"first={first}", $"last={stories}", $"all={stories}", $"model={size[1]}"];
        await Task.WhenAll(
            new[] { "feed", "publishing" }.Select(database =>
                bench.RunSqlAsync(database, variables, Path.Combine(folder, "shared.sql"), Path.Combine(folder, $"{database}.sql"))
            )
        );
        await bench.SqlAsync("feed", $"update bench.size set stories = {stories}");
    }

    /// <summary>Addresses of pages of the archive, from all of its years.</summary>
    public static async Task<string[]> PagesAsync(Bench bench, int count) =>
        (
            await bench.SqlAsync(
                "feed",
                $"""
                select data -> 'item' ->> 'url' from generate_series(1, {count}) wanted, bench.size, lateral (
                    select md5('story ' || 1 + floor(random() * stories + 0 * wanted))::uuid as id) drawn
                    join mt_doc_story using (id)
                """
            )
        ).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static async Task<Guid> ModelAsync(Bench bench)
    {
        using var drafted = await bench.Editor.Client.PostAsJsonAsync(
            "api/articles",
            new
            {
                headline = "The model of an archive",
                summary = "What it says does not matter.",
                body = "<p>It is in the form in which stories are stored.</p>",
                category = "general",
                language = "en",
                keywords = new[] { "model" },
            }
        );
        drafted.EnsureSuccessStatusCode();
        var id = (Guid)(await drafted.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
        await bench.Editor.PublishAsync(id);
        await bench.OnTheLineAsync(id);
        return id;
    }
}
