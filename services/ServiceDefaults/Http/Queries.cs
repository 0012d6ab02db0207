using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

public static partial class Queries
{
    /// <summary>UTF-16 code units.</summary>
    const int MaxTime = 100;

    /// <summary>How many a page may have: <c>limit</c>, from 1 to the most.</summary>
    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static int Limit(string? text, int otherwise, int most) =>
        text is null ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most ? limit
        : throw ProblemException.BadRequest("limit", $"must be from 1 to {most}");

    /// <exception cref="ProblemException">400 that names the parameter and what it may be.</exception>
    public static string OneOf(string parameter, string value, IEnumerable<string> known) =>
        known.Contains(value) ? value : throw ProblemException.BadRequest(parameter, $"must be one of {string.Join(", ", known)}");

    /// <summary>RFC 3339 with its offset, and with any number of digits of a second, of which seven count.</summary>
    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static DateTimeOffset Time(string parameter, string text)
    {
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];
        return
            text.Length <= MaxTime
            && DateTimeOffset.TryParseExact(
                Finer().Replace(text, ""),
                forms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
            ? time.ToUniversalTime()
            : throw ProblemException.BadRequest(
                parameter,
                "must be a time with its offset, such as 2027-01-31T08:00:00Z; a + in it is written %2B"
            );
    }

    [GeneratedRegex(@"(?<=\.[0-9]{7})[0-9]+")]
    private static partial Regex Finer();

    /// <summary>Refuses parameters other than these (400), so that a misspelt filter does not quietly answer with everything.</summary>
    public static TBuilder WithQuery<TBuilder>(this TBuilder endpoint, params string[] known)
        where TBuilder : IEndpointConventionBuilder => WithQuery(endpoint, known, strict: true);

    /// <summary>
    /// Passes over parameters other than these: readers' software and those who count clicks add some of their own to the addresses of
    /// feeds.
    /// </summary>
    public static TBuilder TakesQuery<TBuilder>(this TBuilder endpoint, params string[] known)
        where TBuilder : IEndpointConventionBuilder => WithQuery(endpoint, known, strict: false);

    static TBuilder WithQuery<TBuilder>(TBuilder endpoint, string[] known, bool strict)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint
            .AddEndpointFilter(
                async (context, next) =>
                {
                    foreach (var (name, values) in context.HttpContext.Request.Query)
                    {
                        if (!known.Contains(name))
                        {
                            if (!strict)
                            {
                                continue;
                            }
                            throw ProblemException.BadRequest(
                                name,
                                known.Length == 0
                                    ? "no parameter is taken here"
                                    : $"is not a parameter; there are {string.Join(", ", known)}"
                            );
                        }
                        if (values.Count > 1 && name != "topic")
                        {
                            throw ProblemException.BadRequest(name, "stands more than once");
                        }
                    }
                    return await next(context);
                }
            )
            .WithMetadata(new KnownQuery(known));
}
