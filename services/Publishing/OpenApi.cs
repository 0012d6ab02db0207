using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing;

/// <summary>What <c>/openapi/publishing.json</c> says besides what the endpoints say of themselves.</summary>
public static class OpenApi
{
    public const string Name = "publishing";

    public static void AddDocument(this IServiceCollection services) => services.AddOpenApi(Name, document => document
                .Describe(
                    "Publishing",
                    "Where the newsroom works: articles, from the draft to the last correction; imports; keys.",
                    new Dictionary<string, string>
                    {
                        ["Articles"] = "Articles and the acts of their life.",
                        ["Import"] = "Archives and wires.",
                        ["Keys"] = "Platform keys: who may do what.",
                        ["Operations"] = "For who keeps the platform running.",
                    },
                    ApiExamples.All
                )
                .AddOperationTransformer(IdempotencyKey.DescribeAsync));
}
