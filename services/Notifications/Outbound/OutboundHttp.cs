using System.Net;
using System.Net.Sockets;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Outbound;

/// <summary>An address that is not to be reached from here; the message says why, and is for whoever gave the address.</summary>
public sealed class OutboundRefused(string message) : IOException(message);

/// <summary>
/// Reaches what others have named, and nothing but the open Internet and the operator's own receivers. The address is checked that is really connected
/// to, so that a name which leads elsewhere the second time (DNS rebinding) gains nothing. Redirects are not followed, proxies and cookies not used.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    /// <summary>This service's own management port, for what it sends itself. No address that others give can have this name (RFC 6761, section 6.4).</summary>
    public const string Self = "self.invalid";

    readonly OutboundOptions options;
    readonly IPEndPoint? self;
    readonly IReadOnlyList<IPNetwork> allowed;
    readonly HttpMessageInvoker invoker;
    readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    readonly Unlisted meters = new();

    public OutboundHttp(OutboundOptions options, ListenOptions listen) : this(options, Dns.GetHostAddressesAsync) => self = new(listen.OwnAddress, listen.ManagementPort);

    /// <param name="resolve">Gives the addresses of a host's name.</param>
    public OutboundHttp(OutboundOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        (this.options, allowed, this.resolve) = (options, options.Networks, resolve);
        invoker = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(options.ConnectSeconds), PooledConnectionLifetime = TimeSpan.FromMinutes(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxConnectionsPerServer = options.MaxConnectionsPerHost, EnableMultipleHttp2Connections = true, MaxResponseHeadersLength = 16, MaxResponseDrainSize = options.MaxAnswerBytes, ConnectCallback = ConnectAsync,
            // Addresses that others gave are theirs: they stand in no trace, no foreign server is given trace ids, and metrics do not grow by a row a host.
            ActivityHeadersPropagator = null, MeterFactory = meters,
        });
    }

    /// <summary>Checks an address when it is given, so that whoever gave it is told at once.</summary>
    /// <param name="name">The member that has it.</param>
    /// <exception cref="Refusal">422 that names the member.</exception>
    public async Task<Uri> CheckAsync(string name, string address, CancellationToken ct)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
        {
            throw Broken("must be an https address");
        }
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            throw Broken("must have neither a user's name nor a fragment");
        }
        try
        {
            await ReachableAsync(uri.IdnHost, uri.Scheme == Uri.UriSchemeHttps, ct);
            return uri;
        }
        catch (Exception fault) when (fault is OutboundRefused or SocketException)
        {
            throw Broken(fault is OutboundRefused ? fault.Message : "leads to no host");
        }

        Refusal Broken(string rule) => Refusal.Rules(new Dictionary<string, string[]> { [name] = [rule] });
    }

    /// <summary>Whether an address leads into a network that the operator allowed by name.</summary>
    public async Task<bool> IsAllowedAsync(Uri address, CancellationToken ct) =>
        (await Dns.GetHostAddressesAsync(address.IdnHost, ct)).All(found => allowed.Any(network => network.Contains(PublicAddresses.Plain(found))));

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
        meters.Dispose();
    }

    async ValueTask<System.IO.Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (addresses, port) = self is not null && context.DnsEndPoint.Host == Self
            ? ([self.Address], self.Port)
            : (await ReachableAsync(context.DnsEndPoint.Host, context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps, ct), context.DnsEndPoint.Port);
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
    async Task<IPAddress[]> ReachableAsync(string host, bool encrypted, CancellationToken ct)
    {
        var addresses = Array.ConvertAll(await resolve(host, ct), PublicAddresses.Plain);
        foreach (var address in addresses)
        {
            if (allowed.Any(network => network.Contains(address)))
            {
                continue;
            }
            if (!PublicAddresses.Contains(address))
            {
                throw new OutboundRefused("leads to an address that is not public");
            }
            if (!encrypted)
            {
                throw new OutboundRefused("must be an https address");
            }
        }
        return addresses.Length > 0 ? addresses : throw new OutboundRefused("leads to no host");
    }

    /// <summary>Meters under a name that nobody listens to.</summary>
    sealed class Unlisted : System.Diagnostics.Metrics.IMeterFactory
    {
        readonly System.Diagnostics.Metrics.Meter meter = new("NewsPlatform.Outbound.Http");

        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => meter;

        public void Dispose() => meter.Dispose();
    }
}

/// <param name="Body">As much of it as is read.</param>
public sealed record OutboundAnswer(int Status, System.Net.Http.Headers.HttpResponseHeaders Headers, System.Net.Http.Headers.HttpContentHeaders ContentHeaders, ReadOnlyMemory<byte> Body)
{
    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>How long the receiver asks to be left alone (RFC 9110, section 10.2.3).</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now) => Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > now => date - now,
        _ => null,
    };
}
