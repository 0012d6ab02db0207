using System.Diagnostics;

namespace NewsPlatform.TestSupport;

/// <summary>The checkers of <c>tests/Documents</c>, which run on Node.js; <c>deploy/test.sh</c> installs them.</summary>
public static class Node
{
    static string Folder => Path.Combine(Repository.Root, "tests", "Documents");

    /// <summary>Why they cannot be run; null when they can.</summary>
    public static string? Missing => Directory.Exists(Path.Combine(Folder, "node_modules")) ? null : "the checkers are not installed: npm ci in tests/Documents";

    /// <param name="script">A file of <c>tests/Documents</c>, with its arguments behind it.</param>
    /// <returns>What it says; nothing but white space when it finds no fault.</returns>
    public static async Task<string> RunAsync(string input, params string[] script)
    {
        using var node = Process.Start(new ProcessStartInfo("node", script)
        {
            WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true" },
        })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.StandardInput.WriteAsync(input);
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        return node.ExitCode == 0 ? await output : $"exit code {node.ExitCode}\n{await output}\n{await errors}";
    }
}
