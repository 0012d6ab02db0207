using Microsoft.AspNetCore.Http.Features;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Ready;

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
                if (Target(context) is not { } target || cache.Find(target) is not { } answer)
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

    /// <summary>Path and query of a plain read.</summary>
    static string? Target(HttpContext context)
    {
        var request = context.Request;
        return
            (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && request.Headers.Authorization.Count == 0
            && request.Headers.TransferEncoding.Count == 0
            && request.ContentLength is null or 0
            && !request.Headers.ContainsKey(EdgeProtocol.AskField)
            ? context.Features.Get<IHttpRequestFeature>()?.RawTarget
            : null;
    }
}
