using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What the folders of the service may know of each other, as it was compiled.</summary>
public sealed class ArchitectureTests
{
    static readonly Architecture service = new ArchLoader().LoadAssembly(typeof(Bulletins.Bulletin).Assembly).Build();

    [Fact]
    public void No_folder_depends_on_one_that_depends_on_it()
    {
        var cycles = SliceRuleDefinition.Slices().Matching("NewsPlatform.Notifications.(*)").Should().BeFreeOfCycles();
        Assert.Empty(cycles.Evaluate(service).Where(result => !result.Passed).Select(result => result.Description));
    }
}
