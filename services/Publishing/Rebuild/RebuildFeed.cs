using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Http.Features;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Relay;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using ArticlePublished = NewsPlatform.Publishing.Articles.ArticlePublished;

namespace NewsPlatform.Publishing.Rebuild;

/// <summary>How far a rebuild is, a line of JSON every second.</summary>
/// <param name="Step"><c>waiting</c> for Feed, <c>sending</c>, <c>storing</c> what was sent, or <c>done</c>.</param>
/// <param name="Sent">Articles sent.</param>
/// <param name="Of">Articles that readers ever had.</param>
public sealed record RebuildProgress(string Step, long Sent, long Of);

/// <summary>
/// Sends Feed the state of every article that readers ever had, to make its read models anew beside those that it serves. It goes by an
/// exchange of its own, so that nobody is told of anything. Whoever asks is told how far it is; who goes away ends it, and nothing has
/// happened.
/// </summary>
public static class RebuildFeed
{
    const int Page = 250;

    /// <summary>PostgreSQL's advisory lock of whoever rebuilds; the number means nothing else.</summary>
    const long Lock = 0x6e65777372656264;

    public static void MapRebuild(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/rebuilds/feed", Handle)
            .RequireAuthorization(Roles.Admin)
            .WithTags("Operations")
            .WithSummary("Rebuild Feed's read models")
            .WithQuery()
            .Produces<RebuildProgress>(contentType: "application/x-ndjson")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithDescription(
                "Every article that readers ever had is sent to Feed, which makes its lines, texts and stories of them beside those that "
                    + "it serves, and then goes by the new ones at once. Nobody is notified. A line of JSON a second says how far it is; "
                    + "the last one has the step `done`. Who goes away before ends it, and nothing has changed."
            );

    static async Task Handle(
        HttpContext context,
        IDocumentStore store,
        NpgsqlDataSource database,
        MessagingOptions messaging,
        ILoggerFactory logs,
        CancellationToken ct
    )
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        try
        {
            await Lead.BeginAsync(connection, ct);
            await using var only = new NpgsqlCommand($"select pg_try_advisory_lock({Lock})", connection);
            if (await only.ExecuteScalarAsync(ct) is not true)
            {
                throw new ProblemException(409, "state-forbids", "Feed is being rebuilt already.");
            }
            await RebuildAsync(context, connection, store, database, messaging, logs.CreateLogger("NewsPlatform.Rebuild"), ct);
        }
        finally
        {
            await SessionState.ClearAsync(connection);
        }
    }

    static async Task RebuildAsync(
        HttpContext context,
        NpgsqlConnection lead,
        IDocumentStore store,
        NpgsqlDataSource database,
        MessagingOptions messaging,
        ILogger log,
        CancellationToken ct
    )
    {
        await using var channel = await RebuildChannel.OpenAsync(messaging, ct);
        context.Response.ContentType = "application/x-ndjson";
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        var progress = new RebuildProgress("waiting", 0, await CountAsync(database, ct));
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var telling = TellAsync(context, lead, () => progress, stopping);
        try
        {
            ct = stopping.Token;
            await channel.SendAsync(new RebuildBegun(channel.Id), ct);
            await channel.UntilAsync("ready", ct);
            // While one page is sent, the next one is read.
            var sending = Task.CompletedTask;
            await foreach (var articles in ArticlesAsync(store, database, ct))
            {
                await sending;
                progress = progress with { Step = "sending", Sent = progress.Sent + articles.Count };
                sending = channel.SendAsync(articles, ct);
            }
            await sending;
            await channel.SendAsync(new RebuildEnded(channel.Id, progress.Sent), ct);
            progress = progress with { Step = "storing", Of = progress.Sent };
            await channel.UntilAsync("done", ct);
            progress = progress with { Step = "done" };
            log.LogInformation("Feed was rebuilt of {Articles} articles", progress.Sent);
        }
        finally
        {
            await stopping.CancelAsync();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await WriteAsync(context, progress, context.RequestAborted);
    }

    /// <summary>Ends the work when somebody else may rebuild by now.</summary>
    static async Task TellAsync(
        HttpContext context,
        NpgsqlConnection lead,
        Func<RebuildProgress> progress,
        CancellationTokenSource stopping
    )
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await Lead.ProveAsync(lead, CancellationToken.None);
                await WriteAsync(context, progress(), CancellationToken.None);
                await Task.Delay(Lead.Beat, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            await stopping.CancelAsync();
        }
    }

    static async Task WriteAsync(HttpContext context, RebuildProgress progress, CancellationToken ct)
    {
        await JsonSerializer.SerializeAsync(context.Response.Body, progress, JsonSerializerOptions.Web, ct);
        await context.Response.Body.WriteAsync("\n"u8.ToArray(), ct);
        await context.Response.Body.FlushAsync(ct);
    }

    static readonly string published = $"from mt_events where type = '{ArticleEvents.NameOf<ArticlePublished>()}'";

    static async Task<long> CountAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"select count(distinct stream_id) {published}");
        command.CommandTimeout = 0;
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Each as the last of its events left it that changed what readers have.</summary>
    static async IAsyncEnumerable<IReadOnlyList<object>> ArticlesAsync(
        IDocumentStore store,
        NpgsqlDataSource database,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        var last = Guid.Empty;
        while (true)
        {
            await using var command = database.CreateCommand(
                $"select array(select distinct stream_id {published} and stream_id > $1 order by stream_id limit {Page})"
            );
            command.Parameters.Add(new() { Value = last });
            command.CommandTimeout = 0;
            if (await command.ExecuteScalarAsync(ct) is not Guid[] { Length: > 0 } ids)
            {
                yield break;
            }
            last = ids[^1];
            await using var session = store.QuerySession();
            var events = await session
                .Events.QueryAllRawEvents()
                .Where(e => e.StreamId.IsOneOf(ids))
                .OrderBy(e => e.Sequence)
                .ToListAsync(ct);
            yield return
            [
                .. events.GroupBy(e => e.StreamId).Select(stream => Newest(stream.Key, stream.Select(e => e.Data))).OfType<object>(),
            ];
        }
    }

    static object? Newest(Guid id, IEnumerable<object> events)
    {
        var (article, newest) = ((Article?)null, (object?)null);
        foreach (var e in events)
        {
            article = Article.Apply(id, article, e);
            if (ArticleMessage.Of(e, article!) is { Exchange: Topology.Articles } message)
            {
                newest = message.Message;
            }
        }
        return newest;
    }
}
