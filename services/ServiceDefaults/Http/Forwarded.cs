using System.Net;
using System.Net.Sockets;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// What one proxy says of a request by a field <c>Forwarded</c> (RFC 7239, section 4): whom it got it from, by which scheme, for which
/// host.
/// </summary>
public sealed record Forwarded(string? For, string? Proto, string? Host)
{
    /// <summary>Characters of a field that are read; a longer one says nothing.</summary>
    public const int MaxLength = 4_096;

    /// <summary>
    /// The elements of one field, the nearest proxy's last; null for what does not follow the grammar or names a parameter twice in an
    /// element.
    /// </summary>
    public static IReadOnlyList<Forwarded>? Parse(string field)
    {
        if (field.Length > MaxLength)
        {
            return null;
        }
        var elements = new List<Forwarded>();
        var element = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (true)
        {
            SkipSpace(field, ref at);
            if (at < field.Length && field[at] is not (',' or ';'))
            {
                if (Pair(field, ref at) is not var (name, value) || !element.TryAdd(name, value))
                {
                    return null;
                }
                SkipSpace(field, ref at);
            }
            if (at == field.Length || field[at] == ',')
            {
                if (element.Count > 0)
                {
                    elements.Add(
                        new(element.GetValueOrDefault("for"), element.GetValueOrDefault("proto"), element.GetValueOrDefault("host"))
                    );
                    element.Clear();
                }
                if (at == field.Length)
                {
                    return elements;
                }
            }
            else if (field[at] != ';')
            {
                return null;
            }
            at++;
        }
    }

    /// <summary>
    /// The address and port of <c>for</c> (section 6); null for <c>unknown</c>, for an obfuscated identifier and for what is none of these.
    /// </summary>
    public IPEndPoint? Client()
    {
        if (For is not { Length: > 0 } node)
        {
            return null;
        }
        if (node[0] == '[')
        {
            var end = node.IndexOf(']', StringComparison.Ordinal);
            return end > 0 && Address(node[1..end], AddressFamily.InterNetworkV6) is { } six && Port(node[(end + 1)..]) is { } port
                ? new(six, port)
                : null;
        }
        var colon = node.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && colon != node.LastIndexOf(':'))
        {
            // Without the brackets that it should have.
            return Address(node, AddressFamily.InterNetworkV6) is { } bare ? new(bare, 0) : null;
        }
        return
            Address(colon < 0 ? node : node[..colon], AddressFamily.InterNetwork) is { } four
            && Port(colon < 0 ? "" : node[colon..]) is { } of
            ? new(four, of)
            : null;
    }

    static IPAddress? Address(string text, AddressFamily family) =>
        !text.Contains('%', StringComparison.Ordinal)
        && IPAddress.TryParse(text, out var address)
        && address.AddressFamily == family
        // 1.2 and 0x7f.1 are addresses to some, and not what a proxy writes.
        && (family == AddressFamily.InterNetworkV6 || address.ToString() == text)
            ? address
            : null;

    /// <summary>An obfuscated port is as good as none.</summary>
    static int? Port(string text) =>
        text switch
        {
            "" => 0,
            [':', '_', ..] => 0,
            [':', .. var digits] when ushort.TryParse(digits, System.Globalization.NumberStyles.None, null, out var port) => port,
            _ => null,
        };

    static (string Name, string Value)? Pair(string field, ref int at)
    {
        var from = at;
        while (at < field.Length && IsToken(field[at]))
        {
            at++;
        }
        if (at == from || at == field.Length || field[at] != '=')
        {
            return null;
        }
        var name = field[from..at++];
        var value = at < field.Length && field[at] == '"' ? Quoted(field, ref at) : Bare(field, ref at);
        return value is null ? null : (name, value);
    }

    /// <summary>A token, and also an address whose colons and brackets nobody quoted.</summary>
    static string? Bare(string field, ref int at)
    {
        var from = at;
        while (at < field.Length && (IsToken(field[at]) || field[at] is ':' or '[' or ']'))
        {
            at++;
        }
        return at == from ? null : field[from..at];
    }

    static string? Quoted(string field, ref int at)
    {
        var value = new System.Text.StringBuilder();
        for (at++; at < field.Length; at++)
        {
            switch (field[at])
            {
                case '"':
                    at++;
                    return value.ToString();
                case '\\' when at + 1 < field.Length:
                    value.Append(field[++at]);
                    break;
                case '\\':
                    return null;
                default:
                    value.Append(field[at]);
                    break;
            }
        }
        return null;
    }

    static void SkipSpace(string field, ref int at)
    {
        while (at < field.Length && (field[at] is ' ' or '\t'))
        {
            at++;
        }
    }

    static bool IsToken(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);
}
