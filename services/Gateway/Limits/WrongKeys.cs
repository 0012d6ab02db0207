namespace NewsPlatform.Gateway.Limits;

/// <summary>
/// Counts the wrong keys of each client. Beyond the limit, its keys that are not known to be good are refused unread for a while, and each
/// further wrong one doubles that. Who shows no key, or a good one, is not touched.
/// </summary>
public sealed class WrongKeys(LimitOptions options, TimeProvider clock)
{
    readonly Lock gate = new();
    readonly Slot[] slots = new Slot[options.ClientSlots];

    /// <summary>How long the client has to wait; zero for one that has not.</summary>
    public TimeSpan Wait(int client)
    {
        lock (gate)
        {
            return TimeSpan.FromTicks(Math.Max(0, slots[client].RefusedUntil - clock.GetUtcNow().Ticks));
        }
    }

    public void Note(int client)
    {
        var limit = options.WrongKeys;
        if (!options.Enabled || limit.PerMinute == 0)
        {
            return;
        }
        lock (gate)
        {
            ref var slot = ref slots[client];
            var now = clock.GetUtcNow().Ticks;
            if (slot.Strikes > 0 && now - slot.RefusedUntil > limit.MaxWaitSeconds * TimeSpan.TicksPerSecond)
            {
                slot = default;
            }
            if (now >= slot.CountedUntil)
            {
                (slot.Wrong, slot.CountedUntil) = (0, now + TimeSpan.TicksPerMinute);
            }
            slot.Wrong++;
            // What was under way when it was refused is not counted against it again.
            if ((slot.Wrong > limit.PerMinute || slot.Strikes > 0) && now >= slot.RefusedUntil)
            {
                slot.RefusedUntil =
                    now
                    + (long)Math.Min(limit.FirstWaitSeconds * Math.Pow(2, slot.Strikes), limit.MaxWaitSeconds) * TimeSpan.TicksPerSecond;
                slot.Strikes++;
            }
        }
    }

    struct Slot
    {
        public int Wrong;
        public int Strikes;
        public long CountedUntil;
        public long RefusedUntil;
    }
}
