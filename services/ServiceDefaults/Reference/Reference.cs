using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// A service's OpenAPI 3.1 document at <c>/openapi/{service}.json</c>. What an endpoint does not say of itself is added by rule: the
/// refusals that its metadata makes possible, header fields, examples. A new endpoint needs a summary and the types that it returns.
/// </summary>
public static class Reference
{
    /// <param name="title">Such as <c>Publishing</c>.</param>
    /// <param name="about">What one does with the service, in a sentence.</param>
    /// <param name="tags">What the endpoints' tags mean.</param>
    /// <param name="examples">What members usually say, by member, or by schema and member.</param>
    public static OpenApiOptions Describe(
        this OpenApiOptions options,
        string title,
        string about,
        IReadOnlyDictionary<string, string> tags,
        IReadOnlyDictionary<string, JsonNode?> examples
    )
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description =>
            description.RelativePath is "hub" || description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) is true;
        options.AddSchemaTransformer(Schemas.CompleteAsync);
        options.AddOperationTransformer(Operations.CompleteAsync);
        options.AddDocumentTransformer(
            (document, context, _) =>
            {
                document.Info = new()
                {
                    Title = $"NewsPlatform {title}",
                    Version = "1",
                    Description = about,
                    License = new() { Name = "MIT", Url = new("https://opensource.org/license/mit") },
                };
                document.Servers =
                [
                    new()
                    {
                        Url = context.ApplicationServices.GetRequiredService<PortalOptions>().PublicUrl.TrimEnd('/'),
                        Description = "The portal",
                    },
                ];
                Documents.Complete(document, tags, examples);
                return Task.CompletedTask;
            }
        );
        return options;
    }

    /// <summary>The same bytes to everybody, made at the first request.</summary>
    public static void MapReference(this IEndpointRouteBuilder app, string service)
    {
        var made = new Lazy<Task<(byte[] Bytes, EntityTagHeaderValue ETag)>>(() => MakeAsync(app.ServiceProvider, service));
        app.MapMethods($"/openapi/{service}.json", ["GET", "HEAD"], async () =>
            {
                var (bytes, etag) = await made.Value;
                return TypedResults.Bytes(bytes, "application/json; charset=utf-8", entityTag: etag);
            })
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    static async Task<(byte[], EntityTagHeaderValue)> MakeAsync(IServiceProvider services, string name)
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(name).GetOpenApiDocumentAsync();
        using var written = new MemoryStream();
        await document.SerializeAsJsonAsync(written, OpenApiSpecVersion.OpenApi3_1);
        var bytes = written.ToArray();
        return (bytes, new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..24]}\""));
    }
}
