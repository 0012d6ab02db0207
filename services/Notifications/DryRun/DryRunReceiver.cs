using NewsPlatform.Notifications.Outbound;

namespace NewsPlatform.Notifications.DryRun;

/// <summary>Where the dry runs' subscriptions end: the service's own management port, which takes what every channel sends.</summary>
public static class DryRunReceiver
{
    public const string Path = "/dry-run";

    public static Uri Address(string channel) => new($"http://{OutboundHttp.Self}{Path}/{channel}");

    public static async Task HandleAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(System.IO.Stream.Null, context.RequestAborted);
        context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method)
            ? StatusCodes.Status204NoContent
            : StatusCodes.Status405MethodNotAllowed;
    }
}
