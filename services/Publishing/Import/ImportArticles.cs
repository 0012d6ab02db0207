using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import;

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

    public static void MapImport(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/import", Handle)
            .RequireAuthorization(Roles.Editor)
            .WithTags("Import")
            .WithSummary("Import articles")
            .WithQuery("publish", "language", "zone")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.DisableRequestSizeLimitAttribute(), new TakesMediaTypes(ImportBody.Accepted))
            .Produces<ImportResult>(contentType: "application/x-ndjson")
            .WithDescription(
                "NDJSON has an article a line, as in `POST /api/articles`, with `id`, `publishedAt` and `updatedAt` "
                    + "besides; also RSS, Atom, "
                    + "JSON Feed, a WordPress export, or a portal's page saved as text. The body may be as long and as slow as it likes: "
                    + "each line is answered, by a line of JSON, as soon as it is stored. Nobody is told of imported articles."
            );

    static async Task Handle(
        HttpContext context,
        Caller caller,
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
        var lines = await ImportBody.LinesAsync(context, options, portal, language, zone, ct);
        context.Response.ContentType = "application/x-ndjson";
        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        using var results = new ResultBuffer();
        var sending = results.SendAsync(context.Response.Body, ct);
        try
        {
            var log = logs.CreateLogger("NewsPlatform.Import");
            await StoreAsync(
                ImportPipeline.Ready(lines, line => ImportEntry.Of(line, rules, clock.GetUtcNow(), log), ct),
                new ImportBatch(caller, store, clock, publish, log),
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
}
