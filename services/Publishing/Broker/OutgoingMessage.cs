namespace NewsPlatform.Publishing.Broker;

/// <summary>A message of the contracts, and where it goes.</summary>
/// <param name="Exchange">One of <see cref="Contracts.Topology"/>.</param>
public sealed record OutgoingMessage(string Exchange, string RoutingKey, object Message);
