using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway;

/// <summary>A service's answer that has begun, and goes on for as long as it does.</summary>
/// <param name="silence">After which it is held for dead.</param>
/// <param name="counted">Among those of its instance, until it ends.</param>
sealed class HeldStream(HttpContent body, TimeSpan silence, IDisposable counted)
{
    /// <summary>Of the service's bytes that are taken at once.</summary>
    const int AtOnce = 4_096;

    /// <summary>Before a chunk's bytes: how many they are, and a line's end (RFC 9112, section 7.1).</summary>
    const int HeadBytes = 6;

    static readonly byte[] last = "0\r\n\r\n"u8.ToArray();

    readonly Lock gate = new();
    long lastAt = Environment.TickCount64;
    Action? abort;

    static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <param name="cut">Ends the connection to the client.</param>
    public void Begin(Action cut)
    {
        lock (gate)
        {
            abort = cut;
        }
    }

    public void CutIfSilent(long now)
    {
        lock (gate)
        {
            if (now - Volatile.Read(ref lastAt) > silence.TotalMilliseconds)
            {
                abort?.Invoke();
            }
        }
    }

    public void End()
    {
        lock (gate)
        {
            // What was cut off by it is another request's by now.
            abort = null;
        }
        counted.Dispose();
        body.Dispose();
    }

    /// <summary>To a client of whatever protocol.</summary>
    public async Task CopyAsync(PipeWriter client, CancellationToken gone)
    {
        await using var service = await body.ReadAsStreamAsync(gone);
        while (true)
        {
            // Waits without a buffer.
            _ = await service.ReadAsync(Memory<byte>.Empty, gone);
            var read = await service.ReadAsync(client.GetMemory(AtOnce), gone);
            if (read == 0)
            {
                return;
            }
            client.Advance(read);
            Said();
            if ((await client.FlushAsync(gone)).IsCompleted)
            {
                return;
            }
            Said();
        }
    }

    /// <summary>To a client of HTTP/1.1, whose connection ends with it, in chunks.</summary>
    public async Task CopyAsync(Socket client, CancellationToken gone)
    {
        await using var service = await body.ReadAsStreamAsync(gone);
        client.Blocking = false;
        // HttpClient waits with a buffer of its own, and has the rest in it when there is a first byte.
        var first = new byte[1];
        while (await service.ReadAsync(first.AsMemory(), gone) > 0)
        {
            var chunk = ArrayPool<byte>.Shared.Rent(HeadBytes + AtOnce + LineEnd.Length);
            try
            {
                chunk[HeadBytes] = first[0];
                var length = 1 + await service.ReadAsync(chunk.AsMemory(HeadBytes + 1, AtOnce - 1), gone);
                Said();
                await client.SendAllAsync(Framed(chunk, length));
                Said();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }
        }
        await client.SendAllAsync(last);
    }

    static ReadOnlyMemory<byte> Framed(byte[] chunk, int length)
    {
        Span<char> size = stackalloc char[HeadBytes];
        length.TryFormat(size, out var digits, "x", CultureInfo.InvariantCulture);
        var begin = HeadBytes - LineEnd.Length - digits;
        Encoding.ASCII.GetBytes(size[..digits], chunk.AsSpan(begin));
        LineEnd.CopyTo(chunk.AsSpan(HeadBytes - LineEnd.Length));
        LineEnd.CopyTo(chunk.AsSpan(HeadBytes + length));
        return chunk.AsMemory(begin, HeadBytes - begin + length + LineEnd.Length);
    }

    void Said() => Volatile.Write(ref lastAt, Environment.TickCount64);
}
