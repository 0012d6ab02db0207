using Microsoft.AspNetCore.Server.Kestrel.Core;
using NewsPlatform.Gateway;
using NewsPlatform.Gateway.Cors;
using NewsPlatform.Gateway.Edge;
using NewsPlatform.Gateway.Instances;
using NewsPlatform.Gateway.Limits;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

return await Service.RunAsync(
    "gateway",
    args,
    builder =>
    {
        builder.AddLimits();
        builder.AddEdge();
        builder.AddInstances();
        OtherPages.Add(builder);
        StrangersTraces.Add(builder.Services);
        builder.Services.AddSingleton<IForwarderHttpClientFactory, UnbufferedForwarder>();
        EventStreams.Add(builder.Services);
        builder
            .Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
            .WatchInstances()
            .LearnKeys()
            .KeepAnswers()
            .AddTransforms(EventStreams.Declare);
    },
    app =>
    {
        app.Use(StrangersTraces.Drop);
        app.UseEdgeHeaders();
        app.Use(Tunnels.Refuse);
        app.UseLimits();
        app.UseNoMinimumDataRate("/api/import");
        app.BlockManagement();
        app.MapDocs();
        app.MapReverseProxy(proxy =>
            {
                proxy.UseEdge();
                EventStreams.Use(proxy);
                proxy.UseServiceUnavailableResponse();
                proxy.UseInstances();
            })
            .ConfigureEndpoints(RouteClasses.Declare)
            .ConfigureEndpoints(OwnLength.Declare)
            .ConfigureEndpoints(PagesOfRoutes.Declare);
    },
    HttpProtocols.Http1AndHttp2,
    OtherPages.Use,
    EdgeSetup.UseEdge
);
