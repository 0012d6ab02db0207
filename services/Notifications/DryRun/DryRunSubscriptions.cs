using System.Security.Cryptography;
using NewsPlatform.Notifications.Email;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.Notifications.WebPush;
using NewsPlatform.Notifications.Webhooks;
using NewsPlatform.Notifications.WebSub;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.DryRun;

/// <summary>One real subscription of each channel to the dry runs, which nobody owns; all but the mail's end at the service itself, as far as a connection goes.</summary>
public sealed class DryRunSubscriptions(Roster roster, PortalOptions portal, DryRunOptions options, EmailOptions email, TimeProvider clock)
{
    /// <summary>Under the management port: what every channel takes for received.</summary>
    public const string Path = "/dry-run";

    static readonly Guid webhook = Numbered(1), webPush = Numbered(2), webSub = Numbered(3), mail = Numbered(4);

    bool Mails => email.Offered && options.Mailbox.Length > 0;

    /// <summary>The channels that are subscribed to.</summary>
    public IReadOnlyList<string> Channels => [WebhookTarget.Kind, WebPushChannel.Name, WebSubTarget.Kind, .. Mails ? [EmailTarget.Kind] : Array.Empty<string>()];

    /// <summary>The receiver.</summary>
    public static async Task ReceiveAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(System.IO.Stream.Null, context.RequestAborted);
        context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method) ? StatusCodes.Status204NoContent : StatusCodes.Status405MethodNotAllowed;
    }

    /// <summary>Makes them, or makes them anew as they should be.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        await KeepAsync(webhook, WebhookTarget.Kind, new WebhookTarget { Url = Receiver(WebhookTarget.Kind), Secrets = [new(WebhookSecret.Random())] }, ct);
        await KeepAsync(webPush, WebPushChannel.Name, new WebPushTarget
        {
            Endpoint = Receiver(WebPushChannel.Name).AbsoluteUri, Key = MessageEncryption.Point(browser.ExportParameters(includePrivateParameters: false)),
            Auth = RandomNumberGenerator.GetBytes(MessageEncryption.AuthBytes), Language = portal.Languages[0],
        }, ct);
        await KeepAsync(webSub, WebSubTarget.Kind, new WebSubTarget(portal.Absolute($"/{portal.Languages[0]}/atom.xml"), Receiver(WebSubTarget.Kind).AbsoluteUri, DateTimeOffset.MaxValue, Access.NewSecret()), ct);
        if (Mails)
        {
            await KeepAsync(mail, EmailTarget.Kind, new EmailTarget(options.Mailbox, EmailTarget.Breaking, portal.Languages[0], Access.NewSecret(), DateTimeOffset.MaxValue), ct);
        }
        else
        {
            await roster.DeleteAsync(mail, ct);
        }
    }

    Task KeepAsync(Guid id, string kind, Target target, CancellationToken ct) => roster.KeepAsync(new()
    {
        Id = id, Kind = kind, Topics = [Topics.DryRun], State = SubscriptionState.Active, MadeAt = clock.GetUtcNow(), Target = target,
    }, ct);

    static Uri Receiver(string channel) => new($"http://{OutboundHttp.Self}{Path}/{channel}");

    static Guid Numbered(byte number) => new([.. DryRunArticle.Id.ToByteArray(bigEndian: true)[..15], number], bigEndian: true);
}
