using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;

namespace NewsPlatform.Notifications.Email;

/// <summary>What a mail says of a story that it is not simply news: why it is there again.</summary>
/// <param name="Reasons">What readers are told of the why: the notes of corrections, or the reason of the withdrawal.</param>
public sealed record Amended(LineItem Article, bool Withdrawn, IReadOnlyList<string> Reasons);

/// <summary>What a digest has to say.</summary>
/// <param name="Amended">Stories that were mailed before and were wrong: corrected, or withdrawn. They stand first.</param>
/// <param name="Updated">Stories that were mailed before and go on.</param>
/// <param name="More">How many stories there are besides.</param>
public sealed record Digest(IReadOnlyList<Amended> Amended, IReadOnlyList<LineItem> News, IReadOnlyList<LineItem> Updated, int More)
{
    public bool IsEmpty => Amended.Count + News.Count + Updated.Count == 0;

    /// <summary>
    /// Of everything that came since the last digest, the newest state of each story. One that was mailed before is followed wherever it
    /// goes; of one that was not, nothing need be said when it has been withdrawn.
    /// </summary>
    /// <param name="since">In their order.</param>
    /// <param name="mailed">The versions of stories that this subscriber was mailed.</param>
    public static Digest Of(IEnumerable<Bulletin> since, Topics topics, IReadOnlyDictionary<Guid, long> mailed, int max)
    {
        var (amended, news, updated) = (new List<Amended>(), new List<LineItem>(), new List<LineItem>());
        foreach (var story in since.GroupBy(b => b.Article.Id))
        {
            var newest = story.Last();
            if (mailed.TryGetValue(story.Key, out var version))
            {
                Follow([.. story.Where(b => b.Article.Version > version)]);
            }
            else if (newest.Kind != BulletinKind.Withdrawn && topics.Match(Topics.Of(newest.Article)))
            {
                news.Add(newest.Article);
            }
        }
        news.Sort((a, b) => b.PublishedAt.CompareTo(a.PublishedAt));
        return new(amended, [.. news.Take(max)], [.. updated.Take(max)], Math.Max(0, news.Count - max));

        void Follow(IReadOnlyList<Bulletin> later)
        {
            if (later.Count == 0)
            {
                return;
            }
            if (Amend(later) is { } amendment)
            {
                amended.Add(amendment);
            }
            else
            {
                updated.Add(later[^1].Article);
            }
        }
    }

    /// <summary>
    /// What has to be said, of bulletins of one story, to who was mailed it before them; null when nothing was wrong with it.
    /// </summary>
    public static Amended? Amend(IReadOnlyList<Bulletin> later)
    {
        var newest = later[^1];
        return newest.Kind == BulletinKind.Withdrawn ? new(newest.Article, Withdrawn: true, newest.Reason is null ? [] : [newest.Reason])
            : later.Where(b => b.Kind == BulletinKind.Corrected).ToArray() is { Length: > 0 } corrections
                ? new(newest.Article, Withdrawn: false, [.. corrections.Select(c => c.Reason).OfType<string>()])
            : null;
    }
}
