using NewsPlatform.Contracts;
using NewsPlatform.Notifications;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.ServiceDefaults;

return await Service.RunAsync("notifications", args, builder =>
{
    builder.Require<PortalOptions>("Portal");
    builder.AddStore(options =>
    {
        BulletinLog.Configure(options);
        Embargoed.Configure(options);
        Tickets.Configure(options);
        options.ConfigureKeys();
    });
    builder.AddInbox<OnArticleChanged>(Topology.Notifications, concurrency: 1);
    builder.AddInbox<OnEmbargo>(Topology.NotificationsTrade, concurrency: 1);
    builder.AddInbox<OnKeyChanged>(Topology.NotificationsKeys, concurrency: 1);
    builder.AddSecurity(firstKey: false);
    builder.Services.AddDocument();
    builder.Services.AddSingleton<BulletinLog>();
    builder.AddStream();
}, app =>
{
    app.UseStream();
    app.UseSecurity();
    app.MapStream();
    GetEmbargoed.Map(app);
    app.MapReference(OpenApi.Name);
});
