using NewsPlatform.Contracts;
using NewsPlatform.Feed;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Pages;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Related;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

return await Service.RunAsync("feed", args, builder =>
{
    builder.Require<PortalOptions>("Portal");
    builder.AddStore(Storage.Configure);
    builder.Services.AddHostedService<StoryTags.Fill>();
    builder.Services.AddSingleton<LinePages>();
    builder.Services.AddSingleton<RelatedStories>().AddHostedService<RelatedWorker>();
    builder.Require<ReadsOptions>("Reads");
    builder.Services.AddSingleton<StoryReads>().AddHostedService(services => services.GetRequiredService<StoryReads>());
    builder.Services.AddSingleton<Rankings>().AddHostedService<Ranker>();
    builder.AddInbox<OnArticleChanged>(Topology.Feed, concurrency: StoryWriter.MaxGroup);
    builder.Services.AddSingleton<StoryWriter>();
    builder.AddPages();
    builder.Services.AddDocument();
}, app =>
{
    GetNews.Map(app);
    GetMostRead.Map(app);
    GetStory.Map(app);
    GetCategories.Map(app);
    app.MapReference(OpenApi.Name);
    app.MapPages();
});
