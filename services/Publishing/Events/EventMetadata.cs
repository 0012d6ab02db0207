using System.Diagnostics;
using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Events;

/// <summary>Where events come from: whose they are, and what they can be traced by from the request to the bulletin.</summary>
public static class EventMetadata
{
    /// <summary>The event's header with the W3C traceparent of the request that it came from.</summary>
    public const string TraceHeader = "traceparent";

    /// <summary>
    /// The event's header with the id of who did it (<see cref="Caller.Id"/>), beside the name, which another key may have later.
    /// </summary>
    public const string ActorHeader = "actor";

    /// <summary>To be called before the session's events are stored.</summary>
    public static void Add(IDocumentSession session, Caller caller)
    {
        session.LastModifiedBy = caller.Name;
        session.SetHeader(ActorHeader, caller.Id);
        if (Activity.Current?.Id is { } id)
        {
            session.SetHeader(TraceHeader, id);
        }
    }
}
