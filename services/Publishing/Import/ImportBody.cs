using System.Text;
using NewsPlatform.Publishing.Import.Feeds;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import;

/// <summary>The body of an import, whichever of the media types it is of.</summary>
static class ImportBody
{
    // The old encodings of archives, such as windows-1251.
    static ImportBody() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static readonly string[] Accepted =
    [
        "application/x-ndjson",
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
        "text/plain",
    ];

    /// <summary>As batches, as they come; each line is read when it is asked for.</summary>
    /// <exception cref="ProblemException">415, or 400 that names the parameter.</exception>
    public static async Task<IAsyncEnumerable<IReadOnlyList<ImportLine>>> LinesAsync(
        HttpContext context,
        ImportOptions options,
        PortalOptions portal,
        string? language,
        string? zone,
        CancellationToken ct
    )
    {
        var type = MediaType(context);
        var isJson = type is "application/x-ndjson" or "application/ndjson" or "application/jsonl";
        if (!isJson && !Accepted.Contains(type))
        {
            throw Unsupported($"An import is one of {string.Join(", ", Accepted)}.");
        }
        if (isJson && language is not null)
        {
            throw ProblemException.BadRequest("language", "is a parameter of feeds and portal pages; lines of JSON say it themselves");
        }
        if (type != "text/plain" && zone is not null)
        {
            throw ProblemException.BadRequest("zone", "is a parameter of portal pages only; times elsewhere say it themselves");
        }
        if (language is not null)
        {
            Queries.OneOf("language", language, portal.Languages);
        }
        var edition = new Edition(portal, language);
        var encoding = EncodingOf(context);
        if (encoding is not (null or UTF8Encoding) && (isJson || type == "application/feed+json"))
        {
            throw Unsupported("charset: JSON is UTF-8");
        }
        return type switch
        {
            _ when isJson => Lines.ReadAsync(context.Request.BodyReader, options.MaxLineBytes, options.BatchLines, ct),
            "text/plain" => Batched(await PageAsync(context, options, edition, zone, encoding, ct)),
            "application/feed+json" => Batched(JsonFeed.ReadAsync(context.Request.BodyReader, edition, options.MaxItemBytes, ct)),
            _ => Batched(
                XmlFeed.ReadAsync(await XmlItems.OpenAsync(context.Request.Body, options.MaxItemBytes, encoding), edition, options, ct)
            ),
        };

        IAsyncEnumerable<IReadOnlyList<ImportLine>> Batched(IAsyncEnumerable<ImportLine> lines) =>
            lines.Batched(options.BatchLines, options.MaxItemBytes, ct);
    }

    static string MediaType(HttpContext context) =>
        Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            ? type.MediaType.Value!.ToLowerInvariant()
            : "";

    static ProblemException Unsupported(string why) =>
        new(415, "media-type-unsupported", why) { Headers = { ["Accept-Post"] = string.Join(", ", Accepted) } };

    /// <summary>The encoding that the request names; null where it names none.</summary>
    /// <exception cref="ProblemException">415: nobody here knows it.</exception>
    static Encoding? EncodingOf(HttpContext context)
    {
        if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.Charset.HasValue)
        {
            return null;
        }
        try
        {
            return Encoding.GetEncoding(type.Charset.Value.Trim('"'));
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw Unsupported($"charset: '{Html.Cut(type.Charset.Value, 60)}' is no encoding that is known here");
        }
    }

    static async Task<IAsyncEnumerable<ImportLine>> PageAsync(
        HttpContext context,
        ImportOptions options,
        Edition edition,
        string? zone,
        Encoding? encoding,
        CancellationToken ct
    )
    {
        var pageZone = edition.Portal.Zone;
        if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out pageZone!))
        {
            throw ProblemException.BadRequest("zone", "is no time zone of the IANA database, such as Asia/Baku");
        }
        var text = await ReadTextAsync(context, options.MaxPageBytes, encoding ?? Encoding.UTF8, ct);
        return PortalPageItems
            .Of(PortalPage.Parse(text, pageZone), edition.Language(), edition.Portal)
            .Select(i => i.Item is { } item ? new ImportLine(i.Line, () => item) : ImportLine.Fault(i.Line, i.Reason!))
            .ToAsyncEnumerable();
    }

    static async Task<string> ReadTextAsync(HttpContext context, int maxBytes, Encoding encoding, CancellationToken ct)
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await context.Request.Body.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (text.Length + read > maxBytes)
            {
                throw new ProblemException(413, "too-large", $"A page may have {maxBytes} bytes at most.");
            }
            text.Write(buffer, 0, read);
        }
        try
        {
            return Encoding
                .GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                .GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (DecoderFallbackException)
        {
            throw ProblemException.BadRequest("body", encoding is UTF8Encoding ? "is not UTF-8" : $"is not {encoding.WebName}");
        }
    }
}
