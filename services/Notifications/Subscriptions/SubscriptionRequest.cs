using System.Reflection;
using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Webhooks;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>Somebody wants to be told; each channel has its own kind of request, and knows what becomes of it.</summary>
/// <remarks>What says no kind, or one that there is not, is read as this type itself, whose other members do not matter then.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = Discriminator, IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(MakeWebhook), WebhookTarget.Kind)]
[JsonDerivedType(typeof(WebPush.MakeWebPush), WebPush.WebPushChannel.Name)]
[JsonDerivedType(typeof(Email.MakeEmail), Email.EmailTarget.Kind)]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public record SubscriptionRequest
{
    const string Discriminator = "kind";

    /// <summary>As in <c>topic=</c> of the stream: several are OR-ed, a comma inside one is AND, none is everything.</summary>
    public IReadOnlyList<string> Topics
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Checks it and makes the subscription.</summary>
    public virtual Task<IResult> MakeAsync(HttpContext context) =>
        throw ProblemException.BadRequest(
            Discriminator,
            $"must be one of {string.Join(", ", typeof(SubscriptionRequest).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(kind => kind.TypeDiscriminator))}"
        );
}
