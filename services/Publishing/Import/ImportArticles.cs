using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using NewsPlatform.Publishing.Articles;
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

    /// <summary>Lines that are stored in one transaction.</summary>
    [Range(1, 1000)]
    public int BatchLines { get; set; } = 100;
}

/// <summary>The answer to one line, itself a line of JSON.</summary>
/// <param name="Line">Its number, from 1.</param>
public sealed record ImportResult(int Line, ImportOutcome Outcome, Guid? Id, string? Reason);

/// <summary>
/// Takes in an archive: NDJSON with an article a line, or a portal's page saved as text (<c>text/plain</c>). The body is read as it
/// comes and each line is answered as soon as its article is stored, so that the size of an import is not limited by memory, nor its pace by a clock:
/// a wire may stay connected and send a line whenever it has one.
/// Nobody is told of imported articles; readers find them.
/// </summary>
public static class ImportArticles
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void MapImport(this IEndpointRouteBuilder app) => app.MapPost("/api/import", Handle)
        .RequireAuthorization(Roles.Editor).WithTags("Import").WithSummary("Take in articles, one a line")
        .WithQuery("publish", "language", "zone")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.DisableRequestSizeLimitAttribute());

    static async Task Handle(HttpContext context, IDocumentStore store, CopyRules rules, PortalOptions portal, ImportOptions options, TimeProvider clock,
        ILoggerFactory logs, CancellationToken ct, bool publish = false, string? language = null, string? zone = null)
    {
        var batches = MediaType(context) switch
        {
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" when language is not null || zone is not null =>
                throw Refusal.Unreadable(language is not null ? "language" : "zone", "is a parameter of portal pages only; lines of JSON say it themselves"),
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" => Parsed(context, options, ct),
            "text/plain" => await PageAsync(context, options, portal, language, zone, ct),
            _ => throw new Refusal(415, "media-type-unsupported", "An import is application/x-ndjson, or text/plain for a portal page.") { Headers = { ["Accept-Post"] = "application/x-ndjson, text/plain" } },
        };
        context.Response.ContentType = "application/x-ndjson";
        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        using var spool = new AnswerSpool();
        var sending = spool.SendAsync(context.Response.Body, ct);
        try
        {
            await StoreAsync(batches, new ImportBatch(store, rules, clock, publish), spool, logs.CreateLogger("NewsPlatform.Import"), ct);
        }
        finally
        {
            spool.Complete();
            await sending;
        }
    }

    static async Task StoreAsync(IAsyncEnumerable<IReadOnlyList<ImportEntry>> batches, ImportBatch batch, AnswerSpool spool, ILogger log, CancellationToken ct)
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
            await spool.WriteAsync(answers.GetBuffer().AsMemory(0, (int)answers.Length), ct);
        }
        log.LogInformation("Imported {Imported}, unchanged {Unchanged}, rejected {Rejected}", counts[0], counts[1], counts[2]);
    }

    static string MediaType(HttpContext context) =>
        Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) ? type.MediaType.Value!.ToLowerInvariant() : "";

    static async IAsyncEnumerable<IReadOnlyList<ImportEntry>> Parsed(HttpContext context, ImportOptions options,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var lines in Lines.ReadAsync(context.Request.BodyReader, options.MaxLineBytes, options.BatchLines, ct))
        {
            yield return [.. lines.Select(line => Read(line, options))];
        }
    }

    static ImportEntry Read(Line line, ImportOptions options)
    {
        try
        {
            return line.Bytes is null
                ? new(line.Number, null, $"line: may have {options.MaxLineBytes} bytes at most")
                : new(line.Number, ImportItem.Read(line.Number == 1 && line.Bytes.AsSpan().StartsWith("\uFEFF"u8) ? line.Bytes.AsSpan(3) : line.Bytes), null);
        }
        catch (Refusal refusal)
        {
            return new(line.Number, null, refusal.Message);
        }
    }

    static async Task<IAsyncEnumerable<IReadOnlyList<ImportEntry>>> PageAsync(HttpContext context, ImportOptions options, PortalOptions portal,
        string? language, string? zone, CancellationToken ct)
    {
        language ??= portal.Languages[0];
        if (!portal.Languages.Contains(language))
        {
            throw Refusal.Unreadable("language", $"must be one of {string.Join(", ", portal.Languages)}");
        }
        var pageZone = portal.Zone;
        if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out pageZone!))
        {
            throw Refusal.Unreadable("zone", "is no time zone of the IANA database, such as Asia/Baku");
        }
        var text = await ReadTextAsync(context, options.MaxPageBytes, ct);
        var entries = PortalPageItems.Of(PortalPage.Parse(text, pageZone), language, portal).Select(i => new ImportEntry(i.Line, i.Item, i.Reason));
        return entries.Chunk(options.BatchLines).ToAsyncEnumerable();
    }

    static async Task<string> ReadTextAsync(HttpContext context, int maxBytes, CancellationToken ct)
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await context.Request.Body.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (text.Length + read > maxBytes)
            {
                throw new Refusal(413, "too-large", $"A page may have {maxBytes} bytes at most.");
            }
            text.Write(buffer, 0, read);
        }
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (DecoderFallbackException)
        {
            throw Refusal.Unreadable("body", "is not UTF-8");
        }
    }
}
