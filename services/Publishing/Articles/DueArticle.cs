using Marten;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// That something is to happen to an article by itself; stored with the event that says so, and gone with the one that did it.
/// </summary>
/// <param name="Id">The article's.</param>
public sealed record DueArticle(Guid Id, DateTimeOffset At)
{
    /// <summary>PostgreSQL's channel that says that the timetable has changed.</summary>
    public const string Changed = "timetable";

    /// <summary>The next thing that the article has to wait for; null when there is none.</summary>
    public static DateTimeOffset? Of(Article article) => article.Scheduled?.PublishAt ?? article.UnpublishAt;

    public static void Upsert(IDocumentSession session, Article before, Article after)
    {
        if (Of(after) is { } at)
        {
            session.Store(new DueArticle(after.Id, at));
            session.QueueSqlCommand($"notify {Changed}");
        }
        else if (before.Scheduled is not null || before.UnpublishAt is not null)
        {
            session.Delete<DueArticle>(after.Id);
        }
    }
}
