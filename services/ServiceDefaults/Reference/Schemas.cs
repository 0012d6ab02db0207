using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>What the schemas of the OpenAPI document cannot know of how the platform reads and writes JSON.</summary>
static class Schemas
{
    public static Task CompleteAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        // Written by a converter of our own (UtcTimes), which hides that they are texts.
        if (Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is { } inner ? inner == typeof(DateTimeOffset) : context.JsonTypeInfo.Type == typeof(DateTimeOffset))
        {
            schema.Type = context.JsonTypeInfo.Type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
        }
        return Task.CompletedTask;
    }

    /// <summary>With all schemas known.</summary>
    public static void Complete(IDictionary<string, IOpenApiSchema> schemas)
    {
        foreach (var (name, schema) in schemas.Where(s => s.Value is OpenApiSchema).Select(s => (s.Key, (OpenApiSchema)s.Value)))
        {
            if (name.EndsWith("Request", StringComparison.Ordinal))
            {
                // What may be null may be left out; what is wanted all the same is a rule (422).
                schema.Required?.ExceptWith(schema.Properties?.Where(p => MayBeNull(p.Value)).Select(p => p.Key) ?? []);
            }
            else
            {
                // What is answered may grow.
                schema.AdditionalPropertiesAllowed = true;
            }
            foreach (var property in schema.Properties?.Values.OfType<OpenApiSchema>() ?? [])
            {
                // Of anything or nothing, nothing would be both.
                if (property.OneOf?.Any(one => one is OpenApiSchemaReference { Reference.Id: Anything }) is true)
                {
                    property.OneOf = null;
                }
            }
        }
        schemas.Remove(Anything);
    }

    public static bool MayBeNull(IOpenApiSchema schema) =>
        schema.Type?.HasFlag(JsonSchemaType.Null) is true || (schema.OneOf ?? schema.AnyOf)?.Any(one => one.Type == JsonSchemaType.Null) is true;

    const string Anything = "JsonNode";
}
