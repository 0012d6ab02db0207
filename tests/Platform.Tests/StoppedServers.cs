using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>
/// Tests that stop RabbitMQ or PostgreSQL, which all tests of the assembly share: no other one runs beside them, whose requests would be
/// answered 503.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StoppedServers
{
    public const string Name = "Tests that stop the servers";
}
