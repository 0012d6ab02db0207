using System.Globalization;
using System.Runtime.InteropServices;

namespace NewsPlatform.Benchmarks;

/// <summary>
/// The stack that is measured, as <c>UP=local deploy/up.sh</c> left it under <c>.local</c>: addresses, processes and servers.
/// </summary>
sealed class Installation
{
    static readonly string[] services = ["publishing", "feed", "notifications", "gateway"];

    readonly string state;
    readonly Dictionary<string, string> servers;
    readonly Dictionary<string, int> ports;

    public Installation(string root)
    {
        state = Path.Combine(root, ".local");
        ports = File.ReadLines(Path.Combine(state, "run", "ports"))
            .Select(line => line.Split(' '))
            .ToDictionary(fields => fields[0], fields => int.Parse(fields[1], CultureInfo.InvariantCulture));
        servers = File.ReadLines(Path.Combine(state, "servers", "servers.env"))
            .Where(line => line.StartsWith("export ", StringComparison.Ordinal))
            .Select(line => line["export ".Length..].Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        Key = File.ReadAllText(Path.Combine(state, "admin.key")).Trim();
    }

    public string Key { get; }

    public Uri Gateway => Address("gateway");

    public Uri Address(string service) => new($"http://127.0.0.1:{ports[service]}/");

    public string Server(string name) => servers[name];

    public int Process(string service) =>
        int.Parse(File.ReadAllText(Path.Combine(state, "run", $"{service}.pid")), CultureInfo.InvariantCulture);

    /// <summary>
    /// The processor time that each process has had until now, in seconds; of PostgreSQL and RabbitMQ, that of all theirs.
    /// </summary>
    public IReadOnlyDictionary<string, double> ProcessorTime()
    {
        var seconds = services.ToDictionary(service => service, service => Seconds(Process(service)));
        var postmaster = int.Parse(
            File.ReadLines(Path.Combine(state, "servers", "postgres", "postmaster.pid")).First(),
            CultureInfo.InvariantCulture
        );
        seconds["postgresql"] = Seconds(postmaster, ended: true) + Children(postmaster).Sum(child => Seconds(child));
        seconds["rabbitmq"] = Seconds(
            int.Parse(File.ReadAllText(Path.Combine(state, "servers", "rabbitmq", "beam.pid")), CultureInfo.InvariantCulture)
        );
        return seconds;
    }

    /// <summary>Stops or starts PostgreSQL or RabbitMQ, as an operator does.</summary>
    public Task ControlAsync(string act, string server) =>
        Tool.RunAsync(Path.Combine(state, "..", "deploy", "servers.sh"), act, server, Path.Combine(state, "servers"));

    /// <summary>Puts a process with its threads on processors.</summary>
    public static Task PinAsync(int process, string processors) => Tool.RunAsync("taskset", "-a", "-c", "-p", processors, $"{process}");

    /// <param name="ended">With the time of the children that have ended.</param>
    public static double ProcessorSeconds(int process, bool ended = false) => Seconds(process, ended);

    /// <summary>What a process has of the machine's memory, in bytes.</summary>
    public static long ResidentBytes(int process) => Bytes($"/proc/{process}/status", "VmRSS:");

    /// <summary>What the kernel has for its own objects, such as sockets, in bytes.</summary>
    public static long KernelBytes() => Bytes("/proc/meminfo", "Slab:");

    static long Bytes(string file, string name) =>
        long.Parse(
            File.ReadLines(file)
                .First(line => line.StartsWith(name, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) << 10;

    static IEnumerable<int> Children(int parent) =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(process => Stat(process) is { } fields && fields[1] == $"{parent}");

    static double Seconds(int process, bool ended = false) =>
        Stat(process) is { } fields
            ? fields[11..(ended ? 15 : 13)].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / ticksPerSecond
            : 0;

    static readonly double ticksPerSecond = sysconf(2);

    /// <summary>The fields of proc(5) from the state on; null of a process that has ended.</summary>
    static string[]? Stat(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    [DllImport("libc")]
    static extern long sysconf(int name);
}
