using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// A bulletin, or a word of the server's, as it goes out: its bytes are made once, whoever gets them and however. A word of the server's
/// has no position and no id, so that it never becomes the place to resume from.
/// </summary>
public sealed class Frame
{
    const string BulletinType = "bulletin";

    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTimes() },
    };

    static readonly HashSet<string> none = [];
    readonly Lazy<GzipPiece> gzip;

    public Frame(Bulletin bulletin)
    {
        Type = BulletinType;
        Position = bulletin.Position;
        Article = bulletin.Article.Id;
        Topics = Bulletins.Topics.Of(bulletin.Article);
        var head = Encoding.UTF8.GetBytes(
            $"event: {JsonNamingPolicy.CamelCase.ConvertName(bulletin.Kind.ToString())}\nid: {bulletin.Position}\ndata: "
        );
        var data = JsonSerializer.SerializeToUtf8Bytes(bulletin, json);
        Chunk = new(head, data, "\n\n"u8.ToArray());
        Data = Bytes.Slice(head.Length, data.Length);
        gzip = new(() => GzipPiece.Of(Bytes.Span));
    }

    Frame(string type, string text, string data = "", bool shared = false)
    {
        Type = type;
        Topics = none;
        Chunk = new(Encoding.UTF8.GetBytes(text));
        Data = Encoding.UTF8.GetBytes(data);
        gzip = new(() => shared ? GzipPiece.Of(Bytes.Span) : GzipPiece.Stored(Bytes.Span));
    }

    public static Frame Heartbeat { get; } = new("heartbeat", ": \n\n", shared: true);

    /// <summary>
    /// Bulletins between what the client has and the oldest one that is kept are not there any more, or the client's position is none of
    /// this log.
    /// </summary>
    public static Frame Gap(long oldest, long newest)
    {
        var data = $"{{\"oldest\":{oldest},\"newest\":{newest}}}";
        return new("gap", $"event: gap\ndata: {data}\n\n", data);
    }

    /// <summary>Lines of a text/event-stream to one client.</summary>
    public static Frame Text(string lines) => new("text", $"{lines}\n\n");

    /// <summary>Bytes in memory, compressed and not, with what it is about; an estimate.</summary>
    public long Held => 2L * Bytes.Length + 1_024;

    /// <summary>What a message of the WebSocket calls it.</summary>
    public string Type { get; }

    /// <summary>0 when it is no bulletin.</summary>
    public long Position { get; }

    public Guid Article { get; }
    public HashSet<string> Topics { get; }

    /// <summary>An event of a text/event-stream (WHATWG HTML, section 9.2).</summary>
    public ReadOnlyMemory<byte> Bytes => Chunk.Content;

    /// <summary>The event as a part of an answer over HTTP/1.1.</summary>
    public HttpChunk Chunk { get; }

    /// <summary>The event's data by itself: JSON, or nothing.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The event, compressed when somebody first wants it so.</summary>
    public GzipPiece Gzip => gzip.Value;
}
