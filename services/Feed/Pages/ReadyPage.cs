using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Localization;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>
/// Keeps pages as finished bytes until a story that they may have changes, what is most read is ranked again, or the day in their masthead
/// ends.
/// </summary>
public sealed class ReadyPage(ResponseCache cache, StoryReads reads, ReadsOptions options, PortalOptions portal, TimeProvider clock)
    : IAsyncResourceFilter
{
    /// <summary>The request's item in which a page says whose story it is.</summary>
    public static readonly object Story = new();

    sealed class Sent(CachedResponse response) : ActionResult
    {
        public override Task ExecuteResultAsync(ActionContext context) => response.ExecuteAsync(context.HttpContext);
    }

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            if (Key(context) is not { } key)
            {
                // What was found, what was not: nobody else asks for just this.
                await SendAsync(http, await RenderAsync(http, next) is { } content ? new(content, null) : null);
                return;
            }
            var made = false;
            var response = await cache.GetAsync(
                key,
                Language(http),
                () =>
                {
                    made = true;
                    return RenderAsync(http, next);
                },
                http.RequestAborted,
                term: Term()
            );
            if (made)
            {
                await SendAsync(http, response);
                return;
            }
            Count(http, response);
            context.Result = new Sent(response!);
        }
        catch (ProblemException busy) when (busy.Status == StatusCodes.Status503ServiceUnavailable && !http.Response.HasStarted)
        {
            SayBusy(http.Response, busy);
            context.Result = new EmptyResult();
        }
    }

    async Task SendAsync(HttpContext http, CachedResponse? response)
    {
        Count(http, response);
        if (response is not null)
        {
            await response.ExecuteAsync(http);
        }
    }

    void Count(HttpContext http, CachedResponse? response)
    {
        if (response?.Story is { } story)
        {
            reads.Count(http, story);
        }
    }

    /// <summary>What the page reads of its address; null of a page that is not kept.</summary>
    static CacheKey? Key(ResourceExecutingContext context)
    {
        var (page, http) = (((PageActionDescriptor)context.ActionDescriptor).ViewEnginePath, context.HttpContext);
        string Of(string name) => (string)http.GetRouteValue(name)!;
        switch (page)
        {
            case "/Front":
                return new(page, new(Of("language"))) { Address = new($"/{Of("language")}", []) };
            case "/News":
                var line = NewsModel.LineOf(Of("language"), Of("line"));
                var query = http.Request.Query;
                var section = NewsModel.SectionOf(line, query["after"], query["before"]);
                return CacheKey.Of(page, line, section, Line.DefaultLimit) with
                {
                    Address = section is { After: null, Before: null } ? new($"/{Of("language")}/{Of("line")}", ["after", "before"]) : null,
                };
            case "/Article" when Of("slug").Length <= ArticleModel.MaxSlug && Of("category").Length <= ArticleModel.MaxSlug:
                return new(page, new(Of("language")), null, $"{Of("category")}/{Of("slug")}")
                {
                    Address = new($"/{Of("language")}/{Of("category")}/{Of("slug")}", []),
                };
            default:
                return null;
        }
    }

    /// <summary>
    /// A line's page has stories of its language only; a story's also points to its translations and to what its editors chose.
    /// </summary>
    static string? Language(HttpContext http) => http.GetRouteValue("slug") is null ? http.GetRouteValue("language") as string : null;

    /// <summary>
    /// No time is said of pages: what frames their stories, a ranking and the release's own words, has none that is the same everywhere.
    /// </summary>
    Term Term()
    {
        var now = clock.GetUtcNow();
        var (day, ranked) = (portal.NextDay(now), now.AddSeconds(options.RankSeconds));
        return new(day < ranked ? day : ranked);
    }

    /// <summary>What the page is; null when it is none to keep, and then sent.</summary>
    static async Task<Content?> RenderAsync(HttpContext http, ResourceExecutionDelegate next)
    {
        var (response, body) = (http.Response, http.Response.Body);
        await using var page = new MemoryStream();
        response.Body = page;
        var executed = await next();
        response.Body = body;
        if (executed.Exception is ProblemException { Status: StatusCodes.Status503ServiceUnavailable } busy)
        {
            executed.ExceptionHandled = true;
            SayBusy(response, busy);
            return null;
        }
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
            response.Headers.CacheControl =
                response.StatusCode == StatusCodes.Status503ServiceUnavailable ? "no-store" : "public, no-cache";
            response.ContentLength = page.Length;
            if (!HttpMethods.IsHead(http.Request.Method))
            {
                await body.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), http.RequestAborted);
            }
        }
        return null;
    }

    /// <summary>Without a body, so that the page of its status is shown.</summary>
    static void SayBusy(HttpResponse response, ProblemException busy)
    {
        response.StatusCode = busy.Status;
        foreach (var (name, value) in busy.Headers)
        {
            response.Headers[name] = value;
        }
    }
}
