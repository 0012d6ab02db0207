using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NewsPlatform.TestSupport;

/// <summary>
/// An HTTP/1.1 client that sends what it is given and reads what comes (RFC 9112), a connection a request. It may come from any address of
/// 127.0.0.0/8, so that one machine can be many clients.
/// </summary>
/// <param name="server">Such as the gateway's address.</param>
public sealed class RawClient(Uri server)
{
    /// <summary>Bounds a test that has failed; what is asked is answered or refused long before.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    const int LongestAnswer = 64 << 20;

    public Uri Server => server;

    /// <summary>One of 65,025 clients of this machine, by its number.</summary>
    public static IPAddress Client(int number) => new([127, 77, (byte)(1 + number / 250 % 250), (byte)(1 + number % 250)]);

    public async Task<RawAnswer> SendAsync(RawRequest request, IPAddress? from = null)
    {
        using var bound = new CancellationTokenSource(patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
            await socket.ConnectAsync(IPAddress.Loopback, server.Port, bound.Token);
            var writing = WriteAsync(socket, request.Bytes(server.Authority), bound.Token);
            // Of a request that is refused before it was all sent, the rest goes nowhere; what came before the connection was reset can be
            // read all the same.
            var answer = await new Reading(socket, request.Method == "HEAD").AnswerAsync(bound.Token);
            socket.Close();
            await writing;
            return answer;
        }
        catch (OperationCanceledException)
        {
            return new(0, [], [], $"no answer within {patience.TotalSeconds} s");
        }
        catch (SocketException fault)
        {
            return new(0, [], [], fault.SocketErrorCode.ToString());
        }
    }

    static async Task WriteAsync(Socket socket, byte[] bytes, CancellationToken ct)
    {
        try
        {
            var sent = 0;
            while (sent < bytes.Length)
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent, Math.Min(64 << 10, bytes.Length - sent)), ct);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It was answered, or the reading says what became of it.
        }
    }

    sealed class Reading(Socket socket, bool headOnly)
    {
        readonly byte[] buffer = new byte[16 << 10];
        int from;
        int until;

        public async Task<RawAnswer> AnswerAsync(CancellationToken ct)
        {
            var body = new MemoryStream();
            var (status, headers) = (0, new List<(string Name, string Value)>());
            try
            {
                do
                {
                    headers.Clear();
                    var first = await LineAsync(ct);
                    if (first is null)
                    {
                        return new(0, [], [], "the connection was closed without an answer");
                    }
                    status = int.Parse(first.Split(' ')[1], CultureInfo.InvariantCulture);
                    while (await LineAsync(ct) is { Length: > 0 } line)
                    {
                        var colon = line.IndexOf(':', StringComparison.Ordinal);
                        headers.Add((line[..colon], line[(colon + 1)..].Trim()));
                    }
                } while (status is >= 100 and < 200 and not 101);
                var fault = headOnly || status is 101 or 204 or 304 ? null : await BodyAsync(headers, body, ct);
                return new(status, headers, body.ToArray(), fault);
            }
            catch (Exception fault)
                when (fault is IOException or SocketException or FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
            {
                return new(
                    status,
                    headers,
                    body.ToArray(),
                    $"broke off: {(fault as SocketException)?.SocketErrorCode.ToString() ?? fault.GetType().Name}"
                );
            }
        }

        async Task<string?> BodyAsync(List<(string Name, string Value)> headers, MemoryStream body, CancellationToken ct)
        {
            if (Value("Content-Type")?.StartsWith("text/event-stream", StringComparison.Ordinal) is true)
            {
                if (await FillAsync(ct))
                {
                    body.Write(buffer, from, until - from);
                }
                return null;
            }
            if (Value("Transfer-Encoding") is not null)
            {
                while (
                    int.Parse((await LineAsync(ct) ?? "").Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                        is > 0
                            and var length
                )
                {
                    await CopyAsync(body, length, ct);
                    await LineAsync(ct);
                }
                return null;
            }
            await CopyAsync(body, Value("Content-Length") is { } said ? long.Parse(said, CultureInfo.InvariantCulture) : long.MaxValue, ct);
            return null;

            string? Value(string name) => headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        }

        async Task CopyAsync(MemoryStream body, long length, CancellationToken ct)
        {
            while (length > 0)
            {
                if (!await FillAsync(ct))
                {
                    if (length < long.MaxValue - LongestAnswer)
                    {
                        throw new IOException();
                    }
                    return;
                }
                var take = (int)Math.Min(length, until - from);
                body.Write(buffer, from, take);
                (from, length) = (from + take, length - take);
                if (body.Length > LongestAnswer)
                {
                    throw new IOException();
                }
            }
        }

        async Task<string?> LineAsync(CancellationToken ct)
        {
            var line = new StringBuilder();
            while (await FillAsync(ct))
            {
                var end = Array.IndexOf(buffer, (byte)'\n', from, until - from);
                line.Append(Encoding.Latin1.GetString(buffer, from, (end < 0 ? until : end) - from));
                from = end < 0 ? until : end + 1;
                if (end >= 0)
                {
                    return line.ToString().TrimEnd('\r');
                }
            }
            return line.Length == 0 ? null : line.ToString();
        }

        /// <summary>Whether there is something to read.</summary>
        async Task<bool> FillAsync(CancellationToken ct)
        {
            if (from < until)
            {
                return true;
            }
            (from, until) = (0, await socket.ReceiveAsync(buffer, ct));
            return until > 0;
        }
    }
}
