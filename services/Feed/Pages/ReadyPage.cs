using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>Keeps pages as finished bytes until a story that they may have changes, what is most read is ranked again, or the day in their masthead ends.</summary>
public sealed class ReadyPage(ReadyAnswers ready, StoryReads reads, ReadsOptions options, PortalOptions portal, TimeProvider clock) : IAsyncResourceFilter
{
    /// <summary>The request's item in which a page says whose story it is.</summary>
    public static readonly object Story = new();

    /// <summary>What of the query pages are made of.</summary>
    static readonly string[] parameters = ["q", "after", "before"];

    sealed class Sent(Answer answer) : ActionResult
    {
        public override Task ExecuteResultAsync(ActionContext context) => answer.ExecuteAsync(context.HttpContext);
    }

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        var made = false;
        var answer = await ready.GetAsync(Key(http.Request), Language(http), () =>
        {
            made = true;
            return RenderAsync(http, next);
        }, http.RequestAborted, until: Until(clock.GetUtcNow()));
        if (answer?.Story is { } story)
        {
            reads.Count(http, story);
        }
        if (!made)
        {
            context.Result = new Sent(answer!);
        }
        else if (answer is not null)
        {
            await answer.ExecuteAsync(http);
        }
    }

    /// <summary>A line's page has stories of its language only; a story's also points to its translations and to what its editors chose.</summary>
    static string? Language(HttpContext http) => http.GetRouteValue("slug") is null ? http.GetRouteValue("language") as string : null;

    DateTimeOffset Until(DateTimeOffset now) => portal.NextDay(now) is var day && now.AddSeconds(options.RankSeconds) is var ranked && day < ranked ? day : ranked;

    static string Key(HttpRequest request) => string.Join('\n', parameters.Select(parameter => request.Query[parameter].ToString()).Prepend(request.Path.Value));

    /// <summary>What the page is; null when it is none to keep, and then sent.</summary>
    static async Task<Content?> RenderAsync(HttpContext http, ResourceExecutionDelegate next)
    {
        var (response, body) = (http.Response, http.Response.Body);
        await using var page = new MemoryStream();
        response.Body = page;
        var executed = await next();
        response.Body = body;
        if (executed.Exception is not null && !executed.ExceptionHandled)
        {
            return null;
        }
        if (response.StatusCode == StatusCodes.Status200OK)
        {
            return new Content(page.ToArray(), response.ContentType!) { Story = http.Items[Story] as Guid? };
        }
        if (page.Length > 0)
        {
            response.Headers.CacheControl = "public, no-cache";
            response.ContentLength = page.Length;
            if (!HttpMethods.IsHead(http.Request.Method))
            {
                await body.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), http.RequestAborted);
            }
        }
        return null;
    }
}
