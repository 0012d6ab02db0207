using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// A key of some categories acts on articles of those only: on what readers have of them as well as on the working copy. And who was let
/// in acts no longer than it would be let in.
/// </summary>
public static class Scope
{
    /// <exception cref="Refusal">403 that names the category; 401.</exception>
    public static void Check(string category) => Who.Current?.Require(category);

    /// <exception cref="Refusal">403 that names the category.</exception>
    public static Article Check(Article article)
    {
        Check(article.Copy.Category);
        if (article.Public is { } publication)
        {
            Check(publication.Copy.Category);
        }
        return article;
    }

    /// <summary>Before a change and after it.</summary>
    /// <exception cref="Refusal">403 that names the category.</exception>
    public static void Check(Article? before, string category)
    {
        if (before is not null)
        {
            Check(before);
        }
        Check(category);
    }
}
