using NewsPlatform.Publishing.Events;

namespace NewsPlatform.Publishing.Articles;

/// <summary>Who is told of what an event makes of an article, besides the desk, which always sees it.</summary>
[Flags]
public enum Audience
{
    Desk = 0,

    /// <summary>Those who may prepare with what is under embargo, where the article was.</summary>
    EmbargoAccess = 1,

    /// <summary>Everybody, where it changed what is public.</summary>
    Readers = 2,
}

/// <summary>All that a type of event means: what it does to an article, who is told of it, and what others look for in it.</summary>
/// <param name="Apply">The article as it is then; null where its state has no place for such an event.</param>
public sealed record ArticleEventDescription(Type Type, string Name, Audience Audience, Func<Article, object, Article?> Apply)
    : EventDescription(Type, Name)
{
    /// <summary>A note or reason that was given with it, for the history.</summary>
    public required Func<object, string?> Note { get; init; }

    /// <summary>The working copy that it brings.</summary>
    public required Func<object, Copy?> Copy { get; init; }

    /// <summary>The address that it makes known.</summary>
    public required Func<object, string?> Slug { get; init; }

    public override bool IsTold => Audience != Audience.Desk;

    /// <summary>As the history calls it: without the noun.</summary>
    public string Act => Name.Replace("article_", "", StringComparison.Ordinal);

    public static ArticleEventDescription Of<TEvent>(
        string name,
        Audience audience,
        Func<Article, TEvent, Article?> apply,
        Func<TEvent, string?>? note = null,
        Func<TEvent, Copy?>? copy = null,
        Func<TEvent, string?>? slug = null
    )
        where TEvent : class =>
        new(typeof(TEvent), name, audience, (article, e) => apply(article, (TEvent)e))
        {
            Note = e => note?.Invoke((TEvent)e),
            Copy = e => copy?.Invoke((TEvent)e),
            Slug = e => slug?.Invoke((TEvent)e),
        };
}
