using System.Text.Json.Nodes;

namespace NewsPlatform.ServiceDefaults;

/// <summary>What the members of the contracts, and those that several services have, usually say.</summary>
static class WordExamples
{
    /// <summary>By member, or by schema and member. A null stands for what is mostly not there.</summary>
    public static readonly IReadOnlyDictionary<string, JsonNode?> All = new Dictionary<string, JsonNode?>(StringComparer.Ordinal)
    {
        ["allowed"] = List("revise", "publish", "update", "correct", "unpublish", "kill"),
        ["alt"] = "Ships off the harbour",
        ["badges"] = List("photos"),
        ["body"] = "<p>The harbour opened at six in the morning.</p>",
        ["breaking"] = false,
        ["by"] = "key:sport-desk",
        ["byline"] = null,
        ["bylines"] = List("A. Writer"),
        ["caption"] = "Waiting ships on Monday",
        ["category"] = "economy",
        ["contentType"] = "image/jpeg",
        ["credit"] = "A. Photographer",
        ["dateline"] = "BAKU",
        ["duration"] = null,
        ["editorNote"] = null,
        ["expiresAt"] = "2030-01-31T00:00:00Z",
        ["featured"] = new JsonArray(),
        ["from"] = "Harbour stays shut",
        ["headline"] = "Harbour opens after the storm",
        ["height"] = 900,
        ["id"] = Examples.Id,
        ["keywords"] = List("harbour", "storm"),
        ["kind"] = "correction",
        ["language"] = "en",
        ["name"] = "sport-desk",
        ["next"] = null,
        ["oldSecretUntil"] = null,
        ["outcome"] = "imported",
        ["pictures"] = null,
        ["overlapSeconds"] = 3600,
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
        ["to"] = "Harbour opens after the storm",
        ["urgency"] = 4,
        ["url"] = "/en/economy/harbour-opens-after-the-storm",
        ["version"] = 3,
        ["width"] = 1600,
        ["embargoedUntil"] = "2030-01-31T06:00:00Z",
        ["trade"] = null,
        ["translations"] = null,
        ["until"] = "2030-01-31T06:00:00Z",
        ["status"] = 204,
        ["MediaItem.url"] = "https://pictures.example.org/harbour.jpg",
    };

    static JsonArray List(params string[] items) => [.. items.Select(item => (JsonNode)item)];
}
