using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace NewsPlatform.TestSupport;

/// <summary>A service as it is deployed: a process of its own, configured by its environment.</summary>
/// <param name="under">A program with its arguments that becomes the service, when there is one.</param>
public sealed class ServiceProcess(string service, IReadOnlyDictionary<string, string> environment, params string[] under)
    : IAsyncDisposable
{
    readonly ConcurrentQueue<string> output = new();
    Process? process;

    public int Port { get; } = Servers.FreePort();
    public int ManagementPort { get; } = Servers.FreePort();
    public Uri Address => new($"http://127.0.0.1:{Port}/");
    public Uri Management => new($"http://127.0.0.1:{ManagementPort}/");

    /// <summary>What it wrote since it was first started, a line an event; kept beside the tests when it ends.</summary>
    public IReadOnlyCollection<string> Output => output;

    public void Start()
    {
        string[] command = [.. under, "dotnet", Repository.Assembly(service)];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        start.Environment["Listen__Port"] = $"{Port}";
        start.Environment["Listen__ManagementPort"] = $"{ManagementPort}";
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public async Task ReadyAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        await Eventually.True(
            async () =>
            {
                if (process!.HasExited)
                {
                    throw new InvalidOperationException(
                        $"{service} ended with {process.ExitCode}:\n{string.Join('\n', output.TakeLast(20))}"
                    );
                }
                using var answer = await client.GetAsync(new Uri(Management, "health/ready"));
                return answer.StatusCode == HttpStatusCode.OK;
            },
            $"{service} is ready"
        );
    }

    /// <summary>What its metrics say, summed over what is told apart besides.</summary>
    /// <param name="labels">Such as <c>channel="email"</c>.</param>
    public async Task<double> MetricAsync(string name, params string[] labels)
    {
        using var client = new HttpClient();
        return (await client.GetStringAsync(new Uri(Management, "metrics")))
            .Split('\n')
            .Where(line =>
                line.StartsWith(name, StringComparison.Ordinal)
                && Array.TrueForAll(labels, label => line.Contains(label, StringComparison.Ordinal))
            )
            .Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    /// <summary>SIGKILL: nothing of what it holds is written or sent.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it hangs, with its connections open, until <see cref="GoOnAsync"/>.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task GoOnAsync() => SignalAsync("CONT");

    async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as an operator stops it; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        await process!.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await KillAsync();
        }
        process?.Dispose();
        var logs = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "logs"));
        await File.WriteAllLinesAsync(Path.Combine(logs.FullName, $"{service}-{Port}.log"), output);
    }

    void Keep(string? line)
    {
        if (line is not null)
        {
            output.Enqueue(line);
        }
    }
}
