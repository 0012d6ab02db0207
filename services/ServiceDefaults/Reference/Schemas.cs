using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>What the schemas of the OpenAPI document cannot know of how the platform reads and writes JSON.</summary>
static class Schemas
{
    public static Task CompleteAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        // Written by a converter of our own (UtcTimes), which hides that they are texts.
        if (
            Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is { } inner
                ? inner == typeof(DateTimeOffset)
                : context.JsonTypeInfo.Type == typeof(DateTimeOffset)
        )
        {
            schema.Type =
                context.JsonTypeInfo.Type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
        }
        return Task.CompletedTask;
    }

    /// <summary>With all schemas known.</summary>
    public static void Complete(IDictionary<string, IOpenApiSchema> schemas)
    {
        foreach (
            var (name, schema) in schemas
                .Where(s => s.Value is OpenApiSchema { AnyOf.Count: > 0 })
                .Select(s => (s.Key, (OpenApiSchema)s.Value))
                .ToArray()
        )
        {
            Choose(schemas, name, schema);
        }
        foreach (var (name, schema) in schemas.Where(s => s.Value is OpenApiSchema).Select(s => (s.Key, (OpenApiSchema)s.Value)))
        {
            if (name.Contains("Request", StringComparison.Ordinal))
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

    /// <summary>One of several kinds, which a member tells apart; the type that they derive from is none of them.</summary>
    static void Choose(IDictionary<string, IOpenApiSchema> schemas, string name, OpenApiSchema schema)
    {
        var kinds = schema.AnyOf!.OfType<OpenApiSchemaReference>().Where(kind => kind.Reference.Id != $"{name}Base").ToArray();
        var mapping = new Dictionary<string, OpenApiSchemaReference>();
        string? member = null;
        foreach (var kind in kinds)
        {
            if (
                !schemas.TryGetValue(kind.Reference.Id!, out var found)
                || found is not OpenApiSchema { Properties: { } properties } one
                || properties.FirstOrDefault(p => p.Value.Enum is [_]) is not { Key: { } key, Value.Enum: [{ } word] }
            )
            {
                return;
            }
            (member, one.Type) = (key, JsonSchemaType.Object);
            mapping[word.GetValue<string>()] = kind;
        }
        if (member is not null)
        {
            schemas.Remove($"{name}Base");
            (schema.AnyOf, schema.OneOf, schema.Type) = (null, [.. kinds], null);
            schema.Discriminator = new() { PropertyName = member, Mapping = mapping };
        }
    }

    public static bool MayBeNull(IOpenApiSchema schema) =>
        schema.Type?.HasFlag(JsonSchemaType.Null) is true
        || (schema.OneOf ?? schema.AnyOf)?.Any(one => one.Type == JsonSchemaType.Null) is true;

    const string Anything = "JsonNode";
}
