using NewsPlatform.TestSupport;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Servers))]
[assembly: TestCollectionOrderer(typeof(Order))]
[assembly: TestMethodOrderer(typeof(Order))]
// They stop the servers that they all stand on.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace NewsPlatform.Platform.Tests;

/// <summary>All services as they are deployed, used through the gateway.</summary>
public sealed class PlatformStack(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Stack = await Stack.StartAsync(servers);

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}
