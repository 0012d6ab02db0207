namespace NewsPlatform.Gateway.Edge;

/// <summary>The one spelling of an address: parameters in order, and only those that matter.</summary>
public static class EdgeAddress
{
    /// <param name="target">Path and query.</param>
    /// <param name="reads">The parameters that matter at the path; null when all do.</param>
    public static string Of(string target, IReadOnlyList<string>? reads)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
        {
            return target;
        }
        var kept = target[(query + 1)..]
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(part => reads is null || reads.Contains(Name(part)))
            .Order(StringComparer.Ordinal);
        var joined = string.Join('&', kept);
        return joined.Length == 0 ? target[..query] : $"{target[..query]}?{joined}";
    }

    /// <summary>As services read it: however it is escaped, a name is itself, in any case of its letters.</summary>
    static string Name(string part)
    {
        var name = part.AsSpan(0, part.IndexOf('=', StringComparison.Ordinal) is var end and >= 0 ? end : part.Length).ToString();
        return Uri.UnescapeDataString(name.Replace('+', ' ')).ToLowerInvariant();
    }
}
