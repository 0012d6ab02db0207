using System.Collections.Concurrent;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Which of the codings that are made here a client wants (RFC 9110, section 12.5.3).</summary>
public static class AcceptedCoding
{
    public const string Brotli = "br";
    public const string Gzip = "gzip";

    /// <summary>Browsers send a handful of different fields; of what others make up as many are remembered.</summary>
    const int MaxRemembered = 256;

    static readonly string[] codings = [Brotli, Gzip];
    static readonly ConcurrentDictionary<string, string> remembered = new(StringComparer.Ordinal);

    /// <summary>The one that is wanted most; of equal ones Brotli, which is smaller; null for the bytes as they are.</summary>
    public static string? Of(StringValues accepted)
    {
        if (accepted.Count != 1 || accepted[0] is not { Length: > 0 and < 100 } field)
        {
            return Read(accepted);
        }
        if (!remembered.TryGetValue(field, out var known))
        {
            known = Read(accepted) ?? "";
            if (remembered.Count < MaxRemembered)
            {
                remembered.TryAdd(field, known);
            }
        }
        return known.Length == 0 ? null : known;
    }

    static string? Read(StringValues accepted)
    {
        if (!StringWithQualityHeaderValue.TryParseList(accepted, out var wanted))
        {
            return null;
        }
        return codings
            .Select(coding => (coding, Quality: Quality(wanted, coding)))
            .Where(c => c.Quality > 0)
            .OrderByDescending(c => c.Quality)
            .Select(c => c.coding)
            .FirstOrDefault();
    }

    static double Quality(IList<StringWithQualityHeaderValue> wanted, string coding) =>
        (
            wanted.FirstOrDefault(w => w.Value.Equals(coding, StringComparison.OrdinalIgnoreCase))
            ?? wanted.FirstOrDefault(w => w.Value == "*")
        )
            is { } found
            ? found.Quality ?? 1
            : 0;
}
