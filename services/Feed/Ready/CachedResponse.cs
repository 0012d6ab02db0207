using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Finished bytes with their validators (RFC 9110, section 8.8), compressed at most once per coding. Strong ETags are made of the bytes,
/// one per coding; who has the bytes in any coding gets 304.
/// </summary>
public sealed class CachedResponse : IResult
{
    const int WorthCompressing = 1024;

    /// <summary>What its objects take, and the frames of the compressed forms.</summary>
    const int Fixed = 1024;

    /// <summary>So that three times as many can still be said as a number.</summary>
    const int MaxBytes = int.MaxValue / 4;

    static readonly string[] codings = ["br", "gzip"];

    readonly Content content;
    readonly string tag;
    readonly Lazy<byte[]> brotli,
        gzip;
    volatile bool dated;

    /// <param name="changedAt">In whole seconds; null when that cannot be known.</param>
    public CachedResponse(Content content, DateTimeOffset? changedAt)
    {
        (this.content, ChangedAt) = (content, changedAt);
        tag = Convert.ToHexStringLower(SHA256.HashData(content.Bytes))[..24];
        brotli = new(() => Compressed(content.Bytes, to => new BrotliStream(to, CompressionLevel.Optimal)));
        gzip = new(() => Compressed(content.Bytes, to => new GZipStream(to, CompressionLevel.Optimal)));
    }

    CachedResponse(CachedResponse same, DateTimeOffset? changedAt) =>
        (content, tag, brotli, gzip, ChangedAt) = (same.content, same.tag, same.brotli, same.gzip, changedAt);

    public DateTimeOffset? ChangedAt { get; }

    /// <summary>The same bytes under another time.</summary>
    public CachedResponse Dated(DateTimeOffset? changedAt) => changedAt == ChangedAt ? this : new(this, changedAt);

    /// <summary>To be called while it is current: its time may be said from then on when whatever was dated so is known.</summary>
    public void Settle(DateTimeOffset complete) => dated |= ChangedAt <= complete;

    public Guid? Story => content.Story;

    /// <summary>Bytes that it may come to take, in all its forms: what cannot be compressed is as long in each of them.</summary>
    public int MaxSize => Math.Min(content.Bytes.Length, MaxBytes) * 3 + Fixed + sizeof(char) * (content.Link?.Length ?? 0);

    public bool Says(Content other) =>
        other.Type == content.Type && other.Link == content.Link && other.Bytes.AsSpan().SequenceEqual(content.Bytes);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var coding = content.Bytes.Length < WorthCompressing ? null : Coding(request);
        var now = httpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var headers = response.GetTypedHeaders();
        headers.ETag = new($"\"{tag}{(coding is null ? "" : $"-{coding}")}\"");
        var said = dated && ChangedAt <= now ? ChangedAt : null;
        if (said is not null)
        {
            // The server's own is up to a second old, and Last-Modified is never later (RFC 9110, section 8.8.2.1).
            headers.Date = now;
            headers.LastModified = said;
        }
        response.Headers.CacheControl = httpContext.RequestServices.GetRequiredService<ReadyOptions>().CacheControl;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (content.Link is not null)
        {
            response.Headers.Link = content.Link;
        }
        if (IsKnown(request, said, now))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var bytes = coding switch
        {
            "br" => brotli.Value,
            "gzip" => gzip.Value,
            _ => content.Bytes,
        };
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

    /// <summary>
    /// A time counts only where no tag is given, be it one that cannot be read (RFC 9110, section 13.1.3), and only one that has been: of
    /// the rest of this second nobody knows yet.
    /// </summary>
    bool IsKnown(HttpRequest request, DateTimeOffset? said, DateTimeOffset now)
    {
        var asked = request.GetTypedHeaders();
        return request.Headers.IfNoneMatch.Count > 0
            ? asked.IfNoneMatch.Any(known => known == EntityTagHeaderValue.Any || Bare(known.Tag) == tag)
            : said is not null && asked.IfModifiedSince is { } since && since >= said && since <= now;
    }

    static string Bare(StringSegment quoted)
    {
        var bare = quoted.ToString().Trim('"');
        return codings.FirstOrDefault(coding => bare.EndsWith($"-{coding}", StringComparison.Ordinal)) is { } coding
            ? bare[..^(coding.Length + 1)]
            : bare;
    }

    /// <summary>The one that is wanted most; of equal ones Brotli, which is smaller (RFC 9110, section 12.5.3).</summary>
    static string? Coding(HttpRequest request)
    {
        var wanted = request.GetTypedHeaders().AcceptEncoding;
        return codings
            .Select(coding =>
                (
                    coding,
                    Quality: (
                        wanted.FirstOrDefault(w => w.Value.Equals(coding, StringComparison.OrdinalIgnoreCase))
                        ?? wanted.FirstOrDefault(w => w.Value == "*")
                    )
                        is { } w
                        ? w.Quality ?? 1
                        : 0
                )
            )
            .Where(c => c.Quality > 0)
            .OrderByDescending(c => c.Quality)
            .Select(c => c.coding)
            .FirstOrDefault();
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
