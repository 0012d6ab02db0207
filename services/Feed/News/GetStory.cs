using Marten;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.News;

public static class GetStory
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods("/api/news/{id:guid}", Conditional.GetAndHead, Handle)
            .WithSummary("Get a story")
            .WithTags("News")
            .WithQuery()
            .Produces<StoryView>()
            .ProducesProblem(StatusCodes.Status410Gone);

    static async Task<IResult> Handle(
        Guid id,
        IQuerySession session,
        ResponseCache cache,
        StoryReads reads,
        HttpContext context,
        CancellationToken ct
    )
    {
        var response = await cache.GetAsync(
            new("story", new(), null, $"{id}") { Address = new($"/api/news/{id}") },
            null,
            async () => Content.Json(await session.ViewAsync(await session.ReadableAsync(id, ct), ct)) with { Story = id },
            ct
        );
        reads.Count(context, id);
        return response!;
    }
}
