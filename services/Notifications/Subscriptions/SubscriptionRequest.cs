using System.Text.Json.Serialization;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>Somebody wants to be told; each channel has its own kind of request.</summary>
/// <remarks>What says no kind, or one that there is not, is read as this type itself, whose other members do not matter then.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = Discriminator, IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public record SubscriptionRequest
{
    public const string Discriminator = "kind";

    /// <summary>As in <c>topic=</c> of the stream: several are OR-ed, a comma inside one is AND, none is everything.</summary>
    public IReadOnlyList<string> Topics
    {
        get;
        init => field = value ?? [];
    } = [];
}
