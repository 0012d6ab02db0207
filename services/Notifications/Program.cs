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
        builder.AddStore(options => options.ConfigureKeys());
        builder.AddInbox<OnArticleChanged>(Topology.Notifications, concurrency: 1);
        builder.AddInbox<OnEmbargo>(Topology.NotificationsTrade, concurrency: 1);
        builder.AddInbox<OnOwnersKeyChanged>(Topology.NotificationsKeys, concurrency: 1);
        builder.Services.AddDocument();
        builder.AddBulletins();
        builder.AddEmbargoes();
        builder.AddStream();
        builder.AddSubscriptions();
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
        GetEmbargoed.Map(app);
        app.MapSubscriptions();
        app.MapChannels();
        app.MapReference(OpenApi.Name);
    }
);
