using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Finished bytes with their validators (RFC 9110, section 8.8), compressed at most once per coding. Strong ETags are made of the bytes, one per
/// coding; who has the bytes in any coding gets 304.
/// </summary>
/// <param name="changedAt">Whole seconds; later for every change, and therefore ahead of the clock after many at once.</param>
public sealed class Answer(Content content, DateTimeOffset? changedAt) : IResult
{
    const int WorthCompressing = 1024;
    static readonly string[] codings = ["br", "gzip"];

    readonly string tag = Convert.ToHexStringLower(SHA256.HashData(content.Bytes))[..24];
    readonly Lazy<byte[]> brotli = new(() => Compressed(content.Bytes, to => new BrotliStream(to, CompressionLevel.Optimal)));
    readonly Lazy<byte[]> gzip = new(() => Compressed(content.Bytes, to => new GZipStream(to, CompressionLevel.Optimal)));

    public Guid? Story => content.Story;

    /// <summary>Bytes that it may come to take, in all its forms.</summary>
    public int MaxSize => 2 * content.Bytes.Length + 2048;

    public bool Says(Content other) => other.Type == content.Type && other.Link == content.Link && other.Bytes.AsSpan().SequenceEqual(content.Bytes);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var coding = content.Bytes.Length < WorthCompressing ? null : Coding(request);
        var now = httpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var headers = response.GetTypedHeaders();
        headers.ETag = new($"\"{tag}{(coding is null ? "" : $"-{coding}")}\"");
        // A time in the future may not be said, and an earlier one would tell libcurl that there is nothing new.
        headers.LastModified = changedAt <= now ? changedAt : null;
        response.Headers.CacheControl = httpContext.RequestServices.GetRequiredService<ReadyOptions>().CacheControl;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (content.Link is not null)
        {
            response.Headers.Link = content.Link;
        }
        if (IsKnown(request.GetTypedHeaders()))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var bytes = coding switch { "br" => brotli.Value, "gzip" => gzip.Value, _ => content.Bytes };
        response.ContentType = content.Type;
        response.ContentLength = bytes.Length;
        if (coding is not null)
        {
            response.Headers.ContentEncoding = coding;
        }
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
        }
    }

    /// <summary>RFC 9110, section 13.2.2: a time counts only where no tag is given.</summary>
    bool IsKnown(RequestHeaders request) => request.IfNoneMatch.Count > 0
        ? request.IfNoneMatch.Any(known => known == EntityTagHeaderValue.Any || Bare(known.Tag) == tag)
        : request.IfModifiedSince is { } since && changedAt is { } at && since >= at;

    static string Bare(StringSegment quoted)
    {
        var bare = quoted.ToString().Trim('"');
        return codings.FirstOrDefault(coding => bare.EndsWith($"-{coding}", StringComparison.Ordinal)) is { } coding ? bare[..^(coding.Length + 1)] : bare;
    }

    /// <summary>The one that is wanted most; of equal ones Brotli, which is smaller (RFC 9110, section 12.5.3).</summary>
    static string? Coding(HttpRequest request)
    {
        var wanted = request.GetTypedHeaders().AcceptEncoding;
        return codings.Select(coding => (coding, Quality: (wanted.FirstOrDefault(w => w.Value.Equals(coding, StringComparison.OrdinalIgnoreCase)) ?? wanted.FirstOrDefault(w => w.Value == "*")) is { } w ? w.Quality ?? 1 : 0))
            .Where(c => c.Quality > 0).OrderByDescending(c => c.Quality).Select(c => c.coding).FirstOrDefault();
    }

    static byte[] Compressed(byte[] bytes, Func<Stream, Stream> into)
    {
        using var compressed = new MemoryStream();
        using (var stream = into(compressed))
        {
            stream.Write(bytes);
        }
        return compressed.ToArray();
    }
}
