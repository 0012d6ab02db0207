using System.Text.Json.Nodes;

namespace NewsPlatform.Feed;

/// <summary>What the members of this service's own requests and answers usually say.</summary>
static class ApiExamples
{
    /// <summary>By member, or by schema and member. A null stands for what is mostly not there.</summary>
    public static readonly IReadOnlyDictionary<string, JsonNode?> All = new Dictionary<string, JsonNode?>
    {
        ["code"] = "economy",
        ["previous"] = null,
        ["reads"] = 1204,
        ["window"] = "24h",
    };
}
