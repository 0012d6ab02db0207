using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Import.Feeds;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import;

public sealed class ImportOptions
{
    /// <summary>Bytes of one line.</summary>
    [Range(1024, 64 << 20)]
    public int MaxLineBytes { get; set; } = 2 << 20;

    /// <summary>Bytes of a portal page.</summary>
    [Range(1024, 64 << 20)]
    public int MaxPageBytes { get; set; } = 4 << 20;

    /// <summary>Bytes of one item of a feed.</summary>
    [Range(1024, 64 << 20)]
    public int MaxItemBytes { get; set; } = 4 << 20;

    /// <summary>Pictures of a WordPress export that are remembered for posts that come later; the oldest are forgotten.</summary>
    [Range(0, 10_000_000)]
    public int MaxPictures { get; set; } = 100_000;

    /// <summary>
    /// Bytes of a WordPress export that wait for a featured picture which stands behind its post; then it goes in without.
    /// </summary>
    [Range(0, 1 << 30)]
    public int MaxWaitingBytes { get; set; } = 8 << 20;

    /// <summary>Lines that are stored in one transaction.</summary>
    [Range(1, 1000)]
    public int BatchLines { get; set; } = 250;
}

/// <summary>The answer to one line, itself a line of JSON.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Reason">Why it was rejected.</param>
/// <param name="Note">What was left out of an article that was taken in, since an article may not have as much.</param>
public sealed record ImportResult(int Line, ImportOutcome Outcome, Guid? Id, string? Reason, string? Note = null);

/// <summary>
/// Takes in an archive: NDJSON with an article a line, a feed (RSS, Atom, JSON Feed), a WordPress export, or a portal's page saved as text
/// (<c>text/plain</c>). The body is read as it comes and each line is answered as soon as its article is stored, so that the size of an
/// import is not limited by memory, nor its pace by a clock: a wire may stay connected and send a line whenever it has one. Nobody is told
/// of imported articles; readers find them.
/// </summary>
public static class ImportArticles
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // The old encodings of archives, such as windows-1251.
    static ImportArticles() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    static readonly string[] accepted =
    [
        "application/x-ndjson",
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
        "text/plain",
    ];

    public static void MapImport(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/import", Handle)
            .RequireAuthorization(Roles.Editor)
            .WithTags("Import")
            .WithSummary("Import articles")
            .WithQuery("publish", "language", "zone")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.DisableRequestSizeLimitAttribute(), new TakesMediaTypes(accepted))
            .Produces<ImportResult>(contentType: "application/x-ndjson")
            .WithDescription(
                "NDJSON has an article a line, as in `POST /api/articles`, with `id`, `publishedAt` and `updatedAt` besides; also RSS, Atom, JSON Feed, "
                    + "a WordPress export, or a portal's page saved as text. The body may be as long and as slow as it likes: each line is answered, by a line of JSON, "
                    + "as soon as it is stored. Nobody is told of imported articles."
            );

    static async Task Handle(
        HttpContext context,
        IDocumentStore store,
        CopyRules rules,
        PortalOptions portal,
        ImportOptions options,
        TimeProvider clock,
        ILoggerFactory logs,
        CancellationToken ct,
        bool publish = false,
        string? language = null,
        string? zone = null
    )
    {
        var lines = await LinesAsync(context, options, portal, language, zone, ct);
        context.Response.ContentType = "application/x-ndjson";
        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        using var results = new ResultBuffer();
        var sending = results.SendAsync(context.Response.Body, ct);
        try
        {
            var log = logs.CreateLogger("NewsPlatform.Import");
            await StoreAsync(
                ImportPipeline.Ready(lines, line => ImportEntry.Of(line, rules, clock.GetUtcNow(), log), ct),
                new ImportBatch(store, clock, publish, log),
                results,
                log,
                ct
            );
        }
        finally
        {
            results.Complete();
            await sending;
        }
    }

    static async Task StoreAsync(
        IAsyncEnumerable<IReadOnlyList<ImportEntry>> batches,
        ImportBatch batch,
        ResultBuffer results,
        ILogger log,
        CancellationToken ct
    )
    {
        var counts = new int[3];
        using var answers = new MemoryStream();
        await foreach (var entries in batches.WithCancellation(ct))
        {
            answers.SetLength(0);
            foreach (var result in await batch.StoreAsync(entries, ct))
            {
                counts[(int)result.Outcome]++;
                await JsonSerializer.SerializeAsync(answers, result, json, ct);
                answers.WriteByte((byte)'\n');
            }
            await results.WriteAsync(answers.GetBuffer().AsMemory(0, (int)answers.Length), ct);
        }
        log.LogInformation("Imported {Imported}, unchanged {Unchanged}, rejected {Rejected}", counts[0], counts[1], counts[2]);
    }

    static async Task<IAsyncEnumerable<IReadOnlyList<ImportLine>>> LinesAsync(
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
        if (!isJson && !accepted.Contains(type))
        {
            throw Unsupported($"An import is one of {string.Join(", ", accepted)}.");
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
        new(415, "media-type-unsupported", why) { Headers = { ["Accept-Post"] = string.Join(", ", accepted) } };

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
