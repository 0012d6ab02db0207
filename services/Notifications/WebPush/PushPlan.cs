using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>What is done about some of what waits for a browser.</summary>
public abstract record PushStep(IReadOnlyList<PendingDelivery> Notices)
{
    /// <summary>Nothing.</summary>
    /// <param name="Because">For the metric: <c>old</c>, <c>withdrawn</c> or <c>many</c>.</param>
    public sealed record Drop(IReadOnlyList<PendingDelivery> Notices, string Because) : PushStep(Notices);

    /// <summary>One story is pushed, as it is by now.</summary>
    /// <param name="Kind">What it is to this reader: news, if nothing was pushed of it yet.</param>
    /// <param name="Ttl">For how long it stays worth showing.</param>
    public sealed record Tell(IReadOnlyList<PendingDelivery> Notices, Bulletin Bulletin, BulletinKind Kind, TimeSpan Ttl)
        : PushStep(Notices);

    /// <summary>Several stories that waited for the end of quiet hours are named in one message, the most urgent first.</summary>
    /// <param name="More">There were more than were kept.</param>
    public sealed record Digest(IReadOnlyList<PendingDelivery> Notices, IReadOnlyList<Bulletin> Stories, bool More, TimeSpan Ttl)
        : PushStep(Notices);

    /// <summary>It waits for the end of quiet hours.</summary>
    public sealed record Hold(IReadOnlyList<PendingDelivery> Notices, DateTimeOffset Until) : PushStep(Notices);
}

/// <summary>Decides what becomes of what waits for a browser.</summary>
public static class PushPlan
{
    /// <summary>
    /// Of each story only its newest bulletin is told; of one that is withdrawn before anything of it was told, nothing. In quiet hours
    /// only breaking news are pushed, and withdrawals, which make no sound and take away what is shown; when they end, what waited is one
    /// message.
    /// </summary>
    /// <param name="waiting">In its order.</param>
    public static IReadOnlyList<PushStep> Of(
        IReadOnlyList<PendingDelivery> waiting,
        QuietHours? quiet,
        DateTimeOffset now,
        WebPushOptions options
    )
    {
        var steps = new List<PushStep>();
        var (tell, wait, digest) = (new List<Story>(), new List<Story>(), new List<Story>());
        var until = quiet?.EndAfter(now);
        foreach (
            var story in waiting
                .GroupBy(delivery => delivery.Bulletin!.Article.Id)
                .Select(notices => new Story([.. notices]))
                .OrderBy(story => story.Newest.Number)
        )
        {
            if (story is { Kind: BulletinKind.Withdrawn, New: true })
            {
                steps.Add(new PushStep.Drop(story.Notices, "withdrawn"));
            }
            else
            {
                // What changes a story that was told before replaces it by itself, also in the morning.
                (
                    story.CannotWait ? tell
                    : until is not null ? wait
                    : story.New && quiet?.EndAfter(story.Newest.NotedAt) is not null ? digest
                    : tell
                ).Add(story);
            }
        }
        if (digest.Count == 1)
        {
            tell.Insert(0, digest[0]);
        }
        else if (digest.Count > 1)
        {
            steps.Add(DigestOf(digest, quiet!, now, options));
        }
        steps.AddRange(tell.OrderBy(story => story.Newest.Number).Select(story => TellOf(story, quiet, now, options)));
        if (wait.Count > options.DigestMaxStories)
        {
            steps.Add(new PushStep.Drop([.. wait.SkipLast(options.DigestMaxStories).SelectMany(story => story.Notices)], "many"));
        }
        if (wait.Count > 0)
        {
            steps.Add(new PushStep.Hold([.. wait.TakeLast(options.DigestMaxStories).SelectMany(story => story.Notices)], until!.Value));
        }
        return steps;
    }

    public static TimeSpan Ttl(BulletinKind kind, bool breaking, WebPushOptions options) =>
        TimeSpan.FromMinutes(
            kind == BulletinKind.Withdrawn ? options.WithdrawnTtlMinutes
            : breaking ? options.BreakingTtlMinutes
            : options.TtlMinutes
        );

    static PushStep DigestOf(List<Story> stories, QuietHours quiet, DateTimeOffset now, WebPushOptions options)
    {
        var notices = stories.SelectMany(story => story.Notices).ToArray();
        var left = TimeSpan.FromMinutes(options.TtlMinutes) - (now - stories.Max(story => quiet.EndAfter(story.Newest.NotedAt)!.Value));
        return left > TimeSpan.Zero
            ? new PushStep.Digest(
                notices,
                [.. stories.Select(story => story.Bulletin).OrderBy(b => b.Article.Urgency).ThenByDescending(b => b.Article.PublishedAt)],
                stories.Count >= options.DigestMaxStories,
                left
            )
            : new PushStep.Drop(notices, "old");
    }

    static PushStep TellOf(Story story, QuietHours? quiet, DateTimeOffset now, WebPushOptions options)
    {
        // What could not be told before the quiet hours' end is as old as that.
        var since = story.CannotWait ? story.Newest.NotedAt : quiet?.EndAfter(story.Newest.NotedAt) ?? story.Newest.NotedAt;
        var left = Ttl(story.Kind, story.Bulletin.Article.Breaking, options) - (now - since);
        return left > TimeSpan.Zero
            ? new PushStep.Tell(
                story.Notices,
                story.Bulletin,
                story.New && story.Kind != BulletinKind.Withdrawn ? BulletinKind.Published : story.Kind,
                left
            )
            : new PushStep.Drop(story.Notices, "old");
    }

    sealed record Story(IReadOnlyList<PendingDelivery> Notices)
    {
        public PendingDelivery Newest => Notices[^1];
        public Bulletin Bulletin => Newest.Bulletin!;
        public BulletinKind Kind => Bulletin.Kind;

        /// <summary>Nothing was told of it before what waits.</summary>
        public bool New => Notices.Any(delivery => delivery.Bulletin!.Kind == BulletinKind.Published);

        public bool CannotWait => Bulletin.Article.Breaking || Kind == BulletinKind.Withdrawn;
    }
}
