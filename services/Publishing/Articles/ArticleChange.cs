using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What an act makes of one article.</summary>
sealed record ArticleChange(Article Before, Article After, IReadOnlyList<object> Events)
{
    /// <exception cref="ProblemException">403 when it would then be of a category that who asks may not act on.</exception>
    public static ArticleChange Of(Caller caller, Article before, IReadOnlyList<object> events) =>
        new(
            before,
            CategoryAuthorization.Check(caller, events.Aggregate(before, (current, e) => Article.Apply(before.Id, current, e)!)),
            events
        );

    /// <summary>
    /// The same for another article of the story, which nobody has named: it has to be for who asks only if it is changed.
    /// </summary>
    /// <exception cref="ProblemException">403 when it is changed, and is of a category that who asks may not act on.</exception>
    public static ArticleChange OfTranslation(Caller caller, Article other, IReadOnlyList<object> events) =>
        events.Count == 0 ? new(other, other, events) : Of(caller, CategoryAuthorization.Check(caller, other), events);

    /// <summary>With the session's transaction.</summary>
    public void Keep(IDocumentSession session, DateTimeOffset now)
    {
        session.Events.Append(Before.Id, After.Version, Events);
        DueArticle.Upsert(session, Before, After);
        DeskItem.Upsert(session, After, now);
    }
}
