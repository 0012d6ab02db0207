using System.Net.Sockets;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Writes to sockets whose <see cref="Socket.Blocking"/> is off.</summary>
public static class SocketWriting
{
    /// <summary>
    /// Completes when the kernel has all of it: at once as a rule, by one call and with nothing kept for it; else when the receiver has
    /// taken enough.
    /// </summary>
    /// <exception cref="SocketException">The connection is gone.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed here.</exception>
    public static ValueTask SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        var sent = socket.Send(bytes.Span, SocketFlags.None, out var fault);
        return fault is not (SocketError.Success or SocketError.WouldBlock) ? throw new SocketException((int)fault)
            : sent == bytes.Length ? default
            : RestAsync(socket, bytes[sent..]);
    }

    static async ValueTask RestAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }
}
