using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace NewsPlatform.TestSupport;

/// <summary>A server on this machine, of what others host.</summary>
public sealed class Site : IAsyncDisposable
{
    readonly WebApplication app;

    Site(WebApplication app) => this.app = app;

    /// <summary>Such as <c>http://127.0.0.1:4711</c>.</summary>
    public string Origin => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public int Port => new Uri(Origin).Port;

    public static Task<Site> StartAsync(RequestDelegate handle) => StartAsync(handle, HttpProtocols.Http1);

    /// <param name="address">Such as <c>http://127.0.0.2:4711</c>.</param>
    public static Task<Site> StartAsync(RequestDelegate handle, string address) => StartAsync(handle, HttpProtocols.Http1, address);

    public static async Task<Site> StartAsync(RequestDelegate handle, HttpProtocols protocols, string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
            (kestrel.RequestHeaderEncodingSelector, kestrel.ResponseHeaderEncodingSelector) = (_ => Encoding.Latin1, _ => Encoding.Latin1);
        });
        builder.WebHost.UseUrls(address);
        var app = builder.Build();
        app.Run(handle);
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
