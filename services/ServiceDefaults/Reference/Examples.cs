using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Examples of bodies, made of their schemas and of what the platform's words usually say.</summary>
/// <param name="own">The service's own words, by member, or by schema and member; they go before <see cref="WordExamples"/>.</param>
sealed class Examples(IReadOnlyDictionary<string, JsonNode?> own)
{
    const int Deepest = 12;
    public const string Id = "0198a6b4-3f11-7a60-8a55-5f0c7a9d2e10";
    const string Time = "2026-11-24T09:30:00Z";

    readonly Dictionary<string, JsonNode?> words = WordExamples
        .All.Concat(own)
        .GroupBy(word => word.Key)
        .ToDictionary(same => same.Key, same => same.Last().Value);

    public void Add(IEnumerable<OpenApiOperation> operations)
    {
        foreach (var operation in operations)
        {
            foreach (var (type, body) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                Fill(type, body, asked: true);
            }
            foreach (
                var (type, body) in operation
                    .Responses!.Values.OfType<OpenApiResponse>()
                    .SelectMany(r => r.Content ?? new Dictionary<string, OpenApiMediaType>())
            )
            {
                Fill(type, body, asked: false);
            }
        }
    }

    void Fill(string type, OpenApiMediaType body, bool asked)
    {
        if (
            body.Example is null
            && body.Examples is null
            && body.Schema is not null
            && type.EndsWith("json", StringComparison.Ordinal)
            && body.Schema.Type != JsonSchemaType.String
        )
        {
            body.Example = Of(body.Schema, "", "", asked, Deepest);
        }
    }

    /// <param name="asked">Of a request, in which nothing need stand that is mostly not there.</param>
    JsonNode? Of(IOpenApiSchema schema, string owner, string name, bool asked, int depth)
    {
        var known = words.TryGetValue($"{owner}.{name}", out var word) || words.TryGetValue(name, out word);
        if (known && (word is null ? Schemas.MayBeNull(schema) : Fits(word, schema)))
        {
            return word?.DeepClone();
        }
        if (schema is OpenApiSchemaReference reference)
        {
            return reference.Target is { } target ? Of(target, reference.Reference.Id!, name, asked, depth) : null;
        }
        if ((schema.OneOf ?? schema.AnyOf) is { Count: > 0 } some)
        {
            return depth == 0 && Schemas.MayBeNull(schema)
                ? null
                : Of(some.First(s => s.Type != JsonSchemaType.Null), owner, name, asked, depth);
        }
        if (schema.Enum is [{ } first, ..])
        {
            return first.DeepClone();
        }
        var type = schema.Type ?? JsonSchemaType.Null;
        return type.HasFlag(JsonSchemaType.Object) ? Members(schema, owner, asked, depth)
            : type.HasFlag(JsonSchemaType.Array)
                ? schema.Items is null || depth == 0 || schema.Items is OpenApiSchemaReference { Reference.Id: { } again } && again == owner
                        ? new JsonArray()
                    : new JsonArray(Of(schema.Items, owner, "", asked, depth - 1))
            : type.HasFlag(JsonSchemaType.Boolean) ? true
            : type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number) ? JsonNode.Parse(schema.Minimum ?? "1")
            : type.HasFlag(JsonSchemaType.String) ? Text(schema.Format)
            : null;
    }

    JsonObject Members(IOpenApiSchema schema, string owner, bool asked, int depth)
    {
        var members = new JsonObject();
        foreach (
            var (name, inner) in depth > 0 && schema.Properties is { } properties ? properties : new Dictionary<string, IOpenApiSchema>()
        )
        {
            var value = Of(inner, owner, name, asked, depth - 1);
            if (value is not null || !asked || schema.Required?.Contains(name) is true)
            {
                members[name] = value;
            }
        }
        if (schema.Properties is null or { Count: 0 } && schema.AdditionalProperties is { } values && depth > 0)
        {
            members["en"] = Of(values, owner, "", asked, depth - 1);
        }
        return members;
    }

    static string Text(string? format) =>
        format switch
        {
            "uuid" => Id,
            "date-time" => Time,
            "uri" => "https://news.example.org/",
            _ => "text",
        };

    public static bool Fits(JsonNode word, IOpenApiSchema schema) =>
        schema.Enum is not { Count: > 0 } choice
            ? schema.Type is { } type
                && word.GetValueKind() switch
                {
                    JsonValueKind.String => type.HasFlag(JsonSchemaType.String),
                    JsonValueKind.Number => type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number),
                    JsonValueKind.True or JsonValueKind.False => type.HasFlag(JsonSchemaType.Boolean),
                    JsonValueKind.Array => type.HasFlag(JsonSchemaType.Array)
                        && (((JsonArray)word).Count == 0 || schema.Items is { } items && Fits(((JsonArray)word)[0]!, items)),
                    _ => false,
                }
            : choice.Any(one => JsonNode.DeepEquals(one, word));
}
