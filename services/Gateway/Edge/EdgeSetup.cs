using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Transforms;

namespace NewsPlatform.Gateway.Edge;

public static class EdgeSetup
{
    public static void AddEdge(this WebApplicationBuilder builder)
    {
        builder.Require<EdgeOptions>("Edge");
        builder
            .Services.AddSingleton<FeedInstances>()
            .AddSingleton<EdgeMemory>()
            .AddSingleton<EdgeTransforms>()
            .AddSingleton<EdgeCache>()
            .AddSingleton<FeedChanges>()
            .AddHostedService(services => services.GetRequiredService<FeedChanges>())
            .AddSingleton<ReadReports>()
            .AddHostedService(services => services.GetRequiredService<ReadReports>());
    }

    public static IReverseProxyBuilder KeepAnswers(this IReverseProxyBuilder proxy) =>
        proxy.AddTransforms(transforms =>
        {
            if (transforms.Cluster?.ClusterId != FeedInstances.Cluster)
            {
                return;
            }
            var its = transforms.Services.GetRequiredService<EdgeTransforms>();
            transforms.AddRequestTransform(EdgeTransforms.AskAsync);
            transforms.AddResponseTransform(its.TakeAsync);
        });

    /// <summary>Where the client's address is known, and before all that costs more than an answer that is ready.</summary>
    public static void UseEdge(WebApplication app) => app.Use(app.Services.GetRequiredService<EdgeCache>().ServeAsync);

    public static void UseEdge(this IReverseProxyApplicationBuilder proxy) =>
        proxy.Use(proxy.ApplicationServices.GetRequiredService<EdgeCache>().FillAsync);
}
