using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Gateway.Tests;

/// <summary>nginx or HAProxy as SECURITY.md has it, with other addresses and a certificate of its own.</summary>
public sealed class StandardProxy : IAsyncDisposable
{
    const string Name = "news.example.org";

    readonly Process process;
    readonly DirectoryInfo folder;

    readonly string thumbprint;

    StandardProxy(Process process, DirectoryInfo folder, int port, string thumbprint) =>
        (this.process, this.folder, Port, this.thumbprint) = (process, folder, port, thumbprint);

    public int Port { get; }

    /// <summary>Why it cannot be run; null when it can.</summary>
    public static string? Missing(string program) =>
        File.Exists(Program(program)) ? null : $"there is no {Program(program)}: apt-get install {program}";

    public static async Task<StandardProxy> StartAsync(string program, int gateway)
    {
        var (folder, port) = (Directory.CreateTempSubdirectory(), Servers.FreePort());
        var (certificate, key, thumbprint) = Certificate();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "cert.pem"), certificate);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "cert.key"), key);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "both.pem"), certificate + "\n" + key);
        var text = Documented(program)
            .Replace("127.0.0.1:8080", $"127.0.0.1:{gateway}", StringComparison.Ordinal)
            .Replace("listen 443", $"listen 127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("bind :443", $"bind 127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace($"/etc/ssl/{Name}.both.pem", Path.Combine(folder.FullName, "both.pem"), StringComparison.Ordinal)
            .Replace($"/etc/ssl/{Name}.", Path.Combine(folder.FullName, "cert."), StringComparison.Ordinal);
        var file = Path.Combine(folder.FullName, "proxy.conf");
        await File.WriteAllTextAsync(file, program == "nginx" ? Whole(text, folder.FullName) : text);
        string[] arguments = program == "nginx" ? ["-p", folder.FullName, "-e", "stderr", "-c", file] : ["-db", "-f", file];
        var process = Process.Start(new ProcessStartInfo(Program(program), arguments))!;
        var proxy = new StandardProxy(process, folder, port, thumbprint);
        await Eventually.True(
            async () =>
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
                }
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            $"{program} listens"
        );
        return proxy;
    }

    /// <summary>Whoever comes from an address of this machine's own.</summary>
    public SocketsHttpHandler From(string address) =>
        new()
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == thumbprint },
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(IPAddress.Loopback, Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    static string Program(string program) => $"/usr/sbin/{program}";

    static string Documented(string program) =>
        Regex
            .Match(File.ReadAllText(Path.Combine(Repository.Root, "SECURITY.md")), $"```{program}\n(.*?)```", RegexOptions.Singleline)
            .Groups[1]
            .Value;

    static string Whole(string http, string folder) =>
        $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            events {}
            http {
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
            {{http}}
            }
            """;

    static (string Certificate, string Key, string Thumbprint) Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), certificate.GetCertHashString());
    }
}
