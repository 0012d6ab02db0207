using System.Text.Json.Serialization;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>Somebody wants to be told; each channel has its own kind of request, and knows what becomes of it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Email.MakeEmail), Email.EmailTarget.Kind)]
public abstract record SubscriptionRequest
{
    /// <summary>As in <c>topic=</c> of the stream: several are OR-ed, a comma inside one is AND, none is everything.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Checks it and makes the subscription.</summary>
    public abstract Task<IResult> MakeAsync(HttpContext context);
}
