using System.Text;
using AnyAscii;
using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>An address that an article has taken; its key is <c>{language}/{slug}</c>, so that it is unique within a language.</summary>
public sealed record Slug(string Key, Guid ArticleId)
{
    /// <summary>Characters; a longer headline's slug ends at a word.</summary>
    public const int MaxLength = 80;

    /// <summary>A headline of any script in lower-case ASCII words with hyphens between them.</summary>
    public static string Of(string headline)
    {
        var slug = new StringBuilder(MaxLength);
        foreach (var c in headline.Transliterate().ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(c);
            }
            else if (c is not '\'' && slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }
        var text = slug.ToString().TrimEnd('-');
        if (text.Length > MaxLength)
        {
            var end = text.LastIndexOf('-', MaxLength);
            text = text[..(end > MaxLength / 2 ? end : MaxLength)].TrimEnd('-');
        }
        return text.Length > 0 ? text : "story";
    }

    /// <summary>
    /// Takes the address for the article's copy as part of the session's transaction: the one that the editors chose, or else the one
    /// that it has, or else one made of the headline. Addresses that it had before stay its own.
    /// </summary>
    /// <exception cref="ProblemException">422: the chosen one is another article's.</exception>
    public static async Task<string> TakeAsync(IDocumentSession session, Article article, Copy copy, CancellationToken ct)
    {
        var slug = copy.Slug ?? article.Public?.Slug ?? Of(copy.Headline);
        var taken = await session.LoadAsync<Slug>($"{copy.Language}/{slug}", ct);
        if (taken?.ArticleId == article.Id)
        {
            return slug;
        }
        if (taken is not null)
        {
            slug = copy.Slug is null
                ? Distinct(slug, article.Id)
                : throw ProblemException.RuleViolation("slug", "is the address of another article");
        }
        session.Insert(new Slug($"{copy.Language}/{slug}", article.Id));
        return slug;
    }

    /// <summary>The end of an id is random, so a second story of the same headline gets an address that no third one wants.</summary>
    public static string Distinct(string slug, Guid articleId) => $"{slug}-{articleId.ToString("N")[^8..]}";
}
