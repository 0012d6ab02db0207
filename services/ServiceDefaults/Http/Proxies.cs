using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using IPNetwork = System.Net.IPNetwork;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Makes the connection's address, the scheme and the host those of who really asks, by the word of proxies that are trusted. Nothing that
/// comes later reads what proxies say: the fields are gone then, so that nobody can be taken in by one.
/// </summary>
public static class Proxies
{
    const string ForwardedField = "Forwarded";

    static readonly string[] xForwarded =
    [
        ForwardedHeadersDefaults.XForwardedForHeaderName,
        ForwardedHeadersDefaults.XForwardedProtoHeaderName,
        ForwardedHeadersDefaults.XForwardedHostHeaderName,
    ];

    /// <summary>What is said by these is not believed of anybody, or was read.</summary>
    static readonly string[] forgotten =
    [
        ForwardedField,
        .. xForwarded,
        ForwardedHeadersDefaults.XForwardedPrefixHeaderName,
        "X-Forwarded-Port",
        "X-Forwarded-Server",
        "X-Forwarded-Ssl",
        "X-Forwarded-By",
        ForwardedHeadersDefaults.XOriginalForHeaderName,
        ForwardedHeadersDefaults.XOriginalProtoHeaderName,
        ForwardedHeadersDefaults.XOriginalHostHeaderName,
        ForwardedHeadersDefaults.XOriginalPrefixHeaderName,
        "X-Real-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Original-Method",
        "X-HTTP-Method-Override",
    ];

    /// <summary>Before everything that looks at address, scheme or host.</summary>
    public static void UseClientAddress(this IApplicationBuilder app)
    {
        var options = app.ApplicationServices.GetRequiredService<ProxyOptions>();
        var networks = options.Networks.ToArray();
        app.Use(
            (context, next) =>
            {
                context.Items[typeof(Proxies)] = context.Request.Scheme;
                if (options.Any && ReadsForwarded(context.Request, options.Header))
                {
                    Apply(context, options.Limit, networks);
                }
                return next(context);
            }
        );
        if (options.Any && options.Header != ForwardingHeader.Forwarded)
        {
            var forwarded = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
                ForwardLimit = options.Limit,
            };
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var network in networks)
            {
                forwarded.KnownIPNetworks.Add(network);
            }
            app.UseForwardedHeaders(forwarded);
        }
        app.Use(
            (context, next) =>
            {
                foreach (var name in forgotten)
                {
                    context.Request.Headers.Remove(name);
                }
                context.Request.Scheme = SchemeOf(context.Request.Scheme) ?? (string)context.Items[typeof(Proxies)]!;
                return next(context);
            }
        );
    }

    /// <summary>
    /// Not where the other kind is there, which is read alone then: a proxy that writes one of them may pass on the other as its client
    /// wrote it.
    /// </summary>
    static bool ReadsForwarded(HttpRequest request, ForwardingHeader header) =>
        header switch
        {
            ForwardingHeader.Forwarded => true,
            ForwardingHeader.XForwarded => false,
            _ => request.Headers.ContainsKey(ForwardedField) && !xForwarded.Any(request.Headers.ContainsKey),
        };

    /// <summary>Goes back from the nearest proxy, as long as who says something is trusted and says whom it got it from.</summary>
    static void Apply(HttpContext context, int? limit, IPNetwork[] networks)
    {
        var said = 0;
        foreach (var field in context.Request.Headers[ForwardedField].Reverse())
        {
            // What a client wrote may be anything, and what stands before it cannot be told from it.
            if (Forwarded.Parse(field ?? "") is not { } elements)
            {
                return;
            }
            foreach (var element in elements.Reverse())
            {
                if (said++ >= (limit ?? int.MaxValue) || !Trusts(context.Connection.RemoteIpAddress, networks))
                {
                    return;
                }
                context.Request.Scheme = SchemeOf(element.Proto) ?? context.Request.Scheme;
                if (element.Host is { Length: > 0 } host && IsHost(host))
                {
                    context.Request.Host = new(host);
                }
                if (element.Client() is not { } client)
                {
                    return;
                }
                (context.Connection.RemoteIpAddress, context.Connection.RemotePort) = (client.Address, client.Port);
            }
        }
    }

    static bool Trusts(IPAddress? address, IPNetwork[] networks) =>
        networks.Length == 0
        || (address is not null && networks.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)));

    static string? SchemeOf(string? said) =>
        said?.ToLowerInvariant() switch
        {
            "https" or "wss" => "https",
            "http" or "ws" => "http",
            _ => null,
        };

    static bool IsHost(string text) =>
        Uri.TryCreate($"http://{text}", UriKind.Absolute, out var url)
        && url is { PathAndQuery: "/", UserInfo: "", Fragment: "" }
        && !text.AsSpan().ContainsAny('/', '\\');
}
