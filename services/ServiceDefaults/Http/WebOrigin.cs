namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Whose pages something is for: a scheme, a host and perhaps a port, as browsers name it in <c>Origin</c> (RFC 6454, section 6.2).
/// </summary>
public static class WebOrigin
{
    public static bool IsOne(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && text.Equals(url.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
