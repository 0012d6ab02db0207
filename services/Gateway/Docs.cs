using NetEscapades.AspNetCore.SecurityHeaders;
using Scalar.AspNetCore;

namespace NewsPlatform.Gateway;

/// <summary>The reference of all services in a browser, by their OpenAPI documents; nothing of it is loaded from elsewhere.</summary>
public static class Docs
{
    public const string Path = "/docs";

    public static void MapDocs(this IEndpointRouteBuilder app) => app.MapScalarApiReference(Path, (docs, context) =>
        {
            docs.Title = "News platform: reference";
            docs.DefaultFonts = false;
            docs.Telemetry = false;
            docs.HideClientButton = true;
            docs.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            docs.DisableAgent();
            docs.DisableMcp();
            docs.Nonce = context.GetNonce();
            docs.AddDocument("publishing", "Publishing", "/openapi/publishing.json");
            docs.AddDocument("feed", "Feed", "/openapi/feed.json");
            docs.AddDocument("notifications", "Notifications", "/openapi/notifications.json");
        });
}
