using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Bulletins;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>What the pages' service worker gets, as JSON.</summary>
public sealed record PushMessage
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary><c>published</c>, <c>updated</c>, <c>corrected</c>, <c>withdrawn</c> or <c>digest</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The article's id: what is shown under it already is replaced.</summary>
    public required string Tag { get; init; }

    /// <summary>Of the article, so that what comes twice is not announced twice.</summary>
    public long? Version { get; init; }

    public required string Title { get; init; }
    public required string Body { get; init; }

    /// <summary>What opens, relative to the portal's root.</summary>
    public required string Url { get; init; }

    /// <summary>Of the texts.</summary>
    public required string Lang { get; init; }

    public bool? Breaking { get; init; }

    /// <summary>When the news became public.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What the buttons say.</summary>
    public required string Read { get; init; }

    public required string Stop { get; init; }

    /// <param name="kind">What it is to the reader.</param>
    /// <param name="category">The category's name, said where there is nothing else to say.</param>
    /// <param name="language">The reader's.</param>
    public static PushMessage Of(Bulletin bulletin, BulletinKind kind, string category, string language)
    {
        var (article, words) = (bulletin.Article, PushWords.Of(language));
        var note = string.IsNullOrWhiteSpace(bulletin.Reason) ? null : bulletin.Reason.Trim();
        var (title, body) = kind switch
        {
            BulletinKind.Withdrawn => (words.Withdrawn, note is null ? article.Headline : $"{article.Headline}\n{note}"),
            BulletinKind.Corrected => (article.Headline, $"{words.Correction}: {note ?? article.Summary}".TrimEnd(' ', ':')),
            BulletinKind.Updated when note is not null => (article.Headline, $"{words.Update}: {note}"),
            _ => (article.Headline, article.Summary.Length > 0 ? article.Summary : category),
        };
        return new()
        {
            Kind = kind.ToString().ToLowerInvariant(),
            Tag = article.Id.ToString("D"),
            Version = article.Version,
            Title = title,
            Body = body,
            Url = article.Url,
            Lang = kind == BulletinKind.Withdrawn ? language : article.Language,
            Breaking = article.Breaking ? true : null,
            At = article.PublishedAt,
            Read = words.Read,
            Stop = words.Stop,
        };
    }

    /// <param name="headlines">How many are named.</param>
    public static PushMessage Of(PushStep.Digest digest, int headlines, string language)
    {
        var words = PushWords.Of(language);
        return new()
        {
            Kind = "digest",
            Tag = "digest",
            Title = words.Digest(digest.Stories.Count, digest.More),
            Lang = language,
            Url = $"/{language}",
            Read = words.Read,
            Stop = words.Stop,
            Body = string.Join(
                '\n',
                digest.Stories.Take(headlines).Select(story => $"• {story.Article.ShortHeadline ?? story.Article.Headline}")
            ),
        };
    }

    /// <summary>The bytes that are encrypted; the longer text is shortened until they are no more than that.</summary>
    public byte[] ToBytes(int maxBytes)
    {
        var message = this;
        while (true)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(message, json);
            var excess = bytes.Length - maxBytes;
            if (excess <= 0 || message is { Title.Length: <= 1, Body.Length: <= 1 })
            {
                return bytes;
            }
            message =
                message.Body.Length >= message.Title.Length
                    ? message with
                    {
                        Body = Shorten(message.Body, excess),
                    }
                    : message with
                    {
                        Title = Shorten(message.Title, excess),
                    };
        }
    }

    /// <summary>
    /// Shorter by about that many bytes of JSON: cut between characters as readers see them, and between words where that costs little.
    /// </summary>
    static string Shorten(string text, int excess)
    {
        const string more = "…";
        // Some characters are written by escapes, which are longer.
        var (bytes, written) = (Encoding.UTF8.GetByteCount(text), JsonEncodedText.Encode(text, json.Encoder).EncodedUtf8Bytes.Length);
        var limit = bytes - (int)Math.Ceiling(excess * (double)bytes / Math.Max(1, written)) - Encoding.UTF8.GetByteCount(more);
        var (end, length) = (0, 0);
        while (end < text.Length)
        {
            var next = StringInfo.GetNextTextElementLength(text, end);
            length += Encoding.UTF8.GetByteCount(text.AsSpan(end, next));
            if (length > limit)
            {
                break;
            }
            end += next;
        }
        var word = end > 0 ? text.LastIndexOf(' ', end - 1) : -1;
        var cut = word > end * 4 / 5 ? word : end;
        return cut == 0 ? "" : string.Concat(text.AsSpan(0, cut).TrimEnd(), more);
    }
}
