using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Subscriptions;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What the folders of the service may know of each other, as it was compiled.</summary>
public sealed class ArchitectureTests
{
    static readonly Architecture service = new ArchLoader().LoadAssembly(typeof(Deliverer).Assembly).Build();

    [Fact]
    public void No_folder_depends_on_one_that_depends_on_it()
    {
        // That there are dependencies at all is seen first, or a loader that finds none would pass.
        Assert.Contains(service.GetClassOfType(typeof(Deliverer)).Dependencies, dependency =>
            dependency.Target.FullName == typeof(SubscriptionStore).FullName
        );
        var cycles = SliceRuleDefinition.Slices().Matching("NewsPlatform.Notifications.(*)").Should().BeFreeOfCycles();
        Assert.Empty(cycles.Evaluate(service).Where(result => !result.Passed).Select(result => result.Description));
    }
}
