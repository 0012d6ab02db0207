using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>A subscriber of the hub. Topic and callback together are its key (W3C WebSub, section 5.1).</summary>
/// <param name="Topic">The feed, as the subscriber named it.</param>
/// <param name="Secret">What its content is signed by.</param>
public sealed record WebSubTarget(
    string Topic,
    string Callback,
    DateTimeOffset LeaseUntil,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null
) : Target
{
    public const string Kind = "webSub";

    [JsonIgnore]
    public override string Host => new Uri(Callback).IdnHost;

    /// <summary>Of the subscription that there is at most for a topic and a callback.</summary>
    public static Guid IdOf(string topic, string callback) => DeterministicId.Of($"{topic}\n{callback}");
}
