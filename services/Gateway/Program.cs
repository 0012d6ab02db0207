using Microsoft.AspNetCore.Server.Kestrel.Core;
using NewsPlatform.Gateway;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

return await Service.RunAsync("gateway", args, builder =>
{
    builder.Services.AddSingleton<IForwarderHttpClientFactory, PromptBodies>();
    builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
}, app =>
{
    app.UseEdgeHeaders();
    app.UseOwnPace("/api/import");
    app.MapManagementNowhere();
    app.MapDocs();
    app.MapReverseProxy(proxy => proxy.UseOutageAnswer());
}, HttpProtocols.Http1AndHttp2);
