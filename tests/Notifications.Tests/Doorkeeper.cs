using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Notifications.Tests;

/// <summary>
/// Another replica on the database of Notifications, with a door for each role: it hears nothing of the broker and learns of keys from
/// the database alone.
/// </summary>
public sealed class Doorkeeper : IAsyncDisposable
{
    readonly WebApplication app;
    readonly HttpClient client = new();

    Doorkeeper(WebApplication app) => this.app = app;

    public static async Task<Doorkeeper> StartAsync(Stack stack)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Database:ConnectionString"] = stack.ConnectionString("Notifications");
        builder.Configuration["Security:AdminKey"] = Stack.AdminKey;
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblems();
        builder.AddStore(Security.ConfigureKeys);
        builder.AddSecurity();
        var app = builder.Build();
        app.UseProblems();
        app.UseSecurity();
        foreach (var role in Roles.All)
        {
            app.MapGet($"/{role}", (Caller caller) => caller.Name).RequireAuthorization(role);
        }
        await app.StartAsync();
        return new(app);
    }

    /// <summary>The status, and who it was that came in.</summary>
    public async Task<(int Status, string? Who)> KnockAsync(string role, string secret)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/{role}")
        {
            Headers = { Authorization = new("Bearer", secret) },
        };
        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }
}
