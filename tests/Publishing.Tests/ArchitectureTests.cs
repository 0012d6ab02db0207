using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Which parts of the code may know which.</summary>
public sealed class ArchitectureTests
{
    /// <summary>What several folders need lies in one below them, so that each can be read without those above it.</summary>
    [Fact]
    public void No_folder_of_a_feature_needs_one_that_needs_it()
    {
        var architecture = new ArchLoader().LoadAssembly(typeof(Storage).Assembly).Build();
        var cycles = SliceRuleDefinition.Slices().Matching("NewsPlatform.Publishing.(*)").Should().BeFreeOfCycles();
        Assert.Equal([], cycles.Evaluate(architecture).Where(result => !result.Passed).Select(result => result.Description));
    }
}
