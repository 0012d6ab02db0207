using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// What a subscriber wants to be told of: <c>language:en</c>, <c>category:world</c>, <c>keyword:syria</c>, <c>article:{id}</c> or
/// <c>breaking</c>. Several are OR-ed, a comma inside one is AND, none at all is everything.
/// </summary>
public sealed class Topics
{
    public const int MaxTopics = 50;

    /// <summary>Characters of one <c>topic=</c>.</summary>
    public const int MaxLength = 300;

    readonly string[][] anyOf;

    /// <summary>Topics that are OR-ed, each of terms that are AND-ed; none for everything.</summary>
    public IReadOnlyList<IReadOnlyList<string>> AnyOf => anyOf;

    Topics(string[][] anyOf) => this.anyOf = anyOf;

    /// <param name="name">Of the parameter or member that has them.</param>
    /// <exception cref="Refusal">400 that says what is wrong with which topic.</exception>
    public static Topics Parse(IReadOnlyList<string?> topics, PortalOptions portal, string name = "topic")
    {
        if (topics.Count > MaxTopics)
        {
            throw Refusal.Unreadable(name, $"may be {MaxTopics} at most");
        }
        return new([.. topics.Select(topic => (topic ?? "").Length <= MaxLength
            ? (topic ?? "").Split(',').Select(part => Normal(part.Trim(), portal, name)).ToArray()
            : throw Refusal.Unreadable(name, $"may have {MaxLength} characters at most"))]);
    }

    /// <summary>The topics that an article is about.</summary>
    public static HashSet<string> Of(LineItem article)
    {
        HashSet<string> topics = [$"language:{article.Language}", $"category:{article.Category}", $"article:{article.Id:D}"];
        topics.UnionWith(article.Keywords.Select(Keyword));
        if (article.Breaking)
        {
            topics.Add("breaking");
        }
        return topics;
    }

    public bool Match(HashSet<string> topics) => anyOf.Length == 0 || Array.Exists(anyOf, all => Array.TrueForAll(all, topics.Contains));

    static string Normal(string topic, PortalOptions portal, string name) => topic.Split(':', 2) switch
    {
        ["breaking"] => topic,
        ["language", var language] when portal.Languages.Contains(language) => topic,
        ["language", _] => throw Refusal.Unreadable(name, $"language: must be one of {string.Join(", ", portal.Languages)}"),
        ["category", var category] when portal.HasCategory(category) => topic,
        ["category", _] => throw Refusal.Unreadable(name, $"category: must be one of {string.Join(", ", portal.CategoryCodes)}"),
        ["keyword", { Length: > 0 } keyword] => Keyword(keyword),
        ["article", var id] when Guid.TryParse(id, out var guid) => $"article:{guid:D}",
        _ => throw Refusal.Unreadable(name, "must be language:…, category:…, keyword:…, article:{id} or breaking"),
    };

    static string Keyword(string keyword) => $"keyword:{keyword.Trim().ToLowerInvariant()}";
}
