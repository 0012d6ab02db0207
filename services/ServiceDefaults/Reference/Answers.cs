using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>The refusals (RFC 9457) as shared answers of the OpenAPI document, each with an example.</summary>
static class Answers
{
    public const string Problem = "Problem";

    /// <param name="Name">In the document's components.</param>
    /// <param name="Code">Ends the problem's <c>type</c>.</param>
    sealed record Answer(
        string Name,
        string Code,
        string Says,
        string Detail,
        JsonObject? Members = null,
        (string Name, string Says, string Example)? Header = null
    );

    static readonly Dictionary<int, Answer> all = new()
    {
        [400] = new(
            "Unreadable",
            "unreadable",
            "It cannot be read: malformed, of the wrong type, or with a member or parameter that is unknown.",
            "limit: must be from 1 to 200",
            Errors("limit", "must be from 1 to 200")
        ),
        [401] = new(
            "Unauthenticated",
            "unauthenticated",
            "It takes a key or a token that is good.",
            "A key or a token is needed.",
            Header: ("WWW-Authenticate", "RFC 6750, section 3.", "Bearer")
        ),
        [403] = new(
            "Forbidden",
            "forbidden",
            "The role or the categories of who asks do not reach so far.",
            "key:culture-desk may not act on the category sport, only on culture."
        ),
        [404] = new("NotFound", "not-found", "There is none, or none for who asks.", "There is no such article."),
        [409] = new(
            "StateForbids",
            "state-forbids",
            "The state forbids it; `allowed` says what it allows.",
            "An article that is draft cannot be acted on by correct; it can by revise, submit, schedule, publish, kill.",
            new() { ["state"] = "draft", ["allowed"] = new JsonArray("revise", "submit", "schedule", "publish", "kill") }
        ),
        [410] = new(
            "Withdrawn",
            "withdrawn",
            "It was withdrawn for good; `reason` says why.",
            "The story was withdrawn for good.",
            new() { ["reason"] = "It did not take place." }
        ),
        [412] = new(
            "Stale",
            "version-stale",
            "Somebody else changed it in between (RFC 9110, section 13.1.1).",
            "The article is at version 4 by now; read it again and repeat your change on it.",
            new() { ["currentVersion"] = 4 },
            ("ETag", "The version by now.", "\"4\"")
        ),
        [413] = new("TooLarge", "too-large", "The body is longer than the service takes.", "The body is longer than this service takes."),
        [415] = new(
            "MediaTypeUnsupported",
            "media-type-unsupported",
            "The body is of a media type that is not taken here.",
            "The body must be application/json."
        ),
        [422] = new(
            "RuleBroken",
            "rule-broken",
            "It can be read and breaks a rule; `errors` says which, by member.",
            "The request breaks a rule: headline: is required",
            Errors("headline", "is required")
        ),
        [423] = new(
            "Locked",
            "locked",
            "Somebody else has it locked (RFC 4918, section 11.3).",
            "key:sport-desk works on the article until 2026-11-24T09:35:00Z.",
            new() { ["holder"] = "key:sport-desk", ["until"] = "2026-11-24T09:35:00Z" }
        ),
        [428] = new(
            "PreconditionRequired",
            "precondition-required",
            "It must say which version it changes (RFC 6585, section 3).",
            "Say which version you change: If-Match with the ETag you read, or * for any."
        ),
        [429] = new(
            "TooManyRequests",
            "too-many-requests",
            "There were too many requests; come back later.",
            "There were too many requests.",
            Header: ("Retry-After", "Seconds.", "5")
        ),
        [503] = new(
            "Unavailable",
            "unavailable",
            "Something that the service needs is away; come back later.",
            "The store does not answer. Try again shortly.",
            Header: ("Retry-After", "Seconds.", "2")
        ),
    };

    public static void Add(OpenApiOperation operation, OpenApiDocument document, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            operation.Responses![$"{status}"] = new OpenApiResponseReference(all[status].Name, document);
        }
    }

    /// <summary>An endpoint's own word that it refuses by a status becomes the shared answer, where there is one.</summary>
    public static void Replace(OpenApiOperation operation, OpenApiDocument document)
    {
        foreach (var (status, answer) in operation.Responses!.ToArray())
        {
            if (!int.TryParse(status, out var code) || code < 400 || answer is OpenApiResponseReference)
            {
                continue;
            }
            operation.Responses![status] = all.TryGetValue(code, out var known)
                ? new OpenApiResponseReference(known.Name, document)
                : new OpenApiResponse
                {
                    Description = answer.Description,
                    Content = Content(
                        document,
                        new()
                        {
                            ["type"] = Problems.Type("refused"),
                            ["status"] = code,
                            ["detail"] = answer.Description,
                        }
                    ),
                };
        }
        var sorted = operation.Responses!.OrderBy(r => r.Key, StringComparer.Ordinal).ToArray();
        operation.Responses!.Clear();
        foreach (var (status, answer) in sorted)
        {
            operation.Responses![status] = answer;
        }
    }

    /// <summary>Those that an operation refers to.</summary>
    public static void Define(OpenApiDocument document, IReadOnlySet<string> used)
    {
        document.Components!.Responses = all.Where(answer => used.Contains(answer.Value.Name))
            .ToDictionary(answer => answer.Value.Name, IOpenApiResponse (answer) => Of(document, answer.Key, answer.Value));
        document.Components.Schemas!.Remove("ProblemDetails");
        document.Components.Schemas.Remove("HttpValidationProblemDetails");
        document.Components.Schemas[Problem] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Problem details (RFC 9457). Rely on `type`; the texts are for people.",
            Required = new HashSet<string> { "type", "status" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Description = "`urn:newsplatform:problem:` and a stable code.",
                },
                ["title"] = Text("The status in words."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = Text("What is wrong, for people."),
                ["instance"] = Text("The path that was asked for."),
                ["state"] = Text("Of what was to be changed (409)."),
                ["allowed"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema { Type = JsonSchemaType.String },
                    Description = "The acts that the state allows (409).",
                },
                ["currentVersion"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The version by now (412)." },
                ["holder"] = Text("Who has it locked (423)."),
                ["until"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Format = "date-time",
                    Description = "Until when (423).",
                },
                ["reason"] = Text("Why it was withdrawn (410)."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "By member, parameter or header, what is wrong with it.",
                    AdditionalProperties = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        Items = new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                },
            },
        };
    }

    public static OpenApiHeader Header(string says, string example) =>
        new()
        {
            Description = says,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = example,
        };

    static OpenApiResponse Of(OpenApiDocument document, int status, Answer answer)
    {
        var example = new JsonObject
        {
            ["type"] = Problems.Type(answer.Code),
            ["status"] = status,
            ["detail"] = answer.Detail,
        };
        foreach (var (member, value) in answer.Members ?? [])
        {
            example[member] = value?.DeepClone();
        }
        return new OpenApiResponse
        {
            Description = answer.Says,
            Headers = answer.Header is var (name, says, sample)
                ? new Dictionary<string, IOpenApiHeader> { [name] = Header(says, sample) }
                : null,
            Content = Content(document, example),
        };
    }

    static Dictionary<string, OpenApiMediaType> Content(OpenApiDocument document, JsonObject example) =>
        new()
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document), Example = example },
        };

    static JsonObject Errors(string member, string fault) => new() { ["errors"] = new JsonObject { [member] = new JsonArray(fault) } };

    static OpenApiSchema Text(string says) => new() { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = says };
}
