namespace NewsPlatform.TestSupport;

/// <summary>The checkers of <c>tests/Documents</c>, which run on Node.js; <c>deploy/test.sh</c> installs them.</summary>
public static class Node
{
    public static string Folder => Path.Combine(Repository.Root, "tests", "Documents");

    /// <summary>Why they cannot be run; null when they can.</summary>
    public static string? Missing =>
        Directory.Exists(Path.Combine(Folder, "node_modules")) ? null : "the checkers are not installed: npm ci in tests/Documents";

    /// <param name="script">A file of <c>tests/Documents</c>, with its arguments behind it.</param>
    /// <returns>What it says; nothing but white space when it finds no fault.</returns>
    public static Task<string> RunAsync(string input, params string[] script) => Tool.RunAsync("node", Folder, input, script);
}
