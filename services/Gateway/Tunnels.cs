using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway;

/// <summary>CONNECT asks for a tunnel to somewhere else (RFC 9110, section 9.3.6), which a portal is not.</summary>
public static class Tunnels
{
    /// <exception cref="ProblemException">405.</exception>
    public static Task Refuse(HttpContext context, RequestDelegate next) =>
        HttpMethods.IsConnect(context.Request.Method)
            ? throw new ProblemException(StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "There are no tunnels here.")
            {
                Headers = { ["Allow"] = "GET, HEAD, POST, PUT, DELETE, OPTIONS" },
            }
            : next(context);
}
