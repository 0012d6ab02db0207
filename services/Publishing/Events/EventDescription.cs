using NewsPlatform.Publishing.Broker;

namespace NewsPlatform.Publishing.Events;

/// <summary>What a type of event is to those who do not read the stream that it is in.</summary>
/// <param name="Name">Under which it is stored; it stays what it is when the type is renamed.</param>
public record EventDescription(Type Type, string Name)
{
    /// <summary>What the relay sends of the event by itself; null for an event that it does not send, or not by itself.</summary>
    public Func<object, OutgoingMessage>? Message { get; init; }

    /// <summary>Whether the relay may have to tell anybody of such an event; of an article's draft, say, it never has.</summary>
    public virtual bool IsTold => Message is not null;

    public static EventDescription Of<TEvent>(string name)
        where TEvent : class => new(typeof(TEvent), name);
}
