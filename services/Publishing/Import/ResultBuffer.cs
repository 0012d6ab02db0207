using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace NewsPlatform.Publishing.Import;

/// <summary>
/// What is answered goes into a file and from there to the client, as fast as the client reads. Most HTTP/1.1 clients read nothing
/// before they have sent everything; if the import waited for them to read, and they for it to take more, neither would go on.
/// </summary>
public sealed class ResultBuffer : IDisposable
{
    readonly string path = Path.Combine(Path.GetTempPath(), $"import-{Guid.NewGuid():N}");
    readonly SafeFileHandle file;
    readonly Channel<bool> grown = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    long written;

    public ResultBuffer() =>
        file = File.OpenHandle(
            path,
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            FileOptions.Asynchronous | FileOptions.DeleteOnClose
        );

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await RandomAccess.WriteAsync(file, bytes, written, ct);
        Volatile.Write(ref written, written + bytes.Length);
        grown.Writer.TryWrite(true);
    }

    /// <summary>Nothing more will be written.</summary>
    public void Complete() => grown.Writer.TryComplete();

    /// <summary>Sends everything that is written, until <see cref="Complete"/>.</summary>
    public async Task SendAsync(Stream client, CancellationToken ct)
    {
        var buffer = new byte[64 << 10];
        var sent = 0L;
        while (true)
        {
            while (sent < Volatile.Read(ref written))
            {
                var read = await RandomAccess.ReadAsync(
                    file,
                    buffer.AsMemory(0, (int)Math.Min(buffer.Length, Volatile.Read(ref written) - sent)),
                    sent,
                    ct
                );
                await client.WriteAsync(buffer.AsMemory(0, read), ct);
                sent += read;
            }
            await client.FlushAsync(ct);
            if (!await grown.Reader.WaitToReadAsync(ct))
            {
                return;
            }
            grown.Reader.TryRead(out _);
        }
    }

    public void Dispose() => file.Dispose();
}
