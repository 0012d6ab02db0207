using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

public static class Queries
{
    /// <summary>How many a page may have: <c>limit</c>, from 1 to the most.</summary>
    /// <exception cref="Refusal">400 that names the parameter.</exception>
    public static int Limit(string? text, int otherwise, int most) => text is null
        ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most
            ? limit
            : throw Refusal.Unreadable("limit", $"must be from 1 to {most}");

    /// <exception cref="Refusal">400 that names the parameter and what it may be.</exception>
    public static string OneOf(string parameter, string value, IEnumerable<string> known) => known.Contains(value)
        ? value
        : throw Refusal.Unreadable(parameter, $"must be one of {string.Join(", ", known)}");

    /// <summary>RFC 3339 with its offset.</summary>
    /// <exception cref="Refusal">400 that names the parameter.</exception>
    public static DateTimeOffset Time(string parameter, string text)
    {
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];
        return DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw Refusal.Unreadable(parameter, "must be a time with its offset, such as 2027-01-31T08:00:00Z; a + in it is written %2B");
    }

    /// <summary>Refuses parameters other than these (400), so that a misspelt filter does not quietly answer with everything.</summary>
    public static TBuilder WithQuery<TBuilder>(this TBuilder endpoint, params string[] known) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(async (context, next) =>
        {
            foreach (var (name, values) in context.HttpContext.Request.Query)
            {
                if (!known.Contains(name))
                {
                    throw Refusal.Unreadable(name, known.Length == 0 ? "no parameter is taken here" : $"is not a parameter; there are {string.Join(", ", known)}");
                }
                if (values.Count > 1 && name != "topic")
                {
                    throw Refusal.Unreadable(name, "stands more than once");
                }
            }
            return await next(context);
        }).WithMetadata(new KnownQuery(known));
}
