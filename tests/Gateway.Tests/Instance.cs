using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Gateway.Tests;

/// <summary>A stand-in for one instance of a service, with its probe beside it.</summary>
public sealed class Instance : IAsyncDisposable
{
    readonly ConcurrentQueue<string> asked = new();
    readonly Site service;
    readonly Site management;
    volatile bool well = true;

    Instance(Func<Instance, HttpContext, Task> handle, HttpProtocols protocols)
    {
        service = Site.StartAsync(
                async context =>
                {
                    asked.Enqueue($"{context.Request.Method} {context.Request.Path}");
                    await handle(this, context);
                },
                protocols
            )
            .GetAwaiter()
            .GetResult();
        management = Site.StartAsync(context =>
            {
                context.Response.StatusCode = IsWell ? 200 : 503;
                return Task.CompletedTask;
            })
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>What its probe says.</summary>
    public bool IsWell
    {
        get => well;
        set => well = value;
    }

    public int Asked => asked.Count;

    public string Origin => service.Origin;

    public string Health => management.Origin;

    public static Instance Start(Func<Instance, HttpContext, Task> handle, HttpProtocols protocols = HttpProtocols.Http1) =>
        new(handle, protocols);

    public static Task WellAsync(Instance its, HttpContext context) => context.Response.WriteAsync(its.Origin);

    /// <summary>Reads what it is sent, and then breaks the connection.</summary>
    public static async Task BreakAsync(Instance its, HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await management.DisposeAsync();
    }
}
