using NewsPlatform.Contracts;
using NewsPlatform.Notifications;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Email;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Errands;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.WebSub;
using NewsPlatform.Notifications.Webhooks;
using NewsPlatform.ServiceDefaults;

return await Service.RunAsync("notifications", args, builder =>
{
    builder.Require<PortalOptions>("Portal");
    builder.Require<StreamOptions>("Stream");
    builder.AddStore(options =>
    {
        BulletinLog.Configure(options);
        Embargoed.Configure(options);
        TradeLog.Configure(options);
        options.ConfigureDeliveries();
        ErrandBook.Configure(options);
        options.ConfigureWebSub();
        options.ConfigureEmail();
        Verifications.Configure(options);
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
    builder.AddErrands();
    builder.AddWebSub();
    builder.AddEmail();
    builder.AddWebhooks();
    builder.Services.AddSingleton<Wire>();
    builder.Services.AddSingleton<LogTail>();
    builder.Services.AddHostedService(services => services.GetRequiredService<LogTail>());
    builder.Services.AddHealthChecks().AddCheck<LogTail>("stream", tags: [Management.Ready]);
}, app =>
{
    app.UseSecurity();
    StreamBulletins.Map(app);
    GetBulletins.Map(app);
    NewsPlatform.Notifications.Subscriptions.Endpoints.Map(app);
    Hub.Map(app);
    app.MapEmail();
    WebhookEndpoints.Map(app);
    GetEmbargoed.Map(app);
    app.MapReference(OpenApi.Name);
});
