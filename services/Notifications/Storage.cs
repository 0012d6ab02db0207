using Marten;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Email;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.Webhooks;
using NewsPlatform.Notifications.WebPush;
using NewsPlatform.Notifications.WebSub;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications;

/// <summary>What Notifications keeps in its database.</summary>
public static class Storage
{
    public static void Configure(StoreOptions options)
    {
        options.ConfigureKeys();
        BulletinLog.Configure(options);
        Embargoed.Configure(options);
        TradeLog.Configure(options);
        options.ConfigureDeliveries();
        JobStore.Configure(options);
        DryRuns.Configure(options);
        Tickets.Configure(options);
        Verifications.Configure(options);
        options.ConfigureWebPush();
        options.ConfigureWebSub();
        options.ConfigureEmail();
    }
}
