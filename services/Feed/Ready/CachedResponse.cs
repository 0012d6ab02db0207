using System.Text.Json;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

/// <summary>A finished answer of Feed's, and what it depends on where the edge may keep it too.</summary>
public sealed class CachedResponse : IResult
{
    readonly FinishedResponse finished;
    readonly EdgeEntry? entry;
    readonly string? surrogateKeys;

    /// <param name="changedAt">In whole seconds; null when that cannot be known.</param>
    public CachedResponse(Content content, DateTimeOffset? changedAt)
        : this(content, new FinishedResponse(content.Bytes, content.Type, content.Link, changedAt), null, null) { }

    CachedResponse(Content content, FinishedResponse finished, EdgeEntry? entry, string? surrogateKeys) =>
        (Content, this.finished, this.entry, this.surrogateKeys) = (content, finished, entry, surrogateKeys);

    Content Content { get; }

    public DateTimeOffset? ChangedAt => finished.ChangedAt;

    public Guid? Story => Content.Story;

    public int MaxSize => finished.MaxSize;

    /// <summary>The same bytes under another time.</summary>
    public CachedResponse Dated(DateTimeOffset? changedAt) =>
        changedAt == ChangedAt ? this : new(Content, finished.Dated(changedAt), entry, surrogateKeys);

    /// <summary>The same bytes, as an answer that is kept under its key until the stories of the language change.</summary>
    public CachedResponse KeptAs(CacheKey key, string? language, Change change, DateTimeOffset until) =>
        key.Address is { } address && finished.Length <= EdgeProtocol.MaxBytes
            ? new(
                Content,
                finished,
                new(address.Path, address.Reads, key.IsHead, language ?? "", change.Number, until, ChangedAt, Content.Story),
                SurrogateKeys.Of(key, language, Content.Story)
            )
            : this;

    /// <inheritdoc cref="FinishedResponse.Settle"/>
    public void Settle(DateTimeOffset complete) => finished.Settle(complete);

    public bool Says(Content other) =>
        other.Type == Content.Type && other.Link == Content.Link && other.Bytes.AsSpan().SequenceEqual(Content.Bytes);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var asked = httpContext.Request.Headers[EdgeProtocol.AskField];
        if (entry is not null && asked.Count == 1 && asked[0] is { } tag and not EdgeProtocol.Nothing)
        {
            var request = httpContext.Request.Headers;
            request.AcceptEncoding = request.IfModifiedSince = default;
            request.IfNoneMatch = tag == EdgeProtocol.Anything ? default : tag;
            httpContext.Response.Headers[EdgeProtocol.EntryField] = JsonSerializer.Serialize(entry);
        }
        var services = httpContext.RequestServices;
        return SendAsync(
            httpContext,
            services.GetRequiredService<ReadyOptions>(),
            services.GetRequiredService<PurgeOptions>(),
            services.GetRequiredService<TimeProvider>().GetUtcNow()
        );
    }

    /// <summary>Answers a client.</summary>
    public Task SendAsync(HttpContext context, ReadyOptions options, PurgeOptions purge, DateTimeOffset now)
    {
        if (entry is not null && purge.Url is not null)
        {
            SurrogateKeys.Say(context.Response.Headers, surrogateKeys!, purge, entry.Until - now);
        }
        return finished.SendAsync(context, options.CacheControl, now);
    }
}
