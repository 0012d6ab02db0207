using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NewsPlatform.TestSupport;

/// <summary>A mail as the recipient's server got it and somebody else's parser read it.</summary>
public sealed record Mail(
    string To,
    int Connection,
    IReadOnlyDictionary<string, string> Headers,
    string Type,
    IReadOnlyList<string> Parts,
    string Text,
    string Html,
    IReadOnlyList<string> Defects
)
{
    public string Subject => Headers["subject"];

    /// <summary>Where one leaves by one click.</summary>
    public Uri Leave => new(Headers["list-unsubscribe"].Trim().Trim('<', '>'));

    /// <summary>The link of the text that leads to an endpoint.</summary>
    public Uri Link(string endpoint) =>
        new(
            Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .First(word => word.Contains($"/{endpoint}?", StringComparison.Ordinal))
        );

    public static Mail Of(JsonNode json) =>
        new(
            (string)json["to"]![0]!,
            (int)json["connection"]!,
            json["headers"]!.AsObject().ToDictionary(h => h.Key, h => (string)h.Value!),
            (string)json["type"]!,
            [.. json["parts"]!.AsArray().Select(p => (string)p!)],
            (string)json["text"]!,
            (string)json["html"]!,
            [.. json["defects"]!.AsArray().Select(d => (string)d!)]
        );
}

/// <summary>A real SMTP server: Debian's aiosmtpd, which <c>deploy/test.sh</c> installs.</summary>
public sealed class Mailbox : IAsyncDisposable
{
    const string Python = "/usr/bin/python3";
    const string Library = "/usr/lib/python3/dist-packages/aiosmtpd";

    readonly ConcurrentQueue<Mail> mails = new();
    readonly TaskCompletionSource ready = new();
    readonly Process process;

    Mailbox(Process process, int port) => (this.process, Port) = (process, port);

    /// <summary>Why it cannot be run; null when it can.</summary>
    public static string? Missing => Directory.Exists(Library) ? null : "there is no SMTP server: apt-get install python3-aiosmtpd";

    public int Port { get; }

    /// <param name="guard">Files of a certificate and its key, a user's name and a password: nobody else may send then, and not without
    /// TLS.</param>
    public static async Task<Mailbox> StartAsync(params string[] guard)
    {
        var port = Servers.FreePort();
        var process = new Process
        {
            StartInfo = new(Python, [Path.Combine(Node.Folder, "mailbox.py"), $"{port}", .. guard])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var mailbox = new Mailbox(process, port);
        process.OutputDataReceived += (_, line) => mailbox.Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await mailbox.ready.Task.WaitAsync(TimeSpan.FromSeconds(120));
        return mailbox;
    }

    /// <summary>What came for an address, in its order.</summary>
    public IReadOnlyList<Mail> For(string address) => [.. mails.Where(m => m.To == address)];

    public Task<IReadOnlyList<Mail>> UntilAsync(string address, int count) =>
        Eventually.Get(() => Task.FromResult(For(address)), mails => mails.Count >= count, $"{count} mails for {address}");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    void Keep(string? line)
    {
        if (line == "ready")
        {
            ready.SetResult();
        }
        else if (line is not null)
        {
            mails.Enqueue(Mail.Of(JsonNode.Parse(line)!));
        }
    }
}
