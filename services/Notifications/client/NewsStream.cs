using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Client;

public enum BulletinKind
{
    Published,
    Updated,
    Corrected,
    Withdrawn,
}

/// <summary>One thing that subscribers are told.</summary>
public sealed record Bulletin
{
    /// <summary>Its place in the log; <see cref="NewsStreamOptions.After"/> of it resumes behind it.</summary>
    public required long Position { get; init; }

    public required BulletinKind Kind { get; init; }
    public required LineItem Article { get; init; }

    /// <summary>Why, such as a correction's note.</summary>
    public string? Reason { get; init; }
}

/// <summary>Bulletins before <paramref name="Oldest"/> are not there any more.</summary>
public sealed record Gap(long Oldest, long Newest);

/// <summary>An event with a position.</summary>
public sealed record StreamEvent<T>(long Position, string Kind, T Data);

public sealed class NewsStreamOptions
{
    /// <summary>Relative to the client's base address.</summary>
    public string Path { get; init; } = "api/stream";

    /// <summary>Such as <c>language:en,category:world</c>: OR-ed, a comma inside one is AND; everything when there is none.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>The position up to which everything is known; what is new only, when it is null.</summary>
    public long? After { get; init; }

    /// <summary>Instead of <see cref="After"/>: from the oldest bulletin that is kept.</summary>
    public bool FromEarliest { get; init; }

    /// <summary>Called when bulletins were missed that will not come.</summary>
    public Action<Gap>? OnGap { get; init; }

    /// <summary>Before the second try to come back, at most; doubled with each that fails. The server says when to try first.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Without a byte after which a connection is taken for dead: three heartbeats.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(45);

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>The stream does not let this client in, and trying again would not help.</summary>
public sealed class NewsStreamRefusedException(HttpStatusCode status, string problem)
    : Exception($"The stream refuses with {(int)status}: {problem}")
{
    public HttpStatusCode Status => status;

    /// <summary>Problem details (RFC 9457) as they came.</summary>
    public string Problem => problem;
}

/// <summary>
/// Live bulletins over server-sent events, each once and in order. Whatever breaks, it comes back by itself, each time later and never at
/// the same moment as others, and goes on after the last bulletin that it had; a refusal other than 429 ends it.
/// </summary>
/// <param name="client">With the platform's address, a <c>Timeout</c> that is infinite, <c>AutomaticDecompression</c> for less traffic and,
/// where streams are not public, the Authorization header.</param>
/// <example><code>
/// using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip })
///     { BaseAddress = new("https://news.example.org/"), Timeout = Timeout.InfiniteTimeSpan };
/// await foreach (var bulletin in new NewsStream(http, new() { Topics = ["language:en"] }).ReadAsync(stop))
///     Console.WriteLine($"{bulletin.Kind}: {bulletin.Article.Headline}");
/// </code></example>
#pragma warning disable CA1711 // It is what the platform calls a stream, if not what .NET does.
public sealed class NewsStream(HttpClient client, NewsStreamOptions options)
#pragma warning restore CA1711
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Up to which everything was read; null while nothing is known.</summary>
    public long? Position { get; private set; } = options.After;

    /// <summary>Until it is cancelled.</summary>
    /// <exception cref="NewsStreamRefusedException">The stream does not let this client in.</exception>
    public async IAsyncEnumerable<Bulletin> ReadAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var one in ReadAsync((_, data) => JsonSerializer.Deserialize<Bulletin>(data, json)!, ct))
        {
            yield return one.Data;
        }
    }

    /// <summary>The same, with data read in a way of the caller's own.</summary>
    public async IAsyncEnumerable<StreamEvent<T>> ReadAsync<T>(
        SseItemParser<T> parse,
        [EnumeratorCancellation] CancellationToken ct = default
    )
    {
        for (var failures = 0; ; failures++)
        {
            using var answer = await AskAsync(ct);
            var delay = answer?.Headers.RetryAfter?.Delta ?? Backoff(failures);
            if (answer is { IsSuccessStatusCode: true })
            {
                Position ??= Known(answer);
                using var silence = new Watch(await answer.Content.ReadAsStreamAsync(ct), options);
                // A gap has no position, and its data is not what the caller reads.
                var parser = SseParser.Create<(T Data, Gap? Gap)>(silence, (kind, data) =>
                    kind == "gap" ? (default!, JsonSerializer.Deserialize<Gap>(data, json)) : (parse(kind, data), null)
                );
                await using var events = parser.EnumerateAsync(ct).GetAsyncEnumerator(ct);
                while (await NextAsync(events, ct) is { } one)
                {
                    failures = 0;
                    if (one.Data.Gap is { } gap)
                    {
                        Position = gap.Oldest - 1;
                        options.OnGap?.Invoke(gap);
                    }
                    else if (
                        long.TryParse(one.EventId, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                        && !(position <= Position)
                    )
                    {
                        Position = position;
                        yield return new(position, one.EventType, one.Data.Data);
                    }
                }
                delay = failures == 0 && parser.ReconnectionInterval > TimeSpan.Zero ? parser.ReconnectionInterval : Backoff(failures);
            }
            await Task.Delay(delay, options.Clock, ct);
        }
    }

    /// <summary>Null when nobody answers.</summary>
    async Task<HttpResponseMessage?> AskAsync(CancellationToken ct)
    {
        var query = options.Topics.Select(topic => $"topic={Uri.EscapeDataString(topic)}");
        if (Position is null && options.FromEarliest)
        {
            query = query.Append("lastEventId=earliest");
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{options.Path}?{string.Join('&', query)}".TrimEnd('?'));
        request.Headers.Accept.Add(new("text/event-stream"));
        if (Position is { } position)
        {
            request.Headers.Add("Last-Event-ID", position.ToString(CultureInfo.InvariantCulture));
        }
        HttpResponseMessage answer;
        try
        {
            answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (Exception away) when (IsAway(away, ct))
        {
            return null;
        }
        if ((int)answer.StatusCode is >= 400 and < 500 and not (408 or 429))
        {
            using (answer)
            {
                throw new NewsStreamRefusedException(answer.StatusCode, await answer.Content.ReadAsStringAsync(ct));
            }
        }
        return answer;
    }

    /// <summary>Null when the connection is at its end, in order or not.</summary>
    static async ValueTask<SseItem<T>?> NextAsync<T>(IAsyncEnumerator<SseItem<T>> events, CancellationToken ct)
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current : null;
        }
        catch (Exception away) when (IsAway(away, ct))
        {
            return null;
        }
    }

    static bool IsAway(Exception fault, CancellationToken ct) =>
        fault is HttpRequestException or IOException or InvalidDataException
        || fault is OperationCanceledException && !ct.IsCancellationRequested;

    /// <summary>
    /// Where the server says that it begins, so that nothing is missed if the connection breaks before the first bulletin.
    /// </summary>
    static long? Known(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Last-Event-ID", out var said)
        && long.TryParse(said.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : null;

#pragma warning disable CA5394 // Not a secret.
    TimeSpan Backoff(int failures) =>
        Random.Shared.NextDouble()
        * TimeSpan.FromTicks(Math.Min(options.LongestDelay.Ticks, options.FirstDelay.Ticks << Math.Min(failures, 16)));
#pragma warning restore CA5394

    /// <summary>Gives up when nothing comes for too long: the other side may be gone without a word.</summary>
    sealed class Watch(Stream inner, NewsStreamOptions options) : Stream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(options.LongestSilence);
            return await inner.ReadAsync(buffer, patience.Token);
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
