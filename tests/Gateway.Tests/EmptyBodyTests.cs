using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>Acts that have nothing to say beside their name.</summary>
public sealed class EmptyBodyTests
{
    const int Requests = 2_000;

    [Fact]
    public async Task A_service_that_speaks_HTTP_2_always_sees_that_there_is_no_body()
    {
        var seen = new ConcurrentBag<bool>();
        await using var front = await Front.StartAsync(new Dictionary<string, string> { ["Limits__Enabled"] = "false" }, context =>
        {
            seen.Add(context.Features.Get<IHttpRequestBodyDetectionFeature>()!.CanHaveBody);
            return Task.CompletedTask;
        });
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, ct) =>
        {
            using var answer = await front.Client.PostAsync(new Uri("api/articles/1/submit", UriKind.Relative), null, ct);
            Assert.True(answer.IsSuccessStatusCode);
        });
        Assert.Equal((Requests, 0), (seen.Count, seen.Count(has => has)));
    }
}
