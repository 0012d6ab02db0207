using Marten;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ingest;

/// <summary>The writer of what editors do, and that of archives, which gives way to it.</summary>
public static class StoryWriters
{
    public static void AddStoryWriters(this IServiceCollection services) =>
        services
            .AddSingleton(its => Of(its, null))
            .AddKeyedSingleton(OnArchiveArticle.Writer, (its, _) => Of(its, its.GetRequiredService<StoryWriter>()));

    static StoryWriter Of(IServiceProvider its, StoryWriter? first) =>
        new(
            its.GetRequiredService<IDocumentStore>(),
            its.GetRequiredService<ChangeTracker>(),
            its.GetRequiredService<PortalOptions>(),
            first
        );
}
