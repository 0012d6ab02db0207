using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed;

/// <summary>What <c>/openapi/feed.json</c> says besides what the endpoints say of themselves.</summary>
public static class OpenApi
{
    public const string Name = "feed";

    public static void AddDocument(this IServiceCollection services) =>
        services.AddOpenApi(Name, document =>
            document.Describe(
                "Feed",
                "What is read: news lines, stories and categories.",
                new Dictionary<string, string> { ["News"] = "Published stories.", ["Feeds"] = "The same for readers' software." },
                ApiExamples.All
            )
        );
}
