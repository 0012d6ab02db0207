using System.Collections.Frozen;
using JasperFx.Events;
using Marten;

namespace NewsPlatform.Publishing.Events;

/// <summary>
/// Every type of event that the store holds, described by the feature that it belongs to. What is not described here cannot be passed
/// over in silence: the relay stops at it, and a test compares the catalog with what Marten knows.
/// </summary>
public sealed class EventCatalog(IReadOnlyList<EventDescription> all)
{
    readonly FrozenDictionary<Type, EventDescription> byType = all.ToFrozenDictionary(description => description.Type);

    public IReadOnlyList<EventDescription> All => all;

    /// <summary>Of the event store itself, such as the one that fills the place of an append that failed; they are nobody's news.</summary>
    public static bool IsOfStore(Type type) => type.Assembly == typeof(IEvent).Assembly || type.Assembly == typeof(IDocumentStore).Assembly;

    /// <exception cref="InvalidOperationException">Nothing says what such an event means.</exception>
    public EventDescription Of(Type type) =>
        byType.GetValueOrDefault(type)
        ?? (
            IsOfStore(type)
                ? new EventDescription(type, type.Name)
                : throw new InvalidOperationException(
                    $"{type.Name} is not described in the catalog of events, so nobody knows who is told of it."
                )
        );

    public void Configure(StoreOptions options)
    {
        foreach (var description in all)
        {
            options.Events.MapEventType(description.Type, description.Name);
        }
    }
}
