using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebSub;

sealed class WebSubDryRun(PortalOptions portal) : IDryRunTarget
{
    public string Kind => WebSubTarget.Kind;
    public byte Number => 3;

    public Target Make() =>
        new WebSubTarget(
            portal.Absolute($"/{portal.Languages[0]}/atom.xml"),
            DryRunReceiver.Address(WebSubTarget.Kind).AbsoluteUri,
            DateTimeOffset.MaxValue,
            Access.NewSecret()
        );
}
