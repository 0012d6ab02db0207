using System.Text.Json;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Reads;

/// <summary>Counts the reads of stories that a gateway answered by itself, as if they had come here.</summary>
public static class EdgeReads
{
    public static void Add(IServiceCollection services) =>
        services.AddSingleton(its =>
        {
            var reads = its.GetRequiredService<StoryReads>();
            return new ManagementRoute(EdgeProtocol.ReadsPath, context => HandleAsync(context, reads));
        });

    static async Task HandleAsync(HttpContext context, StoryReads reads)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        EdgeRead[]? batch;
        try
        {
            batch = await JsonSerializer.DeserializeAsync<EdgeRead[]>(
                context.Request.Body,
                JsonSerializerOptions.Web,
                context.RequestAborted
            );
        }
        catch (JsonException)
        {
            batch = null;
        }
        if (batch is null || batch.Length > EdgeProtocol.MaxReads || batch.Any(read => read?.Client is null or { Length: > 64 }))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        foreach (var read in batch)
        {
            reads.Count(read.Client, read.Story);
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
