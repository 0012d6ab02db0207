using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Transforms;

namespace NewsPlatform.Gateway.Edge;

/// <summary>What the gateway and Feed say to each other beside a request and its answer.</summary>
public sealed class EdgeTransforms(EdgeMemory memory, FeedChanges changes)
{
    /// <summary>They are made anew for each client.</summary>
    static readonly string[] validators =
    [
        HeaderNames.CacheControl,
        HeaderNames.ContentEncoding,
        HeaderNames.ContentLength,
        HeaderNames.ContentType,
        HeaderNames.Date,
        HeaderNames.ETag,
        HeaderNames.LastModified,
        HeaderNames.Link,
        HeaderNames.Vary,
    ];

    public static ValueTask AskAsync(RequestTransformContext request)
    {
        var headers = request.ProxyRequest.Headers;
        headers.Remove(EdgeProtocol.AskField);
        if (request.HttpContext.Features.Get<EdgeRequest>() is { } read)
        {
            headers.TryAddWithoutValidation(EdgeProtocol.AskField, read.Ask);
        }
        return ValueTask.CompletedTask;
    }

    public async ValueTask TakeAsync(ResponseTransformContext answer)
    {
        var headers = answer.HttpContext.Response.Headers;
        headers.Remove(EdgeProtocol.EntryField, out var said);
        if (
            headers.Remove(EdgeProtocol.LatestField, out var latest)
            && long.TryParse(latest, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        )
        {
            changes.Require(number);
        }
        if (
            said.Count == 1
            && answer.ProxyResponse is { } response
            && answer.HttpContext.Features.Get<EdgeRequest>() is { } read
            && await MadeAsync(JsonSerializer.Deserialize<EdgeEntry>(said[0]!)!, response, read, answer.CancellationToken) is { } made
        )
        {
            read.Made = made;
            answer.SuppressResponseBody = true;
            Array.ForEach(validators, name => headers.Remove(name));
            Keep(read.Target, made);
        }
    }

    static async Task<KeptAnswer?> MadeAsync(EdgeEntry entry, HttpResponseMessage response, EdgeRequest read, CancellationToken ct)
    {
        var cacheControl = response.Headers.NonValidated[HeaderNames.CacheControl].ToString();
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotModified when read.Old is { } old:
                return old with { Response = old.Response.Dated(entry.ChangedAt), Entry = entry, CacheControl = cacheControl };
            case HttpStatusCode.OK:
                var content = response.Content;
                return new(
                    new FinishedResponse(
                        await content.ReadAsByteArrayAsync(ct),
                        content.Headers.NonValidated[HeaderNames.ContentType].ToString(),
                        response.Headers.NonValidated.TryGetValues(HeaderNames.Link, out var link) ? link.ToString() : null,
                        entry.ChangedAt
                    ),
                    entry,
                    cacheControl
                );
            default:
                return null;
        }
    }

    /// <summary>Not what is old by now, and nothing under another spelling of its address: of those there is no end.</summary>
    void Keep(string target, KeptAnswer made)
    {
        if (
            !changes.IsOld(made.Entry.Language, made.Entry.Number)
            && EdgeAddress.Of(target, made.Entry.Reads) == EdgeAddress.Of(made.Entry.Address, made.Entry.Reads)
        )
        {
            memory.Set(made);
        }
    }
}
