using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

public static class WebSubSetup
{
    public static void AddWebSub(this IHostApplicationBuilder builder)
    {
        builder.Require<WebSubOptions>("WebSub");
        builder.Services.AddSingleton<FeedCache>().AddSingleton<HubSubscriptionStore>();
        builder.Services.AddTag(Hub.Tag, "The hub of the feeds.");
        builder
            .AddChannel<WebSubChannel, WebSubTarget>(WebSubTarget.Kind)
            .WithStorage(HubSubscriptionStore.Configure)
            .WithEndpoints(Hub.Map)
            .WithDryRun<WebSubDryRun>();
        builder.AddJob<CheckIntent>();
        builder.AddJob<EndLease>();
    }
}
