using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Gateway.Tests;

/// <summary>The gateway with one stand-in for all services behind it, as HTTP/2 where the gateway speaks that to it.</summary>
public sealed class Front : IAsyncDisposable
{
    /// <summary>The one key that the stand-in knows.</summary>
    public const string GoodKey = "a-good-key";

    readonly Site service;
    readonly Site publishing;

    Front(Site service, Site publishing, ServiceProcess gateway) =>
        (this.service, this.publishing, Gateway, Client) = (service, publishing, gateway, new() { BaseAddress = gateway.Address });

    public ServiceProcess Gateway { get; }
    public HttpClient Client { get; }

    /// <param name="handle">What the services do; they say what they were asked when there is none.</param>
    public static async Task<Front> StartAsync(IReadOnlyDictionary<string, string>? settings = null, RequestDelegate? handle = null)
    {
        var (service, publishing) = (
            await Site.StartAsync(handle ?? EchoAsync),
            await Site.StartAsync(handle ?? EchoAsync, HttpProtocols.Http2)
        );
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["ReverseProxy__Clusters__publishing__Destinations__service__Address"] = publishing.Origin,
            ["ReverseProxy__Clusters__feed__Destinations__service__Address"] = service.Origin,
            ["ReverseProxy__Clusters__notifications__Destinations__service__Address"] = service.Origin,
        };
        var gateway = new ServiceProcess("Gateway", environment);
        gateway.Start();
        await gateway.ReadyAsync();
        return new(service, publishing, gateway);
    }

    /// <summary>Behind it, <see cref="GoodKey"/> is good and any other key is not, as services say it.</summary>
    public static Task GuardAsync(HttpContext context)
    {
        switch (context.Request.Headers.Authorization.ToString())
        {
            case $"Bearer {GoodKey}":
                context.Response.Headers[ServiceDefaults.KnownCaller.Header] = "1";
                break;
            case not "" when !context.Request.Path.StartsWithSegments("/api/news", StringComparison.Ordinal):
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                break;
        }
        return Task.CompletedTask;
    }

    /// <summary>What a service was asked, with the bytes of a field as its characters.</summary>
    public static async Task EchoAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        await context.Response.WriteAsJsonAsync(
            new
            {
                context.Request.Method,
                context.Request.Protocol,
                Path = context.Request.Path.Value,
                Headers = context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
            }
        );
    }

    /// <summary>
    /// What a service was asked, by somebody with these fields, a line each; of what is said in them, a byte is a character.
    /// </summary>
    public async Task<JsonNode> EchoAsync(string path, params (string Name, string Value)[] headers)
    {
        var lines = string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"));
        var answer = await RawAsync($"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1:{Gateway.Port}\r\nConnection: close\r\n{lines}\r\n");
        return answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)
            ? JsonNode.Parse(
                Encoding.Latin1.GetBytes(answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)])
            )!
            : throw new HttpRequestException(answer);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        (string Name, string Value)[] headers,
        HttpContent? content = null
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(method, path, headers);
        return answer.StatusCode;
    }

    /// <summary>What the gateway answers to bytes, until it closes the connection.</summary>
    public async Task<string> RawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Gateway.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    public Task<double> MetricAsync(string name, params string[] labels) => Gateway.MetricAsync(name, labels);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Gateway.DisposeAsync();
        await service.DisposeAsync();
        await publishing.DisposeAsync();
    }
}
