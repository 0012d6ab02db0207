using System.Net;
using System.Net.Sockets;

namespace NewsPlatform.Notifications.Outbound;

/// <summary>
/// The addresses of hosts that others have named. A name's own server may be as slow as its owner likes, and a question under way cannot be
/// taken back, so that there are only so many at once, and fewer of one domain.
/// </summary>
/// <param name="resolve">Gives the addresses of a host's name.</param>
public sealed class Lookups(Func<string, CancellationToken, Task<IPAddress[]>> resolve, OutboundOptions options) : IDisposable
{
    /// <summary>RFC 1035, section 2.3.4, without the root's dot.</summary>
    const int LongestName = 253;

    const int LongestLabel = 63;

    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(25);

    readonly SemaphoreSlim room = new(options.MaxLookups);
    readonly Lanes lanes = new(Math.Max(1, options.MaxLookups / 4));
    readonly TimeSpan patience = TimeSpan.FromSeconds(options.ConnectSeconds);

    /// <summary>One or more, each as plainly as it can be written.</summary>
    /// <exception cref="SocketException">There is none, or none in time.</exception>
    public async Task<IPAddress[]> AddressesAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal))
        {
            return [PublicAddresses.Plain(literal)];
        }
        try
        {
            var found = IsName(host) ? await AskAsync(host, ct) : [];
            return found.Length > 0
                ? Array.ConvertAll(found, PublicAddresses.Plain)
                : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (ArgumentException)
        {
            // What .NET holds for no name.
            throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TryAgain);
        }
    }

    public void Dispose() => room.Dispose();

    /// <summary>Letters, digits, hyphens and underscores between dots; the dot of the root may stand at its end.</summary>
    static bool IsName(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Length is > 0 and <= LongestName
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel);
    }

    /// <summary>Who waits gives up in time; the question itself keeps its place until it is answered.</summary>
    async Task<IPAddress[]> AskAsync(string host, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(patience);
        var domain = Domains.Of(host, options);
        while (!lanes.TryEnter(domain))
        {
            await Task.Delay(pause, timeout.Token);
        }
        try
        {
            await room.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            lanes.Leave(domain);
            throw;
        }
        var asking = Task.Run(() => resolve(host, CancellationToken.None), CancellationToken.None);
        _ = asking.ContinueWith(
            done =>
            {
                // Nobody may be there any more to hear of it.
                _ = done.Exception;
                lanes.Leave(domain);
                room.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return await asking.WaitAsync(timeout.Token);
    }
}
