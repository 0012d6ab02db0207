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
    public static void Check(Caller caller, string category) => caller.Require(category);

    /// <exception cref="ProblemException">403 that names the category; 401.</exception>
    public static void Check(Caller caller, IEnumerable<string> categories)
    {
        foreach (var category in categories)
        {
            caller.Require(category);
        }
    }

    /// <exception cref="ProblemException">403 that names the category; 401.</exception>
    public static Article Check(Caller caller, Article article)
    {
        Check(caller, Categories(article));
        return article;
    }

    /// <summary>Whether <see cref="Check(Caller, Article)"/> would let it pass, for what is left out and not refused.</summary>
    public static bool Reaches(Caller caller, Article article) =>
        caller.Categories.Count == 0 || Categories(article).All(caller.Categories.Contains);
}
