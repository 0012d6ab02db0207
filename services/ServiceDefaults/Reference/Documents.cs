using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Completes an OpenAPI document when all of its operations are there.</summary>
static class Documents
{
    public static void Complete(
        OpenApiDocument document,
        IReadOnlyDictionary<string, string> tags,
        IReadOnlyDictionary<string, JsonNode?> examples
    )
    {
        document.Components ??= new();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        // HEAD answers as GET does, without the body.
        foreach (var path in document.Paths.Values)
        {
            path.Operations?.Remove(HttpMethod.Head);
        }
        var operations = document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(o => o.Value).ToArray();
        Unmistakable(operations);
        Answers.Define(
            document,
            operations.SelectMany(o => o.Responses!.Values).OfType<OpenApiResponseReference>().Select(r => r.Reference.Id!).ToHashSet()
        );
        if (operations.Any(o => o.Security is [{ Count: > 0 }, ..]))
        {
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Operations.Bearer] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description =
                        "A platform key (`np_…`) or, where an OpenID Connect issuer is configured, its JWT (RFC 6750, section 2.1).",
                },
            };
        }
        document.Tags = operations
            .SelectMany(o => o.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(tag => tag.Reference.Id!)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(tag => new OpenApiTag { Name = tag, Description = tags.GetValueOrDefault(tag, tag) })
            .ToHashSet();
        Schemas.Complete(document.Components.Schemas);
        new Examples(examples).Add(operations);
    }

    /// <summary>Two endpoints whose handlers have one name get the number of each behind it.</summary>
    static void Unmistakable(IEnumerable<OpenApiOperation> operations)
    {
        foreach (var same in operations.GroupBy(o => o.OperationId).Where(same => same.Count() > 1))
        {
            foreach (var (index, operation) in same.Index().Skip(1))
            {
                operation.OperationId += index + 1;
            }
        }
    }
}
