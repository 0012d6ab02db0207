using Marten;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

public static class WebSubSetup
{
    public static void ConfigureWebSub(this StoreOptions options) => HubSubscriptionStore.Configure(options);

    public static void AddWebSub(this IHostApplicationBuilder builder)
    {
        builder.Require<WebSubOptions>("WebSub");
        builder.Services.AddSingleton<FeedCache>();
        builder.Services.AddSingleton<HubSubscriptionStore>();
        builder.AddChannel<WebSubChannel>();
        builder.AddJob<CheckIntent>();
        builder.AddJob<EndLease>();
    }
}
