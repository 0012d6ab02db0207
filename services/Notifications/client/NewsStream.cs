using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NewsPlatform.Client;

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
        var failures = 0;
        while (true)
        {
            using var answer = await AskAsync(ct);
            var delay = answer?.Headers.RetryAfter?.Delta ?? Backoff(failures);
            if (answer is { IsSuccessStatusCode: true })
            {
                Position ??= Known(answer);
                using var silence = new SilenceWatch(await answer.Content.ReadAsStreamAsync(ct), options.LongestSilence);
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
            failures++;
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
}
