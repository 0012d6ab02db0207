using Microsoft.AspNetCore.Http.Metadata;
using Yarp.ReverseProxy.Configuration;

namespace NewsPlatform.Gateway;

/// <summary>A route whose bodies may be of another length than the others' says so before anything of them is read.</summary>
public static class OwnLength
{
    /// <summary>As YARP has it: there is no limit.</summary>
    const long None = -1;

    public static void Declare(IEndpointConventionBuilder endpoint, RouteConfig route)
    {
        if (route.MaxRequestBodySize is { } bytes)
        {
            endpoint.WithMetadata(new Limit(bytes == None ? null : bytes));
        }
    }

    sealed record Limit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
