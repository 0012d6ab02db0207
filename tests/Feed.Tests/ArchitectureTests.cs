using System.Reflection;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>Which parts of the code may know which.</summary>
public sealed class ArchitectureTests
{
    /// <summary>What several folders need lies in one below them, so that each can be read without those above it.</summary>
    [Fact]
    public void No_folder_of_a_feature_needs_one_that_needs_it()
    {
        var architecture = new ArchLoader().LoadAssembly(typeof(Story).Assembly).Build();
        var cycles = SliceRuleDefinition.Slices().Matching("NewsPlatform.Feed.(*)").Should().BeFreeOfCycles();
        Assert.Equal([], cycles.Evaluate(architecture).Where(result => !result.Passed).Select(result => result.Description));
    }

    [Fact]
    public void The_contracts_need_nothing_of_ours() => Assert.Equal([], Needs(typeof(PublicArticle).Assembly));

    [Fact]
    public void What_all_services_do_alike_knows_the_contracts_and_no_service() =>
        Assert.Equal(["NewsPlatform.Contracts"], Needs(typeof(PortalOptions).Assembly));

    static IEnumerable<string> Needs(Assembly assembly) =>
        assembly
            .GetReferencedAssemblies()
            .Select(other => other.Name!)
            .Where(name => name.StartsWith("NewsPlatform.", StringComparison.Ordinal));
}
