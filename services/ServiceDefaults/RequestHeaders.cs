using System.Buffers;
using Microsoft.AspNetCore.Builder;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Refuses header fields with control characters, which no client means and which programs further on may take for the end of the field (RFC 9110, section 5.5).
/// Other bytes are passed on as they came: Kestrel reads, and writes, each byte as one character.
/// </summary>
public static class RequestHeaders
{
    static readonly SearchValues<char> control = SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Select(c => (char)c).Where(c => c != '\t')]);

    public static void UseReadableHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        foreach (var (name, values) in context.Request.Headers)
        {
            foreach (var value in values)
            {
                if (value.AsSpan().ContainsAny(control))
                {
                    throw Refusal.Unreadable(name, "has control characters");
                }
            }
        }
        return next(context);
    });
}
