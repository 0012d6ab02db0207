using NewsPlatform.Contracts;
using NewsPlatform.Notifications;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Email;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.Notifications.Webhooks;
using NewsPlatform.Notifications.WebPush;
using NewsPlatform.Notifications.WebSub;
using NewsPlatform.ServiceDefaults;

return await Service.RunAsync(
    "notifications",
    args,
    builder =>
    {
        builder.Require<PortalOptions>("Portal");
        builder.AddStore(Storage.Configure);
        builder.AddInbox<OnArticleChanged>(Topology.Notifications, concurrency: 1);
        builder.AddInbox<OnEmbargo>(Topology.NotificationsTrade, concurrency: 1);
        builder.AddInbox<OnOwnersKeyChanged>(Topology.NotificationsKeys, concurrency: 1);
        builder.Services.AddDocument();
        builder.Services.AddSingleton<BulletinLog>().AddSingleton<TradeLog>();
        builder.AddStream();
        builder.AddDeliveries();
        builder.AddJobs();
        builder.AddDryRuns();
        builder.AddWebhooks();
        builder.AddWebPush();
        builder.AddWebSub();
        builder.AddEmail();
        builder.AddSecurity();
    },
    app =>
    {
        app.UseStream();
        app.UseSecurity();
        app.MapStream();
        GetBulletins.Map(app);
        GetEmbargoed.Map(app);
        app.MapSubscriptions();
        WebhookEndpoints.Map(app);
        WebPushEndpoints.Map(app);
        Hub.Map(app);
        app.MapEmail();
        app.MapReference(OpenApi.Name);
    }
);
