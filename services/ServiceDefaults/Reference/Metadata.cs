using Microsoft.AspNetCore.Builder;

namespace NewsPlatform.ServiceDefaults;

/// <summary>The query's parameters that an endpoint takes.</summary>
public sealed record KnownQuery(IReadOnlyList<string> Names);

/// <summary>The request must say which version it changes, and the state of what it changes may forbid it: 409, 412, 428.</summary>
public sealed record NeedsVersion;

/// <summary>The answer has the version's ETag.</summary>
public sealed record HasETag;

/// <summary>The body is not JSON, and the endpoint reads it itself.</summary>
public sealed record TakesMediaTypes(IReadOnlyList<string> Names);

/// <summary>The endpoint itself finds out who asks: the key that what is asked for belongs to, or whoever has its secret.</summary>
/// <param name="Optional">Some of what it does takes none.</param>
public sealed record ProvedInside(bool Optional = false);

public static class Metadata
{
    public static TBuilder WithETag<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new HasETag());
}
