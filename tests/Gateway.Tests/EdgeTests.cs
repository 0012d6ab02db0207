using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

[assembly: TestMethodOrderer(typeof(Order))]

namespace NewsPlatform.Gateway.Tests;

/// <summary>The edge by itself, with nobody behind it.</summary>
public sealed class EdgeTests : IAsyncLifetime
{
    readonly ServiceProcess gateway = new(
        "Gateway",
        new[] { "publishing", "feed", "notifications" }.ToDictionary(
            s => $"ReverseProxy__Clusters__{s}__Destinations__service__Address",
            _ => $"http://127.0.0.1:{Servers.FreePort()}/"
        )
    );

    readonly HttpClient client = new();

    public async ValueTask InitializeAsync()
    {
        gateway.Start();
        await gateway.ReadyAsync();
        client.BaseAddress = gateway.Address;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await gateway.DisposeAsync();
    }

    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    [InlineData("metrics")]
    public async Task Probes_and_metrics_are_on_the_management_port_and_nowhere_else(string path)
    {
        using var inside = await client.GetAsync(new Uri(gateway.Management, path));
        using var outside = await client.GetAsync(new Uri(path, UriKind.Relative));
        using var pretending = await client.SendAsync(
            new(HttpMethod.Get, path) { Headers = { Host = $"127.0.0.1:{gateway.ManagementPort}" } }
        );
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (inside.StatusCode, outside.StatusCode, pretending.StatusCode)
        );
    }

    [Theory]
    [InlineData("api/news")]
    [InlineData("api/stream")]
    [InlineData("api/articles/1")]
    public async Task A_service_that_is_away_is_a_503_that_says_when_to_come_back(string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("urn:newsplatform:problem:unavailable", (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["type"]);
    }

    [Fact]
    public async Task An_EventSource_is_told_when_to_come_back_to_a_service_that_is_away_in_the_only_way_that_it_hears()
    {
        using var answer = await client.SendAsync(
            new(HttpMethod.Get, "api/stream") { Headers = { Accept = { new("text/event-stream") } } }
        );
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Matches("^retry: [0-9]+\n: .*\n\n$", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Browsers_are_told_to_run_nothing_that_is_not_ours()
    {
        using var answer = await client.GetAsync(new Uri("en", UriKind.Relative));
        Assert.Contains("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(answer.Headers.Contains("Server"));
    }
}
