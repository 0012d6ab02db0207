using System.Text.Json.Nodes;

namespace NewsPlatform.Publishing;

/// <summary>What the members of this service's own requests and answers usually say.</summary>
static class ApiExamples
{
    /// <summary>By member, or by schema and member. A null stands for what is mostly not there.</summary>
    public static readonly IReadOnlyDictionary<string, JsonNode?> All = new Dictionary<string, JsonNode?>
    {
        ["act"] = "published",
        ["categories"] = new JsonArray("sport"),
        ["changed"] = new JsonArray("headline"),
        ["hasUnpublishedChanges"] = false,
        ["line"] = 7,
        ["markdown"] = null,
        ["member"] = "headline",
        ["note"] = "The hour was wrong.",
        ["publicVersion"] = 3,
        ["publishAt"] = "2030-01-31T06:00:00Z",
        ["translationOf"] = null,
        ["unpublishAt"] = null,
        ["ArticleView.embargoedUntil"] = null,
        ["ArticleView.publishAt"] = null,
        ["ArticleView.reason"] = null,
        ["ImportResult.reason"] = null,
        ["KeyView.state"] = "active",
    };
}
