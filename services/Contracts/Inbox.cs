namespace NewsPlatform.Contracts;

/// <summary>A service's durable quorum queue behind a fanout exchange of the same name.</summary>
/// <param name="Queue">Begins with the service's name.</param>
/// <param name="Exchange">Where its messages come from.</param>
public sealed record Inbox(
    string Queue,
    bool SingleActiveConsumer,
    string Exchange = Topology.Articles,
    params IReadOnlyList<string> RoutingKeys
)
{
    /// <summary>Those that it wants of the exchange's messages: what is said of articles, if nothing else is.</summary>
    public IReadOnlyList<string> RoutingKeys { get; } = RoutingKeys is [] ? ["article.#"] : RoutingKeys;

    /// <summary>By which an earlier release had bound it; what comes by them is another inbox's now.</summary>
    public IReadOnlyList<string> FormerKeys { get; init; } = [];
}
