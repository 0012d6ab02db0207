using System.Globalization;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>The platform with something of everything in it, and with as much memory as its options add up to.</summary>
public sealed class FuzzedStack(Servers servers) : IAsyncLifetime
{
    /// <summary>What Feed may keep of finished answers.</summary>
    const int ReadyMegabytes = 32;

    /// <summary>
    /// Bytes of managed memory that a service cannot go beyond: the runtime itself ends it then (GCHeapHardLimit), so that no request may
    /// ever make it need more. Beside what the options name (Feed's finished answers) it is what a service uses when nothing is asked of
    /// it, 30 to 60 MB, and bodies of 4 MiB under way.
    /// </summary>
    static readonly IReadOnlyDictionary<string, long> budgets = new Dictionary<string, long>
    {
        ["Publishing"] = 320L << 20,
        ["Feed"] = (256L + ReadyMegabytes) << 20,
        ["Notifications"] = 256L << 20,
        ["Gateway"] = 192L << 20,
    };

    public static IReadOnlyCollection<string> Services => [.. budgets.Keys];

    public Stack Stack { get; private set; } = null!;
    public World World { get; private set; } = null!;
    public Cast Cast { get; private set; } = null!;
    Receiver receiver = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await Receiver.StartAsync();
        Stack = await Stack.StartAsync(servers, Settings());
        Cast = await Cast.MakeAsync(Stack);
        World = await World.MakeAsync(Stack, Cast, receiver);
    }

    public async ValueTask DisposeAsync()
    {
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await receiver.DisposeAsync();
    }

    static Dictionary<string, string> Settings() =>
        new()
        {
            ["Outbound__Allow"] = "127.0.0.0/8",
            ["WebPush__Services__0"] = "*",
            ["Portal__PublicUrl"] = "http://127.0.0.1",
            ["Webhooks__MaxPerOwner"] = "10000",
            ["Ready__MaxMegabytes"] = $"{ReadyMegabytes}",
            // Mails wait: nobody takes them.
            ["Email__Host"] = "127.0.0.1",
            ["Email__Port"] = "1",
            ["Email__Security"] = "None",
            ["Email__From"] = "News <news@example.org>",
            ["DOTNET_GCHeapHardLimit"] = Hexadecimal(budgets["Publishing"]),
            [$"{Stack.OfGateway}DOTNET_GCHeapHardLimit"] = Hexadecimal(budgets["Gateway"]),
        };

    static string Hexadecimal(long bytes) => bytes.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Bytes of memory that a service's runtime had from the system when it last collected.</summary>
    public async Task<(double Committed, long Budget)> MemoryAsync(string service) =>
        (await Stack.MetricAsync(service, "dotnet_gc_last_collection_memory_committed_size_bytes"), budgets[service]);

    /// <summary>Returns when what was asked before has come everywhere, so that nothing changes any more that nobody asks for.</summary>
    public async Task QuietAsync()
    {
        var witness = await Stack.PublishAsync(Stack.Copy($"Witness {Guid.NewGuid()}", keywords: ["witness"]));
        await Stack.LineUntilAsync(items => items.Any(i => Stack.Id(i) == witness), "the witness", "keyword=witness");
        await Eventually.True(
            async () =>
                (await Stack.QueryAsync("Notifications", $"select 1 from mt_doc_bulletin where data::text like '%{witness}%'")).Count > 0,
            "the witness is a bulletin"
        );
        await Eventually.True(
            async () => await NoneAsync("Feed", "related_due") && await NoneAsync("Notifications", "outbox where failures = 0"),
            "nothing is due"
        );
    }

    async Task<bool> NoneAsync(string service, string rows) => await Stack.QueryAsync(service, $"select count(*) from {rows}") is ["0"];
}
