using System.Security.Cryptography;
using System.Text;
using Xunit.Sdk;
using Xunit.v3;

namespace NewsPlatform.TestSupport;

/// <summary>
/// The order of an assembly's tests: shuffled by <c>TEST_SEED</c> (1 where it is not set) and by nothing else. That of xUnit depends on the
/// folder in which the assembly lies, so that a test which leans on another's may be green in one clone and red in the next.
/// </summary>
public sealed class Order : ITestCollectionOrderer, ITestMethodOrderer
{
    static readonly string seed = Environment.GetEnvironmentVariable("TEST_SEED") is { Length: > 0 } set ? set : "1";

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(c => Place(c.TestCollectionDisplayName.Split(" (id:")[0]))];

    public IReadOnlyCollection<TTestMethod?> OrderTestMethods<TTestMethod>(IReadOnlyCollection<TTestMethod?> testMethods)
        where TTestMethod : notnull, ITestMethod => [.. testMethods.OrderBy(m => Place($"{m?.TestClass.TestClassName}.{m?.MethodName}"))];

    static string Place(string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {name}")));
}
