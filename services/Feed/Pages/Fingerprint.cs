using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Net.Http.Headers;

namespace NewsPlatform.Feed.Pages;

/// <summary>Gives a page a strong ETag made of its bytes and answers 304 to who has them already (RFC 9110, sections 8.8.3 and 13.1.2).</summary>
public sealed class Fingerprint : IAsyncResultFilter
{
    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        if (context.Result is not PageResult)
        {
            await next();
            return;
        }
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        var body = response.Body;
        await using var page = new MemoryStream();
        response.Body = page;
        var executed = await next();
        response.Body = body;
        if (executed.Exception is not null)
        {
            return;
        }

        // A cache may keep it and must ask: what was just published is to be seen at once.
        response.Headers.CacheControl = "public, no-cache";
        var bytes = page.GetBuffer().AsMemory(0, (int)page.Length);
        if (response.StatusCode == StatusCodes.Status200OK)
        {
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes.Span))[..24]}\"");
            response.GetTypedHeaders().ETag = tag;
            if (request.GetTypedHeaders().IfNoneMatch.Any(known => known == EntityTagHeaderValue.Any || known.Compare(tag, useStrongComparison: false)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                response.ContentType = null;
                return;
            }
        }
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(bytes, context.HttpContext.RequestAborted);
        }
    }
}
