using System.Net;
using System.Net.Sockets;

namespace NewsPlatform.TestSupport;

/// <summary>A wire between two programs, which can be held: its connections stay open then, and nothing comes through.</summary>
public sealed class Relay : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource ends = new();
    readonly Uri to;
    readonly Task accepting;
    volatile TaskCompletionSource open = new();

    public Relay(Uri to)
    {
        this.to = to;
        open.SetResult();
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    public void Hold() => open = new();

    public void LetGo() => open.TrySetResult();

    async Task AcceptAsync()
    {
        var under = new List<Task>();
        while (!ends.IsCancellationRequested)
        {
            try
            {
                under.Add(PassAsync(await listener.AcceptTcpClientAsync(ends.Token)));
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        await Task.WhenAll(under);
    }

    async Task PassAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(to.Host, to.Port, ends.Token);
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException)
            {
                // Whoever connected sees it.
            }
        }
    }

    async Task CopyAsync(NetworkStream from, NetworkStream into)
    {
        var buffer = new byte[16_384];
        try
        {
            while (await from.ReadAsync(buffer, ends.Token) is var read and > 0)
            {
                await open.Task.WaitAsync(ends.Token);
                await into.WriteAsync(buffer.AsMemory(0, read), ends.Token);
            }
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The other end sees it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        listener.Stop();
        await accepting;
        ends.Dispose();
    }
}
