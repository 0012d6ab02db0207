using Marten;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NewsPlatform.Publishing;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Desk;
using NewsPlatform.Publishing.DryRun;
using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.Publishing.Import;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.Publishing.Keys;
using NewsPlatform.Publishing.Rebuild;
using NewsPlatform.Publishing.Relay;
using NewsPlatform.ServiceDefaults;

return await Service.RunAsync(
    "publishing",
    args,
    builder =>
    {
        builder.Require<PortalOptions>("Portal");
        builder.Require<ImportOptions>("Import");
        builder.Require<MessagingOptions>("Messaging");
        builder.Require<DryRunOptions>("DryRun");
        builder.Require<IdempotencyOptions>("Idempotency");
        builder.AddSecurity();
        // Before what looks into the store by itself, so that its tables are there.
        builder.AddStore(Storage.Configure);
        builder.Services.AddDocument();
        builder.Services.AddKeys();
        builder.Services.AddSingleton(Storage.Events);
        builder.Services.AddSingleton<CopyRules>();
        builder.Services.AddSingleton<CloudEvents>();
        builder.Services.AddSingleton<BodyRoom>();
        builder.Services.AddSingleton<ArticleLocks>();
        builder.Services.AddSingleton<RelayChannel>();
        builder.Services.AddSingleton<RelayStatus>();
        builder.Services.AddAppendSignal();
        builder.Services.AddHostedService<ArticleRelay>();
        builder.Services.AddHostedService<Scheduler>();
        builder.Services.AddHostedService<DryRunClock>();
        builder.Services.AddHostedService<DeskBackfill>();
        builder.Services.AddHostedService<ForgetResponses>();
        builder.Services.AddHealthChecks().AddCheck<RelayStatus>("relay", tags: [Management.Ready]);
    },
    app =>
    {
        app.UseSecurity();
        app.UseIdempotency();
        app.MapKeys();
        app.MapArticles();
        app.MapDesk();
        app.MapImport();
        app.MapRebuild();
        app.MapReference(OpenApi.Name);
    },
    HttpProtocols.Http2
);
