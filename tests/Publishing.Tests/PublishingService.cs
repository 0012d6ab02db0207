using NewsPlatform.TestSupport;
using Xunit;

[assembly: AssemblyFixture(typeof(Servers))]
[assembly: TestCollectionOrderer(typeof(Order))]
[assembly: TestMethodOrderer(typeof(Order))]

namespace NewsPlatform.Publishing.Tests;

/// <summary>Publishing as it is deployed, with nobody else on its broker.</summary>
public sealed class PublishingService(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Stack = await Stack.StartAsync(servers, null, "Publishing");

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}
