using System.Net;

namespace NewsPlatform.Client;

/// <summary>The stream does not let this client in, and trying again would not help.</summary>
public sealed class NewsStreamRefusedException(HttpStatusCode status, string problem)
    : Exception($"The stream refuses with {(int)status}: {problem}")
{
    public HttpStatusCode Status => status;

    /// <summary>Problem details (RFC 9457) as they came.</summary>
    public string Problem => problem;
}
