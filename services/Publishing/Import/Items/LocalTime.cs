namespace NewsPlatform.Publishing.Import.Items;

/// <summary>Times that say no offset, in the zone of whoever wrote them.</summary>
public static class LocalTime
{
    /// <summary>What UTC was when the zone's clocks showed that; null in the first and last hours of the calendar.</summary>
    public static DateTimeOffset? ToUtc(DateTime local, TimeZoneInfo zone)
    {
        var known = local;
        while (zone.IsInvalidTime(known))
            known = known.AddHours(-1); // the offset before the gap is what moves a skipped time forward
        var offset = zone.IsAmbiguousTime(known) ? zone.GetAmbiguousTimeOffsets(known).Max() : zone.GetUtcOffset(known);
        var ticks = local.Ticks - offset.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }
}
