using NewsPlatform.Contracts;
using NewsPlatform.Notifications;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.Webhooks;
using NewsPlatform.Notifications.WebPush;
using NewsPlatform.ServiceDefaults;

return await Service.RunAsync("notifications", args, builder =>
{
    builder.Require<PortalOptions>("Portal");
    builder.AddStore(options =>
    {
        BulletinLog.Configure(options);
        Embargoed.Configure(options);
        TradeLog.Configure(options);
        options.ConfigureDeliveries();
        DryRuns.Configure(options);
        Verifications.Configure(options);
        Tickets.Configure(options);
        options.ConfigureWebPush();
        options.ConfigureKeys();
    });
    builder.AddInbox<OnArticleChanged>(Topology.Notifications, concurrency: 1);
    builder.AddInbox<OnEmbargo>(Topology.NotificationsTrade, concurrency: 1);
    builder.AddInbox<OnKeyChanged>(Topology.NotificationsKeys, concurrency: 1);
    builder.AddSecurity(firstKey: false);
    builder.Services.AddDocument();
    builder.Services.AddSingleton<BulletinLog>();
    builder.Services.AddSingleton<TradeLog>();
    builder.AddDeliveries();
    builder.AddDryRuns();
    builder.AddWebhooks();
    builder.AddStream();
    builder.AddWebPush();
}, app =>
{
    app.UseStream();
    app.UseSecurity();
    app.MapStream();
    GetBulletins.Map(app);
    NewsPlatform.Notifications.Subscriptions.Endpoints.Map(app);
    WebhookEndpoints.Map(app);
    WebPushEndpoints.Map(app);
    GetEmbargoed.Map(app);
    app.MapReference(OpenApi.Name);
});
