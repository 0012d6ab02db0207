using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

/// <summary>The scheme in which keys and tokens are sent (RFC 6750).</summary>
public static class Bearer
{
    const string Prefix = "Bearer ";

    /// <summary>What a request carries as proof of who sent it (RFC 6750, section 2.1).</summary>
    public static string? Of(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Prefix.Length..].Trim()
            : null;
}
