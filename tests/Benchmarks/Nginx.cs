using System.Diagnostics;
using System.Net.Sockets;

namespace NewsPlatform.Benchmarks;

/// <summary>Debian's nginx with one worker, on a port of its own: the limit for whatever serves bytes.</summary>
sealed class Nginx : IAsyncDisposable
{
    readonly Process process;
    readonly string folder;

    Nginx(Process process, string folder, int port) => (this.process, this.folder, Port) = (process, folder, port);

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    public int Worker => Workers(process.Id).Single();

    /// <param name="locations">What stands in its server; <c>ROOT</c> is the folder of its files.</param>
    /// <param name="outside">What stands beside its server, such as <c>upstream</c>.</param>
    public static async Task<Nginx> StartAsync(
        string locations,
        IReadOnlyDictionary<string, byte[]>? files = null,
        string outside = "",
        string modules = ""
    )
    {
        var folder = Directory.CreateTempSubdirectory("news-nginx-").FullName;
        foreach (var (name, bytes) in files ?? new Dictionary<string, byte[]>())
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, name), bytes);
        }
        var port = TestSupport.Servers.FreePort();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            {{modules}}
            daemon off; worker_processes 1; pid {{folder}}/pid; error_log {{folder}}/error.log; user root;
            worker_rlimit_nofile 65536;
            events { worker_connections 30000; }
            http {
              access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; types { application/json json; }
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy;
              {{outside}}
              server { listen 127.0.0.1:{{port}} backlog=8192; {{locations.Replace("ROOT", folder, StringComparison.Ordinal)}} }
            }
            """
        );
        var process = Tool.Start("nginx", "-c", Path.Combine(folder, "nginx.conf"), "-p", folder);
        while (true)
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", port);
                return new(process, folder, port);
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(20);
            }
        }
    }

    static IEnumerable<int> Workers(int master) =>
        File.ReadAllText($"/proc/{master}/task/{master}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);

    public async ValueTask DisposeAsync()
    {
        using (var stop = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await stop.WaitForExitAsync();
        }
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
