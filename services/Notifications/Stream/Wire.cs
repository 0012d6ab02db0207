using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>A bulletin as it goes out: its bytes are made once, whoever gets them.</summary>
public sealed class Frame
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTimes() },
    };

    public Frame(Bulletin bulletin)
    {
        Position = bulletin.Position;
        Topics = Stream.Topics.Of(bulletin.Article);
        Bytes = Encoding.UTF8.GetBytes(
            $"event: {JsonNamingPolicy.CamelCase.ConvertName(bulletin.Kind.ToString())}\nid: {bulletin.Position}\ndata: {JsonSerializer.Serialize(bulletin, json)}\n\n");
    }

    public long Position { get; }
    public HashSet<string> Topics { get; }

    /// <summary>An event of a text/event-stream (WHATWG HTML, section 9.2).</summary>
    public ReadOnlyMemory<byte> Bytes { get; }
}

/// <summary>Somebody who listens, with what waits for them.</summary>
public sealed class Subscriber(Topics topics, int queueLength)
{
    readonly Channel<Frame> queue = Channel.CreateBounded<Frame>(new BoundedChannelOptions(queueLength)
    {
        FullMode = BoundedChannelFullMode.Wait,
        SingleReader = true,
        SingleWriter = true,
        AllowSynchronousContinuations = false,
    });

    public ChannelReader<Frame> Queue => queue.Reader;
    public Topics Topics => topics;

    /// <summary>Was too slow, and has been dropped.</summary>
    public bool Dropped { get; private set; }

    public bool Offer(Frame frame)
    {
        if (!topics.Match(frame.Topics) || queue.Writer.TryWrite(frame))
        {
            return true;
        }
        Dropped = true;
        queue.Writer.TryComplete();
        return false;
    }
}

/// <summary>
/// Everybody who listens at this instance. Joining tells the position up to which the subscriber must read the log; everything after
/// it comes through the queue, so that at the seam nothing is missing and nothing comes twice.
/// </summary>
public sealed class Wire
{
    readonly Lock gate = new();
    readonly HashSet<Subscriber> subscribers = [];
    readonly System.Diagnostics.Metrics.Counter<long> dropped = Telemetry.Meter.CreateCounter<long>("news.stream.dropped", "{subscriber}", "Subscribers dropped because they were too slow");
    long position;

    public Wire()
    {
        Telemetry.Meter.CreateObservableGauge("news.stream.subscribers", () => Count, "{subscriber}", "Who listens at this instance");
        Telemetry.Meter.CreateObservableGauge("news.stream.position", () => Position, "{bulletin}", "The bulletin up to which all were handed out");
    }

    public int Count
    {
        get
        {
            lock (gate)
            {
                return subscribers.Count;
            }
        }
    }

    public long Position => Volatile.Read(ref position);

    /// <returns>The position after which bulletins come through the subscriber's queue.</returns>
    public long Join(Subscriber subscriber)
    {
        lock (gate)
        {
            subscribers.Add(subscriber);
            return position;
        }
    }

    public void Leave(Subscriber subscriber)
    {
        lock (gate)
        {
            subscribers.Remove(subscriber);
        }
    }

    /// <summary>Where the log stands when this instance begins to follow it.</summary>
    public void Begin(long at) => Volatile.Write(ref position, at);

    public void HandOut(IEnumerable<Frame> frames)
    {
        lock (gate)
        {
            foreach (var frame in frames)
            {
                if (subscribers.RemoveWhere(s => !s.Offer(frame)) is > 0 and var slow)
                {
                    dropped.Add(slow);
                }
                Volatile.Write(ref position, frame.Position);
            }
        }
    }
}
