using System.Diagnostics;

namespace NewsPlatform.TestSupport;

/// <summary>A program that others wrote.</summary>
public static class Tool
{
    /// <returns>What it says; its exit code and its complaints too where it fails.</returns>
    public static async Task<string> RunAsync(string program, string folder, string input, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["REDOCLY_TELEMETRY"] = "off",
                    ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
                    ["PYTHONIOENCODING"] = "utf-8",
                },
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : $"exit code {process.ExitCode}\n{await output}\n{await errors}";
    }
}
