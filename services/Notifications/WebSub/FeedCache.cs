using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>A feed's content as it is distributed.</summary>
/// <param name="Digest">Of the content, by which a change is known.</param>
public sealed record CachedFeed(ReadOnlyMemory<byte> Bytes, string ContentType, string? ETag, string Digest)
{
    /// <summary>
    /// Whether the content is not older than a bulletin. It shows times to the second, and of a story that has grown too old for the feed
    /// it shows nothing. Where only the feed tells whether it has the story, one that is not there is still waited for.
    /// </summary>
    public bool Shows(FeedTopic topic, Bulletin bulletin) =>
        topic.Has(bulletin) is false
            ? !Has(topic, bulletin)
            : Has(topic, bulletin)
                && Contains(bulletin.Article.UpdatedAt.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));

    /// <summary>Whether the story stands in the content.</summary>
    public bool Has(FeedTopic topic, Bulletin bulletin) =>
        Contains(topic.IsJson ? $"\"urn:uuid:{bulletin.Article.Id}\"" : $">urn:uuid:{bulletin.Article.Id}<");

    bool Contains(string text) => Bytes.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
}

/// <summary>
/// The feeds' content, got once for all their subscribers after each bulletin. The readers' service hears of a change by itself, perhaps a
/// little later than the hub: a feed is asked for again until it shows the bulletin or a bounded time is over.
/// </summary>
public sealed class FeedCache : IDisposable
{
    static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(25);
    static readonly TimeSpan longestPause = TimeSpan.FromMilliseconds(400);
    static readonly TimeSpan triedAgain = TimeSpan.FromSeconds(1);
    static readonly TimeSpan kept = TimeSpan.FromMinutes(10);

    readonly WebSubOptions options;
    readonly TimeProvider clock;
    readonly string root;
    readonly HttpClient client;
    readonly MemoryCache feeds;

    /// <summary>Apart from what is known of the feeds, since it is bounded by its length.</summary>
    readonly MemoryCache contents;

    public FeedCache(WebSubOptions options, PortalOptions portal, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        root = (options.FetchUrl.Length > 0 ? options.FetchUrl : portal.PublicUrl).TrimEnd('/');
        // Not of anybody else's choice: the operator says where the feeds are.
        client = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            }
        )
        {
            Timeout = TimeSpan.FromSeconds(options.FetchSeconds),
            MaxResponseContentBufferSize = options.MaxContentBytes,
        };
        feeds = new(new MemoryCacheOptions { SizeLimit = options.MaxCopies });
        contents = new(new MemoryCacheOptions { SizeLimit = options.MaxCopiesMegabytes * (1024L * 1024) });
    }

    /// <summary>The content as it is after some bulletins, or as it is at the end of a bounded time if it does not show them all.</summary>
    /// <param name="known">The digest of what the subscriber has.</param>
    /// <exception cref="HttpRequestException">The feed cannot be got; its status says whether there is none.</exception>
    public async Task<CachedFeed> AfterAsync(FeedTopic topic, IReadOnlyList<Bulletin> newest, string? known, CancellationToken ct)
    {
        var last = newest.Max(b => b.Position);
        var feed = FeedOf(topic);
        await feed.Turn.WaitAsync(ct);
        try
        {
            if (
                contents.Get<CachedFeed>(topic.Path) is { } ready
                && (feed.Settled >= last || feed.Tried >= last && clock.GetElapsedTime(feed.TriedAt) < triedAgain)
            )
            {
                return ready;
            }
            var before = feed.SettledDigest ?? known;
            var began = clock.GetTimestamp();
            var pause = firstPause;
            while (true)
            {
                var cached = await GetAsync(topic, ct);
                // What was there before shows nothing new, even if its time to the second looks like that of the bulletin.
                if (cached.Digest != before && newest.All(b => cached.Shows(topic, b)))
                {
                    (feed.Settled, feed.SettledDigest) = (last, cached.Digest);
                    return cached;
                }
                if (clock.GetElapsedTime(began).TotalMilliseconds >= options.SettleMilliseconds)
                {
                    (feed.Tried, feed.TriedAt) = (last, clock.GetTimestamp());
                    return cached;
                }
                await Task.Delay(pause, clock, ct);
                pause = pause * 2 < longestPause ? pause * 2 : longestPause;
            }
        }
        finally
        {
            feed.Turn.Release();
        }
    }

    /// <summary>The content as it is now, whatever it shows.</summary>
    /// <exception cref="HttpRequestException">As above.</exception>
    public async Task<CachedFeed> NowAsync(FeedTopic topic, CancellationToken ct)
    {
        var feed = FeedOf(topic);
        await feed.Turn.WaitAsync(ct);
        try
        {
            return await GetAsync(topic, ct);
        }
        finally
        {
            feed.Turn.Release();
        }
    }

    public void Dispose()
    {
        client.Dispose();
        feeds.Dispose();
        contents.Dispose();
    }

    Feed FeedOf(FeedTopic topic) => feeds.GetOrCreate(topic.Path, entry =>
        {
            (entry.Size, entry.SlidingExpiration) = (1, kept);
            return new Feed();
        })!;

    async Task<CachedFeed> GetAsync(FeedTopic topic, CancellationToken ct)
    {
        var cached = await GetAsync(topic, contents.Get<CachedFeed>(topic.Path), ct);
        return contents.Set(
            topic.Path,
            cached,
            new MemoryCacheEntryOptions { Size = Math.Max(1, cached.Bytes.Length), SlidingExpiration = kept }
        );
    }

    async Task<CachedFeed> GetAsync(FeedTopic topic, CachedFeed? last, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, root + topic.Path);
        if (last?.ETag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", last.ETag);
        }
        using var answer = await client.SendAsync(request, ct);
        if (answer.StatusCode == HttpStatusCode.NotModified && last is not null)
        {
            return last;
        }
        answer.EnsureSuccessStatusCode();
        var bytes = await answer.Content.ReadAsByteArrayAsync(ct);
        return new(
            bytes,
            answer.Content.Headers.ContentType?.ToString() ?? "application/octet-stream",
            answer.Headers.ETag?.ToString(),
            Convert.ToHexStringLower(SHA256.HashData(bytes))
        );
    }

    sealed class Feed
    {
        public SemaphoreSlim Turn { get; } = new(1);

        /// <summary>The last bulletin that the content is known to show.</summary>
        public long Settled { get; set; }

        public string? SettledDigest { get; set; }

        /// <summary>The last bulletin that the content was waited for to show, in vain.</summary>
        public long Tried { get; set; }

        public long TriedAt { get; set; }
    }
}
