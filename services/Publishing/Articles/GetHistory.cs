using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using JasperFx.Events;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Publishing.Events;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>One thing that happened to an article.</summary>
public sealed record HistoryEntry
{
    public required long Version { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The key or the person that did it; null for what was stored before that was recorded.</summary>
    public string? By { get; init; }

    /// <summary>
    /// The id of that key or person, which no other ever has, whoever has the name by now: <c>key:{id}</c>, <c>key:admin</c>,
    /// <c>token:{subject}</c> or <c>platform</c>. Absent where none was recorded, or it was masked.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ById { get; init; }

    /// <summary>As in <c>article_published</c>, without the noun.</summary>
    public required string Act { get; init; }

    /// <summary>A note or reason that was given with it; null where the article was of a category then that is not for who asks.</summary>
    public string? Note { get; init; }

    /// <summary>The members of the copy that it changed.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>The fields in which personal data was masked; there for that act only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Masked { get; init; }

    /// <summary>The state after it.</summary>
    public required string State { get; init; }
}

/// <summary><paramref name="Next"/> is the cursor for <c>after=</c>; absent on the last page.</summary>
public sealed record History(IReadOnlyList<HistoryEntry> Items, long? Next);

/// <summary>A member that differs between two versions.</summary>
public sealed record Difference(string Member, JsonNode? From, JsonNode? To);

/// <summary>What happened to an article, oldest first; any version as it was; and what differs between two.</summary>
public static class GetHistory
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public static void Map(RouteGroupBuilder articles)
    {
        articles.MapGet("/{id:guid}/history", Entries).WithSummary("List an article's history");
        articles.MapGet("/{id:guid}/versions/{version:long}", Version).WithSummary("Get a version of an article");
        articles.MapGet("/{id:guid}/diff", Diff).WithSummary("Compare two versions of an article");
    }

    /// <summary>The names of the members in which two copies differ.</summary>
    public static IReadOnlyList<Difference> Differences(Copy? from, Copy to)
    {
        var (before, after) = (from is null ? null : Members(from), Members(to));
        return
        [
            .. after
                .Select(a => a.Key)
                .Where(member => !JsonNode.DeepEquals(before?[member], after[member]))
                .Select(member => new Difference(member, before?[member]?.DeepClone(), after[member]?.DeepClone())),
        ];
    }

    /// <summary>
    /// The names alone. Most events leave the copy as it is, and a body, which may be a thousand times the rest, is not made JSON of.
    /// </summary>
    static IReadOnlyList<string> Changed(Copy? before, Copy after) =>
        ReferenceEquals(before, after)
            ? []
            :
            [
                .. Differences(
                        before is null ? null : before with { Body = "" },
                        after with
                        {
                            Body = before is null || before.Body == after.Body ? "" : "changed",
                        }
                    )
                    .Select(d => d.Member),
            ];

    static async Task<Ok<History>> Entries(
        Guid id,
        Caller caller,
        IQuerySession session,
        CancellationToken ct,
        string? after = null,
        string? limit = null
    )
    {
        var from = Number("after", after, 0, 0);
        var size = Queries.Limit(limit, DefaultLimit, MaxLimit);
        var entries = new List<HistoryEntry>();
        Article? article = null;
        await foreach (var e in session.EventsAsync(id, ct))
        {
            var before = article;
            article = Article.Apply(id, article, e.Data)!;
            // To the end, since what it is now decides who may see it.
            if (e.Version > from && entries.Count <= size)
            {
                entries.Add(Entry(caller, e, before, article));
            }
        }
        CategoryAuthorization.Check(caller, article ?? throw ProblemException.NotFound("article"));
        return TypedResults.Ok(new History([.. entries.Take(size)], entries.Count > size ? entries[size - 1].Version : null));
    }

    static async Task<Ok<ArticleView>> Version(Guid id, long version, Caller caller, IQuerySession session, CancellationToken ct) =>
        TypedResults.Ok(ArticleView.Of(await session.FetchVersionAsync(caller, id, version, ct)));

    static async Task<Ok<IReadOnlyList<Difference>>> Diff(
        Guid id,
        Caller caller,
        IQuerySession session,
        CancellationToken ct,
        string? from = null,
        string? to = null
    )
    {
        var first = await session.FetchVersionAsync(caller, id, Number("from", from, null, 1), ct);
        var second = to is null
            ? await session.FetchArticleAsync(caller, id, ct)
            : await session.FetchVersionAsync(caller, id, Number("to", to, null, 1), ct);
        return TypedResults.Ok(Differences(first.Copy, second.Copy));
    }

    /// <summary>Of an article that who asks may read as it is now, and might have read as it was then.</summary>
    /// <exception cref="ProblemException">404: there is no such article, or it has not come to that version. 403.</exception>
    public static async Task<Article> FetchVersionAsync(
        this IQuerySession session,
        Caller caller,
        Guid id,
        long version,
        CancellationToken ct
    )
    {
        var events = await session.FetchEventsAsync(id, ct);
        if (version < 1 || version > events.Count)
        {
            throw ProblemException.NotFound("version");
        }
        CategoryAuthorization.Check(caller, Article.Fold(id, events.Select(e => e.Data))!);
        return CategoryAuthorization.Check(caller, Article.Fold(id, events.Take((int)version).Select(e => e.Data))!);
    }

    static HistoryEntry Entry(Caller caller, IEvent e, Article? before, Article after)
    {
        var description = ArticleEvents.Describe(e.EventType);
        return new()
        {
            Version = e.Version,
            At = e.Timestamp,
            By = e.UserName,
            ById = e.GetHeader(EventMetadata.ActorHeader)?.ToString(),
            Act = description.Act,
            Note = CategoryAuthorization.Reaches(caller, after) ? description.Note(e.Data) : null,
            Changed = Changed(before?.Copy, after.Copy),
            Masked = (e.Data as ArticleMasked)?.Fields,
            State = after.State.Word(),
        };
    }

    static JsonObject Members(Copy copy) => JsonSerializer.SerializeToNode(copy, JsonSerializerOptions.Web)!.AsObject();

    static long Number(string parameter, string? text, long? otherwise, long least) =>
        text is null && otherwise is { } value ? value
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least ? number
        : throw ProblemException.BadRequest(parameter, "must be a version, such as 3");
}
