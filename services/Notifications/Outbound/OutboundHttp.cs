using System.Net;
using System.Net.Sockets;
using System.Text;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Outbound;

/// <summary>An address that is not to be reached from here; the message says why, and is for whoever gave the address.</summary>
public sealed class OutboundRefused(string message) : IOException(message);

/// <summary>
/// Reaches what others have named, and nothing but the open Internet and the operator's own receivers. The address is checked that is
/// really connected to, so that a name which leads elsewhere the second time (DNS rebinding) gains nothing. Redirects are not followed,
/// proxies and cookies not used.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    /// <summary>
    /// This service's own management port, for what it sends itself. No address that others give can have this name (RFC 6761, section
    /// 6.4).
    /// </summary>
    public const string Self = "self.invalid";

    readonly OutboundOptions options;
    readonly IPEndPoint? self;
    readonly IReadOnlyList<IPNetwork> allowed;
    readonly HttpMessageInvoker invoker;
    readonly Lookups lookups;
    readonly Unlisted meters = new();

    public OutboundHttp(OutboundOptions options, ListenOptions listen)
        : this(options, Dns.GetHostAddressesAsync) => self = new(listen.OwnAddress, listen.ManagementPort);

    /// <param name="resolve">Gives the addresses of a host's name.</param>
    public OutboundHttp(OutboundOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        (this.options, allowed, lookups) = (options, options.Networks, new(resolve, options));
        invoker = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = TimeSpan.FromSeconds(options.ConnectSeconds),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
                MaxConnectionsPerServer = options.MaxConnectionsPerHost,
                EnableMultipleHttp2Connections = true,
                MaxResponseHeadersLength = 16,
                MaxResponseDrainSize = options.MaxAnswerBytes,
                ConnectCallback = ConnectAsync,
                // Addresses that others gave are theirs: they stand in no trace, no foreign server is given trace ids, and metrics do not
                // grow by a row a host.
                ActivityHeadersPropagator = null,
                MeterFactory = meters,
            }
        );
    }

    /// <summary>Checks an address when it is given, so that whoever gave it is told at once.</summary>
    /// <param name="name">The member that has it.</param>
    /// <exception cref="ProblemException">422 that names the member.</exception>
    public async Task<Uri> CheckAsync(string name, string address, CancellationToken ct)
    {
        var (uri, host) = Read(address);
        if (uri is null || host.Length == 0)
        {
            throw Broken("must be an https address");
        }
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            throw Broken("must have neither a user's name nor a fragment");
        }
        if (uri.Port == 0)
        {
            throw Broken("must have a port from 1 to 65535");
        }
        try
        {
            await ReachableAsync(host, uri.Scheme == Uri.UriSchemeHttps, ct);
            return uri;
        }
        catch (Exception fault) when (fault is OutboundRefused or SocketException)
        {
            throw Broken(fault is OutboundRefused ? fault.Message : "leads to no host");
        }

        ProblemException Broken(string rule) => ProblemException.RuleViolation(name, rule);
    }

    /// <summary>Whether an address leads into a network that the operator allowed by name.</summary>
    public async Task<bool> IsAllowedAsync(Uri address, CancellationToken ct)
    {
        try
        {
            return (await lookups.AddressesAsync(address.IdnHost, ct)).All(IsAllowed);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>An address with what it says of itself, as far as it can be read, stored and written again; no address otherwise.</summary>
    static (Uri? Address, string Host) Read(string address)
    {
        try
        {
            // A control character, such as one that no database stores, stands in no address, and an unpaired surrogate cannot be written
            // as UTF-8.
            return
                !address.EnumerateRunes().Any(letter => Rune.IsControl(letter) || letter == Rune.ReplacementChar)
                && Uri.TryCreate(address, UriKind.Absolute, out var uri)
                && uri.Scheme is "https" or "http"
                && uri.AbsoluteUri.Length > 0
                ? (uri, uri.IdnHost)
                : default;
        }
        catch (Exception fault) when (fault is UriFormatException or ArgumentException or InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>Sends a request and reads its answer, both within the time and the size that the options allow.</summary>
    /// <returns>The status, the header and as much of the body as is read.</returns>
    /// <exception cref="OutboundRefused">Where it leads is not to be reached.</exception>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    public async Task<OutboundAnswer> SendAsync(HttpRequestMessage request, CancellationToken ct, int? maxAnswerBytes = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.RequestSeconds));
        try
        {
            using var answer = await invoker.SendAsync(request, timeout.Token);
            var buffer = new byte[maxAnswerBytes ?? options.MaxAnswerBytes];
            await using var body = await answer.Content.ReadAsStreamAsync(timeout.Token);
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, timeout.Token);
            return new((int)answer.StatusCode, answer.Headers, answer.Content.Headers, buffer.AsMemory(0, length));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {options.RequestSeconds} s");
        }
        catch (HttpRequestException fault) when (fault.InnerException is OutboundRefused refused)
        {
            throw refused;
        }
    }

    public void Dispose()
    {
        invoker.Dispose();
        lookups.Dispose();
        meters.Dispose();
    }

    async ValueTask<System.IO.Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (addresses, port) =
            self is not null && context.DnsEndPoint.Host == Self
                ? ([self.Address], self.Port)
                : (
                    await ReachableAsync(
                        context.DnsEndPoint.Host,
                        context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps,
                        ct
                    ),
                    context.DnsEndPoint.Port
                );
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of a host, all of which may be reached.</summary>
    /// <exception cref="OutboundRefused">There is one that may not.</exception>
    /// <exception cref="SocketException">There is none.</exception>
    async Task<IPAddress[]> ReachableAsync(string host, bool encrypted, CancellationToken ct)
    {
        var addresses = await lookups.AddressesAsync(host, ct);
        foreach (var address in addresses.Where(address => !IsAllowed(address)))
        {
            if (!PublicAddresses.Contains(address))
            {
                throw new OutboundRefused("leads to an address that is not public");
            }
            if (!encrypted)
            {
                throw new OutboundRefused("must be an https address");
            }
        }
        return addresses;
    }

    /// <summary>An address that stands for all of its machine's own is no receiver's, whatever is allowed.</summary>
    bool IsAllowed(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && allowed.Any(network => network.Contains(address));

    /// <summary>Meters under a name that nobody listens to.</summary>
    sealed class Unlisted : System.Diagnostics.Metrics.IMeterFactory
    {
        readonly System.Diagnostics.Metrics.Meter meter = new("NewsPlatform.Outbound.Http");

        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => meter;

        public void Dispose() => meter.Dispose();
    }
}

/// <param name="Body">As much of it as is read.</param>
public sealed record OutboundAnswer(
    int Status,
    System.Net.Http.Headers.HttpResponseHeaders Headers,
    System.Net.Http.Headers.HttpContentHeaders ContentHeaders,
    ReadOnlyMemory<byte> Body
)
{
    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>How long the receiver asks to be left alone (RFC 9110, section 10.2.3).</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now) =>
        Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > now => date - now,
            _ => null,
        };
}
