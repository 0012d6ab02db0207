using System.Security.Cryptography;
using NewsPlatform.Notifications.Email;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.Notifications.Webhooks;
using NewsPlatform.Notifications.WebPush;
using NewsPlatform.Notifications.WebSub;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.DryRun;

/// <summary>
/// One real subscription of each channel to the dry runs, which nobody owns; all but the mail's end at the service itself, as far as a
/// connection goes.
/// </summary>
public sealed class DryRunSubscriptions(
    SubscriptionStore subscriptions,
    PortalOptions portal,
    DryRunOptions options,
    EmailOptions email,
    TimeProvider clock
)
{
    static readonly Guid webhook = Numbered(1),
        webPush = Numbered(2),
        webSub = Numbered(3),
        mail = Numbered(4);

    bool Mails => email.Offered && options.Mailbox.Length > 0;

    /// <summary>The channels that are subscribed to.</summary>
    public IReadOnlyList<string> Channels =>
        [WebhookTarget.Kind, WebPushChannel.Name, WebSubTarget.Kind, .. Mails ? [EmailTarget.Kind] : Array.Empty<string>()];

    /// <summary>Makes them, or makes them anew as they should be.</summary>
    public async Task UpsertAsync(CancellationToken ct)
    {
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        await UpsertAsync(
            webhook,
            WebhookTarget.Kind,
            new WebhookTarget { Url = DryRunReceiver.Address(WebhookTarget.Kind), Secrets = [new(WebhookSecret.Random())] },
            ct
        );
        await UpsertAsync(
            webPush,
            WebPushChannel.Name,
            new WebPushTarget
            {
                Endpoint = DryRunReceiver.Address(WebPushChannel.Name).AbsoluteUri,
                Key = MessageEncryption.Point(browser.ExportParameters(includePrivateParameters: false)),
                Auth = RandomNumberGenerator.GetBytes(MessageEncryption.AuthBytes),
                Language = portal.Languages[0],
            },
            ct
        );
        await UpsertAsync(
            webSub,
            WebSubTarget.Kind,
            new WebSubTarget(
                portal.Absolute($"/{portal.Languages[0]}/atom.xml"),
                DryRunReceiver.Address(WebSubTarget.Kind).AbsoluteUri,
                DateTimeOffset.MaxValue,
                Access.NewSecret()
            ),
            ct
        );
        if (Mails)
        {
            await UpsertAsync(
                mail,
                EmailTarget.Kind,
                new EmailTarget(options.Mailbox, EmailTarget.Breaking, portal.Languages[0], Access.NewSecret(), DateTimeOffset.MaxValue),
                ct
            );
        }
        else
        {
            await subscriptions.DeleteAsync(mail, ct);
        }
    }

    Task UpsertAsync(Guid id, string kind, Target target, CancellationToken ct) =>
        subscriptions.UpsertAsync(
            new()
            {
                Id = id,
                Kind = kind,
                Topics = [Topics.DryRun],
                State = SubscriptionState.Active,
                MadeAt = clock.GetUtcNow(),
                Target = target,
            },
            ct
        );

    static Guid Numbered(byte number) => new([.. DryRunArticle.Id.ToByteArray(bigEndian: true)[..15], number], bigEndian: true);
}
