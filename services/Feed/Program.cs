using NewsPlatform.Contracts;
using NewsPlatform.Feed;
using NewsPlatform.Feed.Edge;
using NewsPlatform.Feed.Ingest;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.News;
using NewsPlatform.Feed.Pages;
using NewsPlatform.Feed.Purge;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Rebuild;
using NewsPlatform.Feed.Related;
using NewsPlatform.Feed.Search;
using NewsPlatform.Feed.Syndication;
using NewsPlatform.ServiceDefaults;

return await Service.RunAsync(
    "feed",
    args,
    builder =>
    {
        builder.Require<PortalOptions>("Portal");
        builder.AddStore(Storage.Configure);
        builder.Services.AddHostedService<Backfill>();
        builder.AddReady();
        builder
            .Services.AddSingleton<Entries>()
            .AddSingleton<Archives>()
            .AddSingleton<Tombstones>()
            .AddSingleton<FeedDocuments>()
            .AddSingleton<GetFeed>()
            .AddSingleton<Sitemaps>();
        builder.Services.AddHostedService<StoryTextFill>();
        builder.Services.AddSingleton<LinePages>();
        builder.Require<SearchOptions>("Search");
        builder.Services.AddSingleton<NewsSearch>();
        builder.Services.AddSingleton<RelatedStories>().AddHostedService<RelatedWorker>();
        builder.Require<ReadsOptions>("Reads");
        builder.Services.AddSingleton<StoryReads>().AddHostedService(services => services.GetRequiredService<StoryReads>());
        builder.Services.AddSingleton<Rankings>().AddHostedService<Ranker>();
        builder.AddInbox<OnArticleChanged>(Topology.Feed, concurrency: StoryWriter.MaxGroup);
        builder.Services.AddStoryWriters();
        builder.AddInbox<OnArchiveArticle>(Topology.FeedArchive, concurrency: StoryWriter.MaxGroup);
        builder.AddInbox<OnRebuild>(Topology.FeedRebuild, concurrency: StoryWriter.MaxGroup);
        builder.Services.AddSingleton<RebuildTarget>();
        EdgeChanges.Add(builder.Services);
        builder.Require<PurgeOptions>("Purge");
        builder.Services.AddHostedService<CachePurge>();
        EdgeReads.Add(builder.Services);
        builder.AddPages();
        builder.Services.AddDocument();
    },
    app =>
    {
        EdgeChanges.UseLatest(app);
        GetNews.Map(app);
        GetSuggestions.Map(app);
        GetMostRead.Map(app);
        GetStory.Map(app);
        GetFeed.Map(app);
        GetNinjs.Map(app);
        Sitemaps.Map(app);
        GetCategories.Map(app);
        app.MapReference(OpenApi.Name);
        app.MapPages();
    },
    early: ReadyAnswers.Use
);
