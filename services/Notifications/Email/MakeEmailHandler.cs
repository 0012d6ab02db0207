using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using MimeKit;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>Makes a subscription by e-mail, which waits until its reader has confirmed it.</summary>
public sealed class MakeEmailHandler(
    SubscriptionStore subscriptions,
    RequestCounter requests,
    JobStore jobs,
    EmailOptions options,
    OutboundOptions outbound,
    PortalOptions portal,
    TimeProvider clock
) : ISubscriptionHandler<MakeEmail>
{
    /// <summary>An addr-spec of RFC 5321 and its bound (section 4.5.3.1.3).</summary>
    const int MaxAddressLength = 254;

    const int TokenBytes = 18;

    const int DefaultHour = 7;

    public async Task<IResult> MakeAsync(MakeEmail request, HttpContext context)
    {
        var ct = context.RequestAborted;
        if (!options.Offered)
        {
            throw new ProblemException(501, "not-offered", "This portal sends no e-mail.");
        }
        var address = Check(request);
        var topics = Wanted(request);
        (string, int)[] limits =
        [
            ($"address {address.ToLowerInvariant()}", options.MaxPerAddressPerHour),
            ($"client {ClientAddress.Of(context)}", options.MaxPerClientPerHour),
            ($"domain {Domains.Of(address[(address.LastIndexOf('@') + 1)..], outbound)}", options.MaxPerDomainPerHour),
        ];
        if (!await requests.CountAsync(limits, ct))
        {
            throw ProblemException.TooMany(
                "So many subscriptions were asked for from here, or for this address or its domain, that no more are taken in this hour.",
                TimeSpan.FromHours(1)
            );
        }
        var (now, secret) = (UtcTimes.Micros(clock.GetUtcNow()), Access.NewSecret());
        var wait = TimeSpan.FromHours(options.ConfirmHours);
        var subscription = new Subscription
        {
            Id = Guid.CreateVersion7(),
            Kind = EmailTarget.Kind,
            SecretHash = KeyRing.Hash(secret),
            Topics = topics,
            State = SubscriptionState.Pending,
            MadeAt = now,
            Target = new EmailTarget(
                address,
                request.Frequency!,
                request.Language!,
                Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes)),
                now + wait
            )
            {
                Hour = request.Frequency == EmailTarget.Daily ? request.Hour ?? DefaultHour : null,
                Zone = request.Frequency == EmailTarget.Daily ? request.Zone ?? portal.TimeZone : null,
            },
        };
        await subscriptions.UpsertAsync(subscription, ct);
        await jobs.AddAsync(ExpireUnconfirmed.Name, subscription.Id, "", ct, wait);
        await jobs.AddAsync(SendConfirmation.Name, subscription.Id, "", ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Accepted($"/api/subscriptions/{subscription.Id}", SubscriptionView.Of(subscription) with { Secret = secret });
    }

    /// <returns>The address as it is mailed to.</returns>
    string Check(MakeEmail request)
    {
        var errors = new Dictionary<string, string[]>();
        var address = request.Address is null ? null : Addressable(request.Address);
        if (address is null)
        {
            errors["address"] =
            [
                request.Address is null
                    ? "is required"
                    : $"must be an e-mail address such as reader@example.org, of {MaxAddressLength} characters at most",
            ];
        }
        OneOf("frequency", request.Frequency, [EmailTarget.Daily, EmailTarget.Breaking]);
        OneOf("language", request.Language, portal.Languages);
        if (request.Hour is < 0 or > 23)
        {
            errors["hour"] = ["must be from 0 to 23"];
        }
        if (request.Zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(request.Zone, out _))
        {
            errors["zone"] = ["must be an IANA time zone such as Asia/Baku"];
        }
        foreach (var (name, given) in new[] { ("hour", request.Hour is not null), ("zone", request.Zone is not null) })
        {
            if (given && request.Frequency == EmailTarget.Breaking)
            {
                errors[name] = ["is for the frequency daily only"];
            }
        }
        return errors.Count == 0 ? address! : throw ProblemException.RuleViolations(errors);

        void OneOf(string name, string? value, IEnumerable<string> known)
        {
            if (value is null || !known.Contains(value))
            {
                errors[name] = [value is null ? "is required" : $"must be one of {string.Join(", ", known)}"];
            }
        }
    }

    /// <summary>An address that every server can be handed: a name of another script is written as IDNA has it (RFC 5891).</summary>
    static string? Addressable(string text)
    {
        if (
            text.Length > MaxAddressLength
            || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            || text.IndexOfAny(['<', '>', '"', ',', ';', '(', ')', '\\', '[', ']']) >= 0
            || !MailboxAddress.TryParse(text, out var mailbox)
            || mailbox.Address.Length == 0
        )
        {
            return null;
        }
        var at = mailbox.Address.LastIndexOf('@');
        if (at is < 1 or > 64 || !mailbox.Address[..at].All(char.IsAscii))
        {
            return null;
        }
        try
        {
            var domain = new System.Globalization.IdnMapping { UseStd3AsciiRules = true }
                .GetAscii(mailbox.Address[(at + 1)..])
                .ToLowerInvariant();
            return
                domain.Contains('.', StringComparison.Ordinal)
                && !IPAddress.TryParse(domain, out _)
                && Uri.CheckHostName(domain) == UriHostNameType.Dns
                && at + 1 + domain.Length <= MaxAddressLength
                ? $"{mailbox.Address[..at]}@{domain}"
                : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>As they were asked for: small letters do not say any more which capitals they had, of which I is two.</summary>
    IReadOnlyList<string> Wanted(MakeEmail request)
    {
        var language = $"language:{request.Language}";
        Topics.Parse(request.Topics, portal, "topics");
        var wanted = request
            .Topics.Select(topic => topic.Split(',', StringSplitOptions.TrimEntries))
            .Select(all =>
                all.Any(term =>
                    term.StartsWith("language:", StringComparison.Ordinal) || term.StartsWith("article:", StringComparison.Ordinal)
                )
                    ? all
                    : [.. all, language]
            )
            .ToArray();
        return
        [
            .. (
                wanted.Length == 0
                    ?
                    [
                        [language],
                    ]
                    : wanted
            ).Select(all => string.Join(',', request.Frequency == EmailTarget.Breaking ? all.Append("breaking").Distinct() : all)),
        ];
    }
}
