using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Finished bytes with their validators (RFC 9110, section 8.8), compressed at most once per coding. Strong ETags are made of the bytes,
/// one per coding; who has the bytes in any coding gets 304. The same bytes have the same tags in every process.
/// </summary>
public sealed class FinishedResponse
{
    const int WorthCompressing = 1024;

    /// <summary>What its objects take, and the frames of the compressed forms.</summary>
    const int Fixed = 1024;

    /// <summary>So that three times as many can still be said as a number.</summary>
    const int MaxBytes = int.MaxValue / 4;

    readonly byte[] bytes;
    readonly string type;
    readonly string? link;
    readonly string tag;
    readonly Form plain;
    readonly Lazy<Form> brotli,
        gzip;
    readonly string? lastModified;
    volatile bool dated;

    /// <summary>The bytes in a coding.</summary>
    sealed record Form(string? Coding, byte[] Bytes, string Tag);

    /// <param name="type">A media type (RFC 9110, section 8.3).</param>
    /// <param name="link">The field of that name (RFC 8288).</param>
    /// <param name="changedAt">In whole seconds; null when that cannot be known.</param>
    public FinishedResponse(byte[] bytes, string type, string? link, DateTimeOffset? changedAt)
    {
        (this.bytes, this.type, this.link) = (bytes, type, link);
        tag = Convert.ToHexStringLower(SHA256.HashData(bytes))[..24];
        plain = new(null, bytes, $"\"{tag}\"");
        brotli = new(() => Coded("br", to => new BrotliStream(to, CompressionLevel.Optimal)));
        gzip = new(() => Coded("gzip", to => new GZipStream(to, CompressionLevel.Optimal)));
        (ChangedAt, lastModified) = (changedAt, Text(changedAt));
    }

    FinishedResponse(FinishedResponse same, DateTimeOffset? changedAt)
    {
        (bytes, type, link, tag) = (same.bytes, same.type, same.link, same.tag);
        (plain, brotli, gzip) = (same.plain, same.brotli, same.gzip);
        (ChangedAt, lastModified) = (changedAt, Text(changedAt));
    }

    public DateTimeOffset? ChangedAt { get; }

    /// <summary>The entity tag of the bytes as they are, in its quotes.</summary>
    public string Tag => plain.Tag;

    public int Length => bytes.Length;

    /// <summary>Bytes that it may come to take, in all its forms: what cannot be compressed is as long in each of them.</summary>
    public int MaxSize => Math.Min(bytes.Length, MaxBytes) * 3 + Fixed + sizeof(char) * (link?.Length ?? 0);

    /// <summary>The same bytes under another time.</summary>
    public FinishedResponse Dated(DateTimeOffset? at) => at == ChangedAt ? this : new(this, at);

    /// <summary>To be called while it is current: its time may be said from then on when whatever was dated so is known.</summary>
    public void Settle(DateTimeOffset complete)
    {
        if (!dated)
        {
            dated = ChangedAt <= complete;
        }
    }

    public bool Says(FinishedResponse other) => other.type == type && other.link == link && other.bytes.AsSpan().SequenceEqual(bytes);

    /// <summary>Answers the request: with the bytes in the coding that is wanted most, or with 304 to who has them.</summary>
    /// <param name="now">The present time, which is said where a time is.</param>
    public Task SendAsync(HttpContext context, string cacheControl, DateTimeOffset now)
    {
        var (request, response) = (context.Request, context.Response);
        var form = bytes.Length < WorthCompressing ? plain : FormOf(AcceptedCoding.Of(request.Headers.AcceptEncoding));
        var headers = response.Headers;
        headers.ETag = form.Tag;
        var said = dated && ChangedAt <= now ? ChangedAt : null;
        if (said is not null)
        {
            // The server's own is up to a second old, and Last-Modified is never later (RFC 9110, section 8.8.2.1).
            headers.Date = Text(now);
            headers.LastModified = lastModified;
        }
        headers.CacheControl = cacheControl;
        headers.Vary = StringValues.Concat(headers.Vary, HeaderNames.AcceptEncoding);
        if (link is not null)
        {
            headers.Link = link;
        }
        if (IsKnown(request, said, now))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        headers.ContentType = type;
        headers.ContentLength = form.Bytes.Length;
        if (form.Coding is not null)
        {
            headers.ContentEncoding = form.Coding;
        }
        return HttpMethods.IsHead(request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(form.Bytes, context.RequestAborted).AsTask();
    }

    Form FormOf(string? coding) =>
        coding switch
        {
            AcceptedCoding.Brotli => brotli.Value,
            AcceptedCoding.Gzip => gzip.Value,
            _ => plain,
        };

    /// <summary>
    /// A time counts only where no tag is given, be it one that cannot be read (RFC 9110, section 13.1.3), and only one that has been: of
    /// the rest of this second nobody knows yet.
    /// </summary>
    bool IsKnown(HttpRequest request, DateTimeOffset? said, DateTimeOffset now)
    {
        var tags = request.Headers.IfNoneMatch;
        if (tags.Count == 0)
        {
            return said is not null && request.GetTypedHeaders().IfModifiedSince is { } since && since >= said && since <= now;
        }
        // What most clients send is one tag as it was given to them.
        return tags.Count == 1 && IsOwn(tags[0])
            || request.GetTypedHeaders().IfNoneMatch.Any(known => known == EntityTagHeaderValue.Any || IsOwn(known.Tag.ToString()));
    }

    bool IsOwn(ReadOnlySpan<char> quoted)
    {
        if (quoted.Length < 2 || quoted[0] != '"' || quoted[^1] != '"' || !quoted[1..].StartsWith(tag, StringComparison.Ordinal))
        {
            return false;
        }
        return quoted[(tag.Length + 1)..^1] is "" or "-" + AcceptedCoding.Brotli or "-" + AcceptedCoding.Gzip;
    }

    static string? Text(DateTimeOffset? time) => time is { } its ? HeaderUtilities.FormatDate(its) : null;

    Form Coded(string coding, Func<Stream, Stream> into)
    {
        using var compressed = new MemoryStream();
        using (var stream = into(compressed))
        {
            stream.Write(bytes);
        }
        return new(coding, compressed.ToArray(), $"\"{tag}-{coding}\"");
    }
}
