using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications;

/// <summary>What <c>/openapi/notifications.json</c> says besides what the endpoints say of themselves.</summary>
public static class OpenApi
{
    public const string Name = "notifications";

    public static void AddDocument(this IServiceCollection services) => services.AddOpenApi(Name, document => document
                .Describe(
                    "Notifications",
                    "What is pushed: a bulletin for each change of what readers see.",
                    new Dictionary<string, string>
                    {
                        ["Stream"] = "Live bulletins. Where streams are closed, they take a key, a token or a ticket.",
                        ["Subscriptions"] = "Being told although nobody listens.",
                        ["Trade"] = "What only the trade may know yet.",
                    },
                    ApiExamples.All
                )
                .AddOperationTransformer(ResumesAsync));

    /// <summary>Says of a group of operations, which a channel brings with it, what it is about.</summary>
    public static void AddTag(this IServiceCollection services, string name, string about) =>
        services.Configure<OpenApiOptions>(Name, document => document.AddDocumentTransformer(
                (described, _, _) =>
                {
                    described.Tags!.First(tag => tag.Name == name).Description = about;
                    return Task.CompletedTask;
                }
            ));

    /// <summary>The header that EventSource sends by itself is read beside the parameters that endpoints declare.</summary>
    static Task ResumesAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (context.Description.RelativePath == "api/stream")
        {
            operation.Parameters!.Add(
                new OpenApiParameter
                {
                    Name = "Last-Event-ID",
                    In = ParameterLocation.Header,
                    Example = "4711",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    Description =
                        "The position up to which everything is known, or `earliest`; what came since is sent first "
                        + "(WHATWG HTML, section 9.2.4). Browsers send it by themselves.",
                }
            );
            // Anybody, unless the operator has closed the streams.
            operation.Security = [new() { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }, new()];
        }
        return Task.CompletedTask;
    }
}
