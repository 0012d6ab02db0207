namespace NewsPlatform.Gateway.Edge;

/// <summary>A read that can be answered here, while it is under way.</summary>
/// <param name="Target">Path and query, as the request's first line has them.</param>
public sealed record EdgeRequest(string Target)
{
    /// <summary>What Feed is asked with (<see cref="Contracts.EdgeProtocol.AskField"/>).</summary>
    public string Ask { get; set; } = Contracts.EdgeProtocol.Nothing;

    /// <summary>What was kept before, whose entity tag <see cref="Ask"/> is.</summary>
    public KeptAnswer? Old { get; set; }

    /// <summary>What Feed has answered, if it can be kept.</summary>
    public KeptAnswer? Made { get; set; }
}
