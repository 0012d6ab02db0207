using Microsoft.AspNetCore.WebUtilities;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>A feed of the portal's, filtered or not, that can be subscribed to.</summary>
/// <param name="Path">With its query, relative to the portal's root.</param>
/// <param name="Language">Null for a feed of all languages.</param>
/// <param name="Category">Null for a feed of all categories.</param>
/// <param name="Opaque">It is filtered by what no bulletin says, such as the author: only the feed itself tells what belongs to it.</param>
public sealed record FeedTopic(string Path, string? Language, string? Category, string? Keyword, bool Breaking, bool Opaque)
{
    static readonly string[] names = [.. FeedFormat.All.Select(format => format.FileName)];

    /// <summary>Filters that are <c>true</c>, or are left out.</summary>
    static readonly string[] flags = ["breaking", "corrected"];

    /// <summary>What feeds are filtered by; their older pages do not change and cannot be subscribed to.</summary>
    static readonly string[] filters = ["keyword", "author", .. flags];

    /// <summary>
    /// Of every story of the language: one that moves to another category, or loses a keyword, changes the feed that it leaves although it
    /// is about that no more. The content is distributed when it has changed.
    /// </summary>
    public IReadOnlyList<string> Topics => Language is null ? [] : [$"language:{Language}"];

    public bool IsJson => Path.Split('?')[0].EndsWith(".json", StringComparison.Ordinal);

    /// <returns>Null for what is no feed of the portal's.</returns>
    public static FeedTopic? Parse(string address, PortalOptions portal)
    {
        var root = portal.PublicUrl.TrimEnd('/') + "/";
        if (!address.StartsWith(root, StringComparison.Ordinal) || address.Contains('#', StringComparison.Ordinal))
        {
            return null;
        }
        var path = address[(root.Length - 1)..];
        var query = path.Split('?', 2) is [_, var text] ? text : "";
        var filter = QueryHelpers.ParseQuery(query);
        if (filter.Any(f => !filters.Contains(f.Key) || f.Value is not [{ Length: > 0 } value] || flags.Contains(f.Key) && value != "true"))
        {
            return null;
        }
        return path.Split('?')[0].Split('/')[1..] switch
        {
            [var name] when names.Contains(name) => Of(null, null),
            [var language, var name] when names.Contains(name) && portal.Languages.Contains(language) => Of(language, null),
            [var language, var category, var name]
                when names.Contains(name) && portal.Languages.Contains(language) && portal.HasCategory(category) => Of(language, category),
            _ => null,
        };

        FeedTopic Of(string? language, string? category) =>
            new(
                path,
                language,
                category,
                filter.GetValueOrDefault("keyword").FirstOrDefault(),
                filter.ContainsKey("breaking"),
                filter.ContainsKey("author") || filter.ContainsKey("corrected")
            );
    }

    /// <summary>Whether the story stands in the feed then, as far as it is new enough; null where only the feed itself tells.</summary>
    public bool? Has(Bulletin bulletin) =>
        bulletin.Kind == BulletinKind.Withdrawn || !IsAbout(bulletin.Article) ? false
        : Opaque ? null
        : true;

    public bool IsAbout(LineItem article) =>
        (Language is null || article.Language == Language)
        && (Category is null || article.Category == Category)
        && (Keyword is null || article.Keywords.Any(keyword => Folding.Of(keyword) == Folding.Of(Keyword)))
        && (!Breaking || article.Breaking);
}
