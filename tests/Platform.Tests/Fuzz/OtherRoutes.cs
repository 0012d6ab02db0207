namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>What the gateway answers besides what the OpenAPI documents describe.</summary>
public static class OtherRoutes
{
    static readonly string[] filters = ["keyword", "author", "breaking", "corrected", "after", "before", "archive"];

    public static IReadOnlyList<Operation> All { get; } =
    [
        Operation.Page("/"),
        Operation.Page("/en", "q", "after", "before"),
        Operation.Page("/az"),
        Operation.Page("/en/all", "after", "before", "keyword", "author", "breaking", "corrected"),
        Operation.Page("/en/world", "after", "before"),
        Operation.Page("/en/search", "q", "after", "category", "author", "keyword", "since"),
        Operation.Page("/en/world/of-the-world", "after"),
        Operation.Page("/en/nothing/at-all"),
        Operation.Page("/not-found"),
        Operation.Page("/odd"),
        Operation.Page("/docs"),
        Operation.Page("/docs/odd"),
        Operation.Get("/rss.xml", filters),
        Operation.Get("/atom.xml", filters),
        Operation.Get("/feed.json", filters),
        Operation.Get("/en/rss.xml", filters),
        Operation.Get("/en/atom.xml", filters),
        Operation.Get("/en/feed.json", filters),
        Operation.Get("/en/world/rss.xml", filters),
        Operation.Get("/en/world/atom.xml", filters),
        Operation.Get("/en/world/feed.json", filters),
        Operation.Get("/sitemap.xml"),
        Operation.Get("/news-sitemap.xml"),
        Operation.Get("/robots.txt"),
        Of("/sitemaps/{file}.xml", "file", "2026-11"),
        Of("/pictures/world/{id}.svg", "id", "0198a6b4-3f11-7a60-8a55-5f0c7a9d2e10"),
        Of("/pictures/{category}/0198a6b4-3f11-7a60-8a55-5f0c7a9d2e10.svg", "category", "world"),
        Operation.Get("/sw.js", "v"),
        Of("/assets/{file}", "file", "site.css"),
        Operation.Get("/openapi/feed.json"),
        Operation.Get("/openapi/publishing.json"),
        Operation.Get("/openapi/odd.json"),
        Of("/{any}", "any", "favicon.ico"),
        Operation.Get("/api"),
        Operation.Get("/api/odd", "q"),
        Operation.Get("/health/ready"),
        Operation.Get("/metrics"),
        Operation.Get("/api/stream/ws", "ticket", "topic"),
        Operation.Get("/api/stream/odd"),
        Operation.Get("/api/push/odd"),
    ];

    static Operation Of(string path, string parameter, string example) =>
        Operation.Get(path) with
        {
            Parameters = [new(parameter, "path", example)],
        };
}
