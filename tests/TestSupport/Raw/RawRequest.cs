using System.Text;

namespace NewsPlatform.TestSupport;

/// <summary>
/// A request exactly as it goes over the wire, which HttpClient would mend or refuse to send. Its texts are bytes: a character of them is
/// one (Latin-1), and
/// <see cref="Utf8"/> makes such a text of words.
/// </summary>
/// <param name="Method">As it is sent, in whatever case.</param>
/// <param name="Target">The request-target (RFC 9112, section 3.2), escaped or not.</param>
public sealed record RawRequest(string Method, string Target)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public byte[]? Body { get; init; }

    /// <summary>Says the body's length by chunks (RFC 9112, section 7.1) instead of Content-Length.</summary>
    public bool Chunked { get; init; }

    public RawRequest With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public RawRequest Without(string name) =>
        this with
        {
            Headers = [.. Headers.Where(h => !h.Name.Equals(name, StringComparison.OrdinalIgnoreCase))],
        };

    public RawRequest Instead(string name, string value) => Without(name).With(name, value);

    public RawRequest Json(string text) => Instead("Content-Type", "application/json") with { Body = Encoding.UTF8.GetBytes(text) };

    public static string Utf8(string words) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(words));

    /// <summary>What is sent. A connection serves one request, unless the request says otherwise.</summary>
    public byte[] Bytes(string host)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\n");
        Add("Host", host);
        Add("Connection", "close");
        foreach (var (name, value) in Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }
        if (Body is not null && !Has("Content-Length") && !Has("Transfer-Encoding"))
        {
            head.Append(Chunked ? "Transfer-Encoding: chunked\r\n" : $"Content-Length: {Body.Length}\r\n");
        }
        head.Append("\r\n");
        byte[] first = Encoding.Latin1.GetBytes(head.ToString());
        return Body is null ? first
            : Chunked ? [.. first, .. Chunks(Body)]
            : [.. first, .. Body];

        bool Has(string name) => Headers.Any(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

        void Add(string name, string value)
        {
            if (!Has(name))
            {
                head.Append($"{name}: {value}\r\n");
            }
        }
    }

    static byte[] Chunks(byte[] body) =>
        body.Length == 0 ? "0\r\n\r\n"u8.ToArray() : [.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8];

    /// <summary>The same for a shell, with what is long named by its length only.</summary>
    public string Curl(Uri server)
    {
        var said = new StringBuilder($"curl -si --path-as-is -X {Quoted(Method)} {Quoted($"{server.ToString().TrimEnd('/')}{Target}")}");
        foreach (var (name, value) in Headers)
        {
            said.Append($" -H {Quoted(value.Length == 0 ? $"{name};" : $"{name}: {value}")}");
        }
        if (Body is not null)
        {
            said.Append($"{(Chunked ? " -H 'Transfer-Encoding: chunked'" : "")} --data-binary {Quoted(Encoding.Latin1.GetString(Body))}");
        }
        return said.ToString();
    }

    static string Quoted(string text)
    {
        const int longest = 600;
        var shown = text.Length <= longest ? text : $"{text[..200]}…({text.Length} bytes in all)…{text[^60..]}";
        return shown.Any(c => c is < ' ' or > '~' and not '…' or '\'') ? $"$'{string.Concat(shown.Select(Escaped))}'" : $"'{shown}'";
    }

    /// <summary>As it stands in $'…' of a shell.</summary>
    static string Escaped(char c) =>
        c is '\'' or '\\' ? $"\\{c}"
        : c is >= ' ' and <= '~' or '…' ? $"{c}"
        : $"\\x{(int)c:x2}";
}
