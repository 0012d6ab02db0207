using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NewsPlatform.TestSupport;

/// <summary>A script of <c>tests/Documents</c> that goes on until the test has seen enough; each line that it says is JSON.</summary>
public sealed class Script : IAsyncDisposable
{
    readonly ConcurrentQueue<string> lines = new();
    readonly Process process;

    Script(Process process) => this.process = process;

    public IReadOnlyList<JsonNode> Said => [.. lines.Select(line => JsonNode.Parse(line)!)];

    public static Script Start(params string[] script)
    {
        var process = new Process
        {
            StartInfo = new("node", script)
            {
                WorkingDirectory = Node.Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var started = new Script(process);
        process.OutputDataReceived += (_, line) => started.Keep(line.Data);
        process.ErrorDataReceived += (_, line) =>
            started.Keep(line.Data is null ? null : new JsonObject { ["complaint"] = line.Data }.ToJsonString());
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    public async Task TellAsync(object line)
    {
        await process.StandardInput.WriteLineAsync(line as string ?? System.Text.Json.JsonSerializer.Serialize(line));
        await process.StandardInput.FlushAsync();
    }

    public Task<IReadOnlyList<JsonNode>> UntilAsync(Func<IReadOnlyList<JsonNode>, bool> enough, string what) =>
        Eventually.Get(
            () =>
                process.HasExited && !enough(Said)
                    ? throw new InvalidOperationException($"It ended before {what}: {string.Join('\n', lines.TakeLast(10))}")
                    : Task.FromResult(Said),
            enough,
            what
        );

    /// <summary>The first line that is such a one.</summary>
    public async Task<JsonNode> FirstAsync(Func<JsonNode, bool> such, string what) =>
        (await UntilAsync(said => said.Any(such), what)).First(such);

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    void Keep(string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
