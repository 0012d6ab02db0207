using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.DryRun;

/// <summary>A channel's part in the dry runs: where it delivers them to.</summary>
public interface IDryRunTarget
{
    /// <summary>The <see cref="Subscription.Kind"/> that the channel serves.</summary>
    string Kind { get; }

    /// <summary>No other channel's, and the same in every release, since the id of the dry runs' subscription comes of it.</summary>
    byte Number { get; }

    /// <summary>Whether the channel takes part as it is configured.</summary>
    bool TakesPart => true;

    /// <summary>Made anew at each start of the service.</summary>
    Target Make();
}
