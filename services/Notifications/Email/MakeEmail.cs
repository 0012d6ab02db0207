using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using MimeKit;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>
/// Somebody wants to be mailed. The address is mailed a link by which whoever reads its mail confirms that; nothing else is mailed before.
/// The answer is the same whether or not the address is subscribed already.
/// </summary>
public sealed record MakeEmail : SubscriptionRequest
{
    /// <summary>An addr-spec of RFC 5321 and its bound (section 4.5.3.1.3).</summary>
    const int MaxAddressLength = 254;

    const int TokenBytes = 18;

    public string? Address { get; init; }

    /// <summary><c>daily</c>: one digest a day. <c>breaking</c>: breaking news at once.</summary>
    public string? Frequency { get; init; }

    /// <summary>In which the mails speak. Topics that name no language and no article are of this one.</summary>
    public string? Language { get; init; }

    /// <summary>Of a daily one: the hour of the digest, 0 to 23; 7 if it is not said.</summary>
    public int? Hour { get; init; }

    /// <summary>Of a daily one: the IANA time zone of that hour; the portal's if it is not said.</summary>
    public string? Zone { get; init; }

    const int DefaultHour = 7;

    public override async Task<IResult> MakeAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (options, portal, clock) = (
            services.GetRequiredService<EmailOptions>(),
            services.GetRequiredService<PortalOptions>(),
            services.GetRequiredService<TimeProvider>()
        );
        if (!options.Offered)
        {
            throw new ProblemException(501, "not-offered", "This portal sends no e-mail.");
        }
        var address = Check(portal);
        var topics = Wanted(portal);
        (string, int)[] limits =
        [
            ($"address {address.ToLowerInvariant()}", options.MaxPerAddressPerHour),
            ($"client {ClientAddress.Of(context)}", options.MaxPerClientPerHour),
            (
                $"domain {Domains.Of(address[(address.LastIndexOf('@') + 1)..], services.GetRequiredService<OutboundOptions>())}",
                options.MaxPerDomainPerHour
            ),
        ];
        if (!await services.GetRequiredService<MailHistory>().CountAsync(limits, context.RequestAborted))
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
                Frequency!,
                Language!,
                Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes)),
                now + wait
            )
            {
                Hour = Frequency == EmailTarget.Daily ? Hour ?? DefaultHour : null,
                Zone = Frequency == EmailTarget.Daily ? Zone ?? portal.TimeZone : null,
            },
        };
        var jobs = services.GetRequiredService<JobStore>();
        await services.GetRequiredService<SubscriptionStore>().UpsertAsync(subscription, context.RequestAborted);
        await jobs.AddAsync(ExpireUnconfirmed.Name, subscription.Id, "", context.RequestAborted, wait);
        await jobs.AddAsync(SendConfirmation.Name, subscription.Id, "", context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Accepted($"/api/subscriptions/{subscription.Id}", SubscriptionView.Of(subscription) with { Secret = secret });
    }

    /// <returns>The address as it is mailed to.</returns>
    string Check(PortalOptions portal)
    {
        var errors = new Dictionary<string, string[]>();
        var address = Address is null ? null : Addressable(Address);
        if (address is null)
        {
            errors["address"] =
            [
                Address is null
                    ? "is required"
                    : $"must be an e-mail address such as reader@example.org, of {MaxAddressLength} characters at most",
            ];
        }
        OneOf("frequency", Frequency, [EmailTarget.Daily, EmailTarget.Breaking]);
        OneOf("language", Language, portal.Languages);
        if (Hour is < 0 or > 23)
        {
            errors["hour"] = ["must be from 0 to 23"];
        }
        if (Zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _))
        {
            errors["zone"] = ["must be an IANA time zone such as Asia/Baku"];
        }
        foreach (var (name, given) in new[] { ("hour", Hour is not null), ("zone", Zone is not null) })
        {
            if (given && Frequency == EmailTarget.Breaking)
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
    IReadOnlyList<string> Wanted(PortalOptions portal)
    {
        var language = $"language:{Language}";
        Notifications.Stream.Topics.Parse(Topics, portal, "topics");
        var wanted = Topics
            .Select(topic => topic.Split(',', StringSplitOptions.TrimEntries))
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
            ).Select(all => string.Join(',', Frequency == EmailTarget.Breaking ? all.Append("breaking").Distinct() : all)),
        ];
    }
}
