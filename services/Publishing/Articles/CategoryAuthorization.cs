using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// A key of some categories acts on articles of those only, whichever copy of an article it is that has another one; see
/// <see cref="ArticleLinks"/> for those that a copy names. And who was let in acts no longer than it would be let in.
/// </summary>
public static class CategoryAuthorization
{
    /// <summary>Every category that an article is of. Whatever asks whose an article is goes by this and by nothing else.</summary>
    public static IReadOnlyList<string> Categories(Article article) =>
        [.. article.Copies.OfType<Copy>().Select(copy => copy.Category).Distinct().Order(StringComparer.Ordinal)];

    /// <exception cref="ProblemException">403 that names the category; 401.</exception>
    public static void Check(string category) => Caller.Current?.Require(category);

    /// <exception cref="ProblemException">403 that names the category; 401.</exception>
    public static void Check(IEnumerable<string> categories)
    {
        foreach (var category in categories)
        {
            Check(category);
        }
    }

    /// <exception cref="ProblemException">403 that names the category; 401.</exception>
    public static Article Check(Article article)
    {
        Check(Categories(article));
        return article;
    }

    /// <summary>Whether <see cref="Check(Article)"/> would let it pass, for what is left out and not refused.</summary>
    public static bool Reaches(Article article) =>
        Caller.Current is not { Categories: { Count: > 0 } its } || Categories(article).All(its.Contains);
}
