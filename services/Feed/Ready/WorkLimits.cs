using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// What costs the database something, by kind, each with its own bound: who asks for much of one kind takes nothing from the others, and
/// least of all from who reads what is ready. What is over is refused at once, or when it has waited for too long.
/// </summary>
public sealed class WorkLimits : IDisposable
{
    public WorkLimits(WorkOptions options, DatabaseOptions database)
    {
        var most = Math.Max(1, database.MaxConnections / 4);
        var patience = TimeSpan.FromSeconds(options.WaitSeconds);
        Searches = new("searches", Math.Min(options.Searches, most), options.SearchesWaiting, patience);
        Heads = new("heads", Math.Min(options.Heads, most), options.HeadsWaiting, patience);
        Others = new("others", Math.Min(options.Others, most), options.OthersWaiting, patience);
    }

    public WorkLimit Searches { get; }

    public WorkLimit Heads { get; }

    public WorkLimit Others { get; }

    public void Dispose()
    {
        Searches.Dispose();
        Heads.Dispose();
        Others.Dispose();
    }
}
