namespace NewsPlatform.Gateway;

/// <summary>
/// A browser's EventSource, which takes every refusal for the end and never comes back (WHATWG HTML, section 9.2.3): it is told when to in
/// a stream that says nothing else.
/// </summary>
public static class EventSource
{
    const string MediaType = "text/event-stream";

    public static bool Asks(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(MediaType, StringComparison.OrdinalIgnoreCase);

    /// <param name="after">At the earliest; not all come at once.</param>
    public static Task ComeBackAsync(HttpContext context, TimeSpan after)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = MediaType;
        context.Response.Headers.CacheControl = "no-store";
        var milliseconds = (int)Math.Max(1_000, after.TotalMilliseconds);
        return context.Response.WriteAsync(
            $"retry: {Random.Shared.Next(milliseconds, milliseconds * 3)}\n: unavailable at the moment, come back\n\n",
            context.RequestAborted
        );
    }
}
