using System.Diagnostics;
using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing;

/// <summary>Where events come from: whose they are, and what they can be traced by from the request to the bulletin.</summary>
public static class Origin
{
    /// <summary>The event's header with the W3C traceparent of the request that it came from.</summary>
    public const string TraceHeader = "traceparent";

    /// <summary>The event's header with the id of who did it (<see cref="Who.Id"/>), beside the name, which another key may have later.</summary>
    public const string ActorHeader = "actor";

    /// <summary>To be called before the session's events are stored.</summary>
    public static void Stamp(IDocumentSession session)
    {
        session.LastModifiedBy = Who.Current?.Name ?? Who.Platform;
        session.SetHeader(ActorHeader, Who.Current?.Id ?? Who.Platform);
        if (Activity.Current?.Id is { } id)
        {
            session.SetHeader(TraceHeader, id);
        }
    }
}
