using Microsoft.AspNetCore.Server.Kestrel.Core;
using NewsPlatform.Gateway;
using NewsPlatform.ServiceDefaults;

return await Service.RunAsync("gateway", args, builder =>
{
    builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
}, app =>
{
    app.UseEdgeHeaders();
    app.MapManagementNowhere();
    app.MapReverseProxy(proxy => proxy.UseOutageAnswer());
}, HttpProtocols.Http1AndHttp2);
