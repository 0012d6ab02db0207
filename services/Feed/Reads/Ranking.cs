namespace NewsPlatform.Feed.Reads;

/// <summary>An order of stories by their reads in a window of time.</summary>
/// <param name="Name">Tells it from every other one.</param>
/// <param name="Window">As requests name it.</param>
public sealed record Ranking(string Name, string Window, Func<Counted, long> Reads, Func<Counted, DateTimeOffset, double> Score)
{
    /// <summary>Stories of a ranking that are kept; also the most that can be asked for.</summary>
    public const int Length = 50;

    /// <summary>Reads that the expected ones are taken to be more by, so that a few do not make a trend.</summary>
    const int Damping = 10;

    /// <summary>Standard deviations, which chance alone rarely reaches.</summary>
    const double LeastTrend = 2;

    public static readonly Ranking MostReadOfTheDay = Most("24h", c => c.Day);

    public static readonly IReadOnlyList<Ranking> MostRead = [Most("1h", c => c.Hour), MostReadOfTheDay, Most("7d", c => c.Week)];

    public static readonly IReadOnlyList<Ranking> Trending =
    [
        Rising("1h", TimeSpan.FromHours(1), 23, c => c.Hour, c => c.Day),
        Rising("24h", TimeSpan.FromDays(1), 6, c => c.Day, c => c.Week),
    ];

    static Ranking Most(string window, Func<Counted, long> reads) =>
        new($"most-read {window}", window, reads, (counted, _) => reads(counted));

    static Ranking Rising(string window, TimeSpan length, int windowsBefore, Func<Counted, long> reads, Func<Counted, long> withBefore) =>
        new($"trending {window}", window, reads, (counted, now) =>
        {
            var readable = (now - length - counted.PublishedAt) / length;
            return Trend(reads(counted), withBefore(counted) - reads(counted), Math.Clamp(readable, 1, windowsBefore));
        });

    /// <summary>
    /// How many standard deviations the reads of the window lie above what the rate before it would have given, reads being a Poisson
    /// process:
    /// <c>(reads - expected) / sqrt(expected + 10)</c> with <c>expected = before / windows</c>. A story that nobody had read before needs
    /// seven reads to trend, and one that always has a thousand in a window 1,064. 0 for what does not trend.
    /// </summary>
    /// <param name="windows">Lengths of the window that the story was readable for before it, up to as far as is looked back; 1 for a
    /// younger one.</param>
    public static double Trend(long reads, long before, double windows)
    {
        var expected = before / windows;
        var score = (reads - expected) / Math.Sqrt(expected + Damping);
        return score < LeastTrend ? 0 : score;
    }
}
