using System.Net;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>Streams of events pass the gateway as they come.</summary>
public sealed class EventStreamTests
{
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;

    /// <summary>Says a first word, and what else it is to do after it.</summary>
    static RequestDelegate Service(Func<HttpContext, Task> after) =>
        async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: first\n\n", ct);
            await context.Response.Body.FlushAsync(ct);
            await after(context);
        };

    static async Task<(HttpResponseMessage Answer, StreamReader Stream)> OpenAsync(Front front)
    {
        var answer = await front.Client.GetAsync(new Uri("api/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
        var stream = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        Assert.Equal("data: first", await stream.ReadLineAsync(ct));
        Assert.Equal("", await stream.ReadLineAsync(ct));
        return (answer, stream);
    }

    [Fact]
    public async Task What_is_said_comes_at_once_however_long_it_is_and_its_end_is_the_end()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var words = new string('w', 100_000);
        await using var front = await Front.StartAsync(
            handle: Service(async context =>
            {
                await heard.Task;
                await context.Response.WriteAsync($"data: {words}\n\n", ct);
            })
        );
        var (answer, stream) = await OpenAsync(front);
        using (answer)
        {
            Assert.Equal(
                (HttpStatusCode.OK, "text/event-stream", "nosniff"),
                (
                    answer.StatusCode,
                    answer.Content.Headers.ContentType?.MediaType,
                    answer.Headers.GetValues("X-Content-Type-Options").Single()
                )
            );
            heard.SetResult();
            Assert.Equal($"data: {words}\n\n", await stream.ReadToEndAsync(ct));
        }
    }

    [Fact]
    public async Task A_service_that_breaks_off_is_no_end()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var front = await Front.StartAsync(
            handle: Service(async context =>
            {
                await heard.Task;
                context.Abort();
            })
        );
        var (answer, stream) = await OpenAsync(front);
        using (answer)
        {
            heard.SetResult();
            await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadLineAsync(ct).AsTask());
        }
    }

    [Fact]
    public async Task A_service_that_says_nothing_any_more_is_cut_off_and_so_is_its_client_who_comes_back()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var front = await Front.StartAsync(
            new Dictionary<string, string> { ["ReverseProxy__Clusters__notifications__HttpRequest__ActivityTimeout"] = "00:00:01" },
            Service(async context =>
            {
                await using var gone = context.RequestAborted.Register(left.SetResult);
                await left.Task;
            })
        );
        var (answer, stream) = await OpenAsync(front);
        using (answer)
        {
            await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadLineAsync(ct).AsTask());
            await left.Task.WaitAsync(ct);
        }
    }

    [Fact]
    public async Task A_client_that_leaves_leaves_nothing_open()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var front = await Front.StartAsync(
            handle: Service(async context =>
            {
                await using var gone = context.RequestAborted.Register(left.SetResult);
                await left.Task;
            })
        );
        (await OpenAsync(front)).Answer.Dispose();
        await left.Task.WaitAsync(ct);
    }
}
