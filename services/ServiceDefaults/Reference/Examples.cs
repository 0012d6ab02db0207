using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Examples of bodies, made of their schemas and of what the platform's words usually say.</summary>
static class Examples
{
    const int Deepest = 12;
    const string Id = "0198a6b4-3f11-7a60-8a55-5f0c7a9d2e10";
    const string Time = "2026-11-24T09:30:00Z";

    /// <summary>By member, or by schema and member. A null stands for what is mostly not there.</summary>
    static readonly Dictionary<string, JsonNode?> words = new(StringComparer.Ordinal)
    {
        ["act"] = "published",
        ["allowed"] = Of("revise", "publish", "update", "correct", "unpublish", "kill"),
        ["alt"] = "Ships off the harbour",
        ["badges"] = Of("photos"),
        ["body"] = "<p>The harbour opened at six in the morning.</p>",
        ["breaking"] = false,
        ["by"] = "key:sport-desk",
        ["byline"] = null,
        ["bylines"] = Of("A. Writer"),
        ["caption"] = "Waiting ships on Monday",
        ["categories"] = Of("sport"),
        ["category"] = "economy",
        ["changed"] = Of("headline"),
        ["code"] = "economy",
        ["contentType"] = "image/jpeg",
        ["credit"] = "A. Photographer",
        ["dateline"] = "BAKU",
        ["duration"] = null,
        ["editorNote"] = null,
        ["expiresAt"] = "2030-01-31T00:00:00Z",
        ["featured"] = new JsonArray(),
        ["from"] = "Harbour stays shut",
        ["hasUnpublishedChanges"] = false,
        ["headline"] = "Harbour opens after the storm",
        ["height"] = 900,
        ["id"] = Id,
        ["keywords"] = Of("harbour", "storm"),
        ["kind"] = "correction",
        ["language"] = "en",
        ["line"] = 7,
        ["markdown"] = null,
        ["member"] = "headline",
        ["name"] = "sport-desk",
        ["next"] = null,
        ["note"] = "The hour was wrong.",
        ["oldSecretUntil"] = null,
        ["outcome"] = "imported",
        ["pictures"] = null,
        ["overlapSeconds"] = 3600,
        ["previous"] = null,
        ["publicVersion"] = 3,
        ["publishAt"] = "2030-01-31T06:00:00Z",
        ["pubStatus"] = "usable",
        ["reason"] = "It did not take place.",
        ["related"] = new JsonArray(),
        ["renditions"] = null,
        ["rights"] = null,
        ["role"] = "editor",
        ["secret"] = "np_…",
        ["shortHeadline"] = "Harbour open",
        ["slug"] = null,
        ["source"] = null,
        ["state"] = "published",
        ["summary"] = "Ships enter again since the morning.",
        ["text"] = "The hour was wrong.",
        ["ticket"] = "eyJhbGciOiJIUzI1NiJ9.…",
        ["to"] = "Harbour opens after the storm",
        ["translationOf"] = null,
        ["unpublishAt"] = null,
        ["urgency"] = 4,
        ["url"] = "/en/economy/harbour-opens-after-the-storm",
        ["version"] = 3,
        ["width"] = 1600,
        ["reads"] = 1204,
        ["window"] = "24h",
        ["embargoedUntil"] = "2030-01-31T06:00:00Z",
        ["trade"] = null,
        ["translations"] = null,
        ["until"] = "2030-01-31T06:00:00Z",
        ["withdrawn"] = null,
        ["ArticleView.embargoedUntil"] = null,
        ["about"] = "delivery",
        ["disabledBecause"] = null,
        ["failingSince"] = null,
        ["fault"] = null,
        ["messages"] = Of("msg_0198a6b43f117a608a555f0c7a9d2e10_1_4711"),
        ["milliseconds"] = 42,
        ["ratePerSecond"] = null,
        ["status"] = 204,
        ["topics"] = Of("language:en,category:world", "breaking"),
        ["upTo"] = 4711,
        ["verifyBy"] = null,
        ["nextAttemptAt"] = null,
        ["description"] = "The newsroom's archive",
        ["AttemptView.outcome"] = "delivered",
        ["Verification.state"] = "active",
        ["SubscriptionView.kind"] = "webhook",
        ["SubscriptionView.secret"] = "whsec_…",
        ["SubscriptionView.state"] = "pending",
        ["SubscriptionView.trade"] = false,
        ["SubscriptionView.url"] = "https://receiver.example.org/news",
        ["SubscriptionRequestMakeWebhook.kind"] = "webhook",
        ["SubscriptionRequestMakeWebhook.secret"] = null,
        ["SubscriptionRequestMakeWebhook.url"] = "https://receiver.example.org/news",
        ["WebhookRotation.oldSecretUntil"] = "2026-11-25T09:30:00Z",
        ["WebhookRotation.secret"] = "whsec_…",
        ["WebhookRotationRequest.secret"] = null,
        ["ReplayRequest.after"] = 4700,
        ["Replay.after"] = 4700,
        ["ArticleView.publishAt"] = null,
        ["ArticleView.reason"] = null,
        ["ImportResult.reason"] = null,
        ["KeyView.state"] = "active",
        ["MediaItem.url"] = "https://pictures.example.org/harbour.jpg",
    };

    /// <summary>What parameters of the same name mean everywhere.</summary>
    static readonly Dictionary<string, (string Says, JsonNode Example)> parameters = new(StringComparer.Ordinal)
    {
        ["after"] = ("Where the page before this one ended: its `next`.", "MDE5OGE2YjQ"),
        ["before"] = ("Where the page after this one begins: its `previous`.", "MDE5OGE2YjQ"),
        ["category"] = ("Of this category only, by its code.", "economy"),
        ["from"] = ("The earlier version.", 1),
        ["id"] = ("Its id.", Id),
        ["keyword"] = ("With this keyword only.", "harbour"),
        ["language"] = ("The language, a BCP 47 primary language subtag.", "en"),
        ["lastEventId"] = ("The id of the last event that was received, or `earliest`; `Last-Event-ID` goes before it.", "41"),
        ["limit"] = ("How many at most.", 20),
        ["publish"] = ("Makes what is taken in public.", true),
        ["ticket"] = (
            "Of `POST /api/stream/tickets`, where streams are closed and no Authorization header can be sent.",
            "eyJhbGciOiJIUzI1NiJ9.…"
        ),
        ["to"] = ("The later version; the newest when it is not given.", 3),
        ["topic"] = (
            "`language:en`, `category:world`, `keyword:syria`, `article:{id}` or `breaking`; several are OR-ed, a comma inside one is AND.",
            "language:en,category:world"
        ),
        ["window"] = ("The reads of which time count, back from now: `1h`, `24h` or, of the most read, `7d`.", "24h"),
        ["version"] = ("The number of the version.", 3),
        ["zone"] = ("The time zone of a portal page's clock (IANA).", "Asia/Baku"),
    };

    public static void Explain(OpenApiParameter parameter)
    {
        if (parameter.In != ParameterLocation.Header && parameters.TryGetValue(parameter.Name!, out var known))
        {
            parameter.Description ??= known.Says;
            if (known.Example.GetValueKind() == JsonValueKind.Number && parameter.Schema?.Type == JsonSchemaType.String)
            {
                // Taken as a text by handlers that say themselves what is wrong with it.
                parameter.Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Minimum = "1",
                    Maximum = parameter.Schema.Maximum ?? (parameter.Name == "limit" ? "200" : null),
                };
            }
            if (parameter.Schema is not null && Fits(known.Example, parameter.Schema))
            {
                parameter.Example ??= known.Example.DeepClone();
            }
        }
    }

    public static void Add(IEnumerable<OpenApiOperation> operations)
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

    static void Fill(string type, OpenApiMediaType body, bool asked)
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
    static JsonNode? Of(IOpenApiSchema schema, string owner, string name, bool asked, int depth)
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

    static JsonObject Members(IOpenApiSchema schema, string owner, bool asked, int depth)
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

    static bool Fits(JsonNode word, IOpenApiSchema schema) =>
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

    static JsonArray Of(params string[] items) => [.. items.Select(item => (JsonNode)item)];
}
