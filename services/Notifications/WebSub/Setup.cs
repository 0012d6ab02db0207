using Marten;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Errands;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

public static class Setup
{
    public static void ConfigureWebSub(this StoreOptions options) => Ledger.Configure(options);

    public static void AddWebSub(this IHostApplicationBuilder builder)
    {
        builder.Require<WebSubOptions>("WebSub");
        builder.Services.AddSingleton<Copies>();
        builder.Services.AddSingleton<Ledger>();
        builder.AddChannel<WebSubChannel>();
        builder.AddErrand<CheckIntent>();
        builder.AddErrand<EndLease>();
    }
}
