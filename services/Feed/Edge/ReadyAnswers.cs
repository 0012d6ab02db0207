using NewsPlatform.Contracts;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Edge;

/// <summary>
/// Gives an answer that is ready to who asks for it by its one address, before it is looked at what the request may be. The gateway, which
/// keeps such answers itself, and who carries a key go the usual way.
/// </summary>
public static class ReadyAnswers
{
    public static void Use(WebApplication app)
    {
        var services = app.Services;
        var (cache, reads) = (services.GetRequiredService<ResponseCache>(), services.GetRequiredService<StoryReads>());
        var (ready, purge) = (services.GetRequiredService<ReadyOptions>(), services.GetRequiredService<PurgeOptions>());
        var clock = services.GetRequiredService<TimeProvider>();
        app.Use(
            (context, next) =>
            {
                if (
                    context.Request.Headers.ContainsKey(EdgeProtocol.AskField)
                    || ReaderRequest.PlainTarget(context) is not { } target
                    || cache.Find(target) is not { } answer
                )
                {
                    return next(context);
                }
                if (answer.Story is { } story)
                {
                    reads.Count(context, story);
                }
                return answer.SendAsync(context, ready, purge, clock.GetUtcNow());
            }
        );
    }
}
