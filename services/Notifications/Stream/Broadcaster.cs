using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>Those who want the same. What is handed out to them is linked behind <see cref="Head"/> once, however many they are.</summary>
sealed class Group(Topics topics)
{
    public Topics Topics => topics;
    public List<Subscriber> Members { get; } = [];

    /// <summary>Members, and those that will be when they have read what they missed.</summary>
    public int Admitted { get; set; }

    public Link Head { get; private set; } = new(null, 0);

    public void Append(Frame frame)
    {
        var last = Head;
        Head = new(frame, last.Number + 1);
        last.Next = Head;
    }
}

/// <summary>
/// Some of those who were handed something out, who are written to one after the other by one thread: a thread's turn for each of them
/// would cost as much as the writing.
/// </summary>
sealed class Waking(Subscriber[] members) : IThreadPoolWorkItem
{
    /// <summary>Few enough that all processors have their part of a crowd, and that nobody waits long for the others.</summary>
    public const int Most = 128;

    public void Execute()
    {
        foreach (var member in members)
        {
            member.Wake();
        }
    }
}

/// <summary>
/// Everybody who listens at this instance. Joining tells the position up to which the subscriber must read the log; everything after
/// it is handed out, so that at the seam nothing is missing and nothing comes twice.
/// </summary>
/// <remarks>
/// A bulletin is matched with groups that share a topic with it, so that what it costs grows with who gets it and not with who listens.
/// </remarks>
public sealed class Broadcaster
{
    readonly Lock gate = new();
    readonly Dictionary<string, Group> groups = new(StringComparer.Ordinal);
    readonly Dictionary<string, HashSet<Group>> byHandle = new(StringComparer.Ordinal);
    readonly HashSet<Group> touched = [];
    long position;

    public Broadcaster()
    {
        Telemetry.Meter.CreateObservableGauge(
            "news.stream.groups",
            () => Groups,
            "{group}",
            "Different sets of topics that are listened to at this instance"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.stream.queued",
            Queued,
            "{bulletin}",
            "The most bulletins that wait for one subscriber"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.stream.position",
            () => Position,
            "{bulletin}",
            "The bulletin up to which all were handed out"
        );
    }

    public long Position => Volatile.Read(ref position);

    public int Groups
    {
        get
        {
            lock (gate)
            {
                return groups.Count;
            }
        }
    }

    /// <summary>Handles that groups are found by.</summary>
    public int IndexTerms
    {
        get
        {
            lock (gate)
            {
                return byHandle.Count;
            }
        }
    }

    /// <summary>The subscriber is one of those that want the same, whose topics are kept once; nothing is handed out to it yet.</summary>
    public void Admit(Subscriber subscriber)
    {
        lock (gate)
        {
            if (!groups.TryGetValue(subscriber.Topics.Key, out var group))
            {
                group = groups[subscriber.Topics.Key] = new(subscriber.Topics);
                foreach (var handle in group.Topics.IndexTerms)
                {
                    if (!byHandle.TryGetValue(handle, out var sharing))
                    {
                        byHandle[handle] = sharing = [];
                    }
                    sharing.Add(group);
                }
            }
            group.Admitted++;
            subscriber.Admit(group);
        }
    }

    /// <returns>The position after which bulletins are handed out to the subscriber.</returns>
    public long Join(Subscriber subscriber)
    {
        lock (gate)
        {
            var group = subscriber.Group!;
            subscriber.Index = group.Members.Count;
            group.Members.Add(subscriber);
            subscriber.Begin();
            return position;
        }
    }

    public void Leave(Subscriber subscriber)
    {
        lock (gate)
        {
            if (subscriber.Group is not { } group)
            {
                return;
            }
            if (subscriber.Joined)
            {
                var last = group.Members[^1];
                group.Members[last.Index = subscriber.Index] = last;
                group.Members.RemoveAt(group.Members.Count - 1);
            }
            subscriber.Left();
            if (--group.Admitted > 0)
            {
                return;
            }
            groups.Remove(group.Topics.Key);
            foreach (var handle in group.Topics.IndexTerms)
            {
                byHandle[handle].Remove(group);
                if (byHandle[handle].Count == 0)
                {
                    byHandle.Remove(handle);
                }
            }
        }
    }

    /// <summary>Where the log stands when this instance begins to follow it.</summary>
    public void Begin(long at) => Volatile.Write(ref position, at);

    public void HandOut(IEnumerable<Frame> frames)
    {
        var told = new List<Subscriber[]>();
        lock (gate)
        {
            foreach (var frame in frames)
            {
                HandOut(frame, Topics.Everything);
                foreach (var topic in frame.Topics)
                {
                    HandOut(frame, topic);
                }
                Volatile.Write(ref position, frame.Position);
            }
            told.AddRange(touched.SelectMany(group => group.Members).Chunk(Waking.Most));
            touched.Clear();
        }
        // Not under the lock: who is woken is written to at once, and may leave then.
        foreach (var members in told)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Waking(members), preferLocal: false);
        }
    }

    void HandOut(Frame frame, string handle)
    {
        if (!byHandle.TryGetValue(handle, out var sharing))
        {
            return;
        }
        foreach (var group in sharing)
        {
            // One that is found by several handles gets it once.
            if (group.Head.Frame != frame && group.Topics.Match(frame.Topics))
            {
                group.Append(frame);
                touched.Add(group);
            }
        }
    }

    long Queued()
    {
        lock (gate)
        {
            return groups.Values.SelectMany(group => group.Members).Select(member => member.Waiting).DefaultIfEmpty().Max();
        }
    }
}
