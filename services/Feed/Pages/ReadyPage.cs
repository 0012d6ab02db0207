using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>Keeps pages as finished bytes until a story of their language changes, or the day in their masthead.</summary>
public sealed class ReadyPage(ReadyAnswers ready, PortalOptions portal, TimeProvider clock) : IAsyncResourceFilter
{
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
        var answer = await ready.GetAsync(Key(http.Request), http.GetRouteValue("language") as string, () =>
        {
            made = true;
            return RenderAsync(http, next);
        }, http.RequestAborted, until: portal.NextDay(clock.GetUtcNow()));
        if (!made)
        {
            context.Result = new Sent(answer!);
        }
        else if (answer is not null)
        {
            await answer.ExecuteAsync(http);
        }
    }

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
            return new Content(page.ToArray(), response.ContentType!);
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
