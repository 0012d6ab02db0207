using System.Security.Cryptography;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

sealed class WebPushDryRun(PortalOptions portal) : IDryRunTarget
{
    public string Kind => WebPushTarget.Kind;
    public byte Number => 2;

    /// <remarks>What is pushed is never decrypted, so that the browser's private key is not kept.</remarks>
    public Target Make()
    {
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return new WebPushTarget
        {
            Endpoint = DryRunReceiver.Address(WebPushTarget.Kind).AbsoluteUri,
            Key = MessageEncryption.Point(browser.ExportParameters(includePrivateParameters: false)),
            Auth = RandomNumberGenerator.GetBytes(MessageEncryption.AuthBytes),
            Language = portal.Languages[0],
        };
    }
}
