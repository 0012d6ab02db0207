using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>What a browser's subscription must keep, when it is made and when it is changed.</summary>
static class WebPushRules
{
    /// <exception cref="ProblemException">400 for topics that cannot be read; 422 that names what breaks a rule.</exception>
    public static (IReadOnlyList<string> Topics, string Language) Check(
        IReadOnlyList<string> topics,
        string? language,
        QuietHours? quiet,
        PortalOptions portal
    )
    {
        Topics.Parse(topics, portal, "topics");
        var faults = new Dictionary<string, string[]>(quiet is null ? [] : QuietHours.Faults(quiet));
        if (language is not null && !portal.Languages.Contains(language))
        {
            faults["language"] = [$"must be one of {string.Join(", ", portal.Languages)}"];
        }
        return faults.Count == 0 ? (topics, language ?? portal.Languages[0]) : throw ProblemException.RuleViolations(faults);
    }

    /// <summary>The address as it is stored.</summary>
    /// <exception cref="ProblemException">422 that says why it is not pushed to.</exception>
    public static async Task<string> EndpointAsync(string? endpoint, WebPushOptions options, OutboundHttp http, CancellationToken ct)
    {
        if (endpoint is null || endpoint.Length > options.MaxEndpointLength)
        {
            throw Broken($"must have {options.MaxEndpointLength} characters at most");
        }
        var address = await http.CheckAsync("endpoint", endpoint, ct);
        return options.Serves(address.IdnHost) || await http.IsAllowedAsync(address, ct)
            ? address.AbsoluteUri
            : throw Broken("must be an address of a push service that is known here");
    }

    public static DateTimeOffset? Expiry(double? milliseconds, DateTimeOffset now) =>
        milliseconds switch
        {
            null => null,
            var at when at > now.ToUnixTimeMilliseconds() && at < now.AddYears(100).ToUnixTimeMilliseconds() =>
                DateTimeOffset.FromUnixTimeMilliseconds((long)at),
            _ => throw ProblemException.RuleViolation("expirationTime", "must be milliseconds since 1970, and in the future"),
        };

    static ProblemException Broken(string rule) => ProblemException.RuleViolation("endpoint", rule);
}
