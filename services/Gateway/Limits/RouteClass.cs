using Yarp.ReverseProxy.Configuration;

namespace NewsPlatform.Gateway.Limits;

/// <summary>What a request costs, and whom it must not keep from being answered: each class has limits of its own.</summary>
public enum RouteClass
{
    /// <summary>Reads that are mostly answered with finished bytes: front lines, pages, feeds.</summary>
    Ready,

    /// <summary>Reads that the database is asked for: further pages, rare filters, the log of bulletins.</summary>
    Made,

    /// <summary>Reads with <c>q</c>.</summary>
    Search,

    /// <summary>Writes without a key that is known to be good: subscriptions of readers, the hub.</summary>
    AnonymousWrite,

    /// <summary>Everything by a key that is known to be good.</summary>
    Keyed,

    /// <summary>What takes a key, by somebody who has not shown a good one yet.</summary>
    Unproved,

    /// <summary>Openings of streams.</summary>
    Stream,

    /// <summary>Imports.</summary>
    Import,
}

/// <summary>Which class the requests of a route are of, by its metadata <c>Class</c> and what is asked.</summary>
public static class RouteClasses
{
    const string Metadata = "Class";

    /// <summary>Parameters that make a line one of too many to be kept ready.</summary>
    static readonly string[] made = ["after", "before", "since", "keyword", "author", "corrected"];

    /// <summary>Puts the class of a route on its endpoint.</summary>
    /// <exception cref="InvalidOperationException">A route says none, or one that there is not.</exception>
    public static void Declare(IEndpointConventionBuilder endpoint, RouteConfig route)
    {
        var declared = route.Metadata?.GetValueOrDefault(Metadata);
        endpoint.WithMetadata(
            new Declared(
                Enum.TryParse<RouteClass>(declared, out var of) && Enum.IsDefined(of)
                    ? of
                    : throw new InvalidOperationException(
                        $"The route '{route.RouteId}' needs the metadata {Metadata}: one of "
                            + $"{string.Join(", ", Enum.GetNames<RouteClass>())}."
                    )
            )
        );
    }

    /// <param name="known">Whether it carries a key that is known to be good.</param>
    public static RouteClass Of(HttpContext context, bool known)
    {
        var (request, declared) = (context.Request, context.GetEndpoint()?.Metadata.GetMetadata<Declared>()?.Class ?? RouteClass.Ready);
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return (declared, reads, known) switch
        {
            (RouteClass.Import, _, _) => RouteClass.Import,
            (RouteClass.Stream, true, _) => RouteClass.Stream,
            (RouteClass.Keyed, _, false) => RouteClass.Unproved,
            (RouteClass.Keyed, _, true) or (_, false, true) => RouteClass.Keyed,
            (_, false, false) => RouteClass.AnonymousWrite,
            (RouteClass.Made, true, true) => RouteClass.Keyed,
            (RouteClass.Ready, true, _) when request.QueryString.HasValue => OfLine(request.Query),
            _ => declared,
        };
    }

    static RouteClass OfLine(IQueryCollection query) =>
        query.ContainsKey("q") ? RouteClass.Search
        : Array.Exists(made, query.ContainsKey) ? RouteClass.Made
        : RouteClass.Ready;

    sealed record Declared(RouteClass Class);
}
