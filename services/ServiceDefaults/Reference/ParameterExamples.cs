using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Examples and descriptions of parameters that mean the same wherever they are taken.</summary>
static class ParameterExamples
{
    /// <summary>What parameters of the same name mean everywhere.</summary>
    static readonly Dictionary<string, (string Says, JsonNode Example)> parameters = new(StringComparer.Ordinal)
    {
        ["after"] = ("Where the page before this one ended: its `next`.", "MDE5OGE2YjQ"),
        ["before"] = ("Where the page after this one begins: its `previous`.", "MDE5OGE2YjQ"),
        ["category"] = ("Of this category only, by its code.", "economy"),
        ["from"] = ("The earlier version.", 1),
        ["id"] = ("Its id.", Examples.Id),
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
            if (parameter.Schema is not null && Examples.Fits(known.Example, parameter.Schema))
            {
                parameter.Example ??= known.Example.DeepClone();
            }
        }
    }
}
