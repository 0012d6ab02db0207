namespace NewsPlatform.Gateway;

/// <summary>Probes and metrics belong to management ports; on the public one there are none, of whichever service.</summary>
public static class BlockManagementRoutes
{
    public static void BlockManagement(this IEndpointRouteBuilder app)
    {
        app.Map("/health/{**rest}", NotFound);
        app.Map("/metrics/{**rest}", NotFound);
    }

    static Microsoft.AspNetCore.Http.HttpResults.NotFound NotFound() => TypedResults.NotFound();
}
