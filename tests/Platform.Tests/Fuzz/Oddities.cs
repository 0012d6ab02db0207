using System.Text;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>What nobody would write who means well, by a name that says what is odd about it.</summary>
public static class Oddities
{
    const int Long = 10_000;

    /// <summary>Close to the longest first line that a service reads.</summary>
    const int Huge = 250_000;

    /// <summary>As they stand in an address, escaped where they must be and some where they must not.</summary>
    public static readonly IReadOnlyList<(string Name, Func<string> Text)> Escaped =
    [
        ("nothing", () => ""), ("a blank", () => "%20"), ("blanks", () => Many("%20", 3000)), ("zero", () => "0"), ("one", () => "1"),
        ("minus one", () => "-1"),
        ("int32 and one", () => "2147483648"), ("int32 below", () => "-2147483649"), ("int64", () => "9223372036854775807"),
        ("int64 and one", () => "9223372036854775808"),
        ("int64 below", () => "-9223372036854775809"), ("1e308", () => "1e308"), ("1e400", () => "1e400"), ("NaN", () => "NaN"),
        ("hexadecimal", () => "0x10"), ("a fraction", () => "1.5"),
        ("digits without end", () => Many("9", 400)), ("Arabic digits", () => "%D9%A1%D9%A2"),
        ("full-width digits", () => "%EF%BC%91%EF%BC%92"), ("plus", () => "%2B1"), ("true", () => "true"),
        ("TRUE", () => "TRUE"), ("null", () => "null"), ("an array", () => "%5B%5D"), ("an object", () => "%7B%22a%22%3A1%7D"),
        ("a NUL", () => "%00"), ("a NUL inside", () => "a%00b"), ("a line break", () => "a%0D%0AX-Odd%3A%201"),
        ("control characters", () => "%01%02%1B%7F%C2%85"), ("a lone surrogate", () => "%ED%A0%80"), ("an overlong NUL", () => "%C0%80"),
        ("a byte of no text", () => "%FF%FE"), ("half a character", () => "%E2%82"),
        ("an emoji", () => "%F0%9F%98%80"), ("right to left", () => "%E2%80%AE%D7%90%E2%81%A6"),
        ("no character", () => "%EF%BF%BE%EF%BF%BF"), ("combining without end", () => $"e{Many("%CC%81", 2000)}"),
        ("a bare percent", () => "%"), ("percent zz", () => "%zz"), ("half an escape", () => "%4"), ("escaped twice", () => "%2500"),
        ("wildcards", () => "%25_%25%5C"), ("only wildcards", () => Many("%25", 2000)),
        ("backslashes", () => Many("%5C", 2000)), ("a quote", () => "%27"), ("quotes", () => Many("%22", 1001)),
        ("an injection", () => "x%27%3B--%20"), ("markup", () => "%3Csvg%20onload%3Dalert(1)%3E"),
        ("a path upwards", () => "..%2F..%2F..%2Fetc%2Fpasswd"), ("a path upwards, bare", () => "../../../etc/passwd"),
        ("a path of Windows", () => "..%5C..%5Cwin.ini"), ("an asterisk", () => "*"), ("commas", () => Many(",", 5000)),
        ("the first time", () => "0001-01-01T00:00:00Z"), ("the last time", () => "9999-12-31T23:59:59.9999999Z"),
        ("before the first time", () => "0001-01-01T00:00:00%2B14:00"), ("after the last time", () => "9999-12-31T23:59:59-14:00"),
        ("no day", () => "2026-02-30T00:00:00Z"), ("the year ten thousand", () => "10000-01-01T00:00:00Z"),
        ("no offset", () => "2026-01-01T00:00:00"), ("a leap second", () => "2016-12-31T23:59:60Z"),
        ("a long duration", () => "P99999999999999Y"),
        ("a negative duration", () => "-PT1H"), ("seconds without end", () => "PT1e308S"), ("weeks", () => "P1W"),
        ("no zone", () => "Mars/Phobos"), ("a file as a zone", () => "../../etc/passwd"), ("POSIXRULES", () => "posixrules"),
        ("no id", () => "00000000-0000-0000-0000-000000000000"), ("the last id", () => "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ("an id in braces", () => "%7B00000000-0000-0000-0000-000000000001%7D"),
        ("an id without dashes", () => "00000000000000000000000000000001"),
        ("10 kB", () => Many("a", Long)), ("10 kB of words", () => Many("ab%20", Long / 5)), ("250 kB", () => Many("a", Huge)),
        ("250 kB of escapes", () => Many("%C3%A4", Huge / 6)), ("250 kB of digits", () => Many("7", Huge)),
        ("parentheses", () => Many("%28", 3000)), ("operators of a search", () => "%26%7C%21%3C-%3E%3A*()"),
        ("or without end", () => Many("a%20or%20", 1500)), ("minus without end", () => Many("-a%20", 2000)),
        ("phrases", () => Many("%22a%20b%22%20", 400)),
        ("colons", () => "a:b:c:"), ("base64 of nothing", () => "e30"), ("base64 with padding", () => "e30="),
        ("base64 of numbers", () => Base64("1|2|3")), ("base64 of the last number", () => Base64("9223372036854775807|x")),
        ("base64 of a NUL", () => Base64("a\0b")),
        ("base64 of a long text", () => Base64(new string('x', 4000))), ("base64 of a time", () => Base64("9999-12-31T23:59:59Z|0")),
        ("base64 of JSON", () => Base64("[null,{\"a\":[]}]")), ("a token of three parts", () => "eyJhbGciOiJub25lIn0.e30."),
    ];

    /// <summary>As they stand in JSON.</summary>
    public static readonly IReadOnlyList<(string Name, Func<string> Json)> Values =
    [
        ("null", () => "null"), ("true", () => "true"), ("zero", () => "0"), ("minus one", () => "-1"),
        ("int32 and one", () => "2147483648"), ("int64", () => "9223372036854775807"), ("int64 and one", () => "9223372036854775808"),
        ("1e308", () => "1e308"), ("-1e308", () => "-1e308"), ("1e400", () => "1e400"), ("a tiny number", () => "1e-320"),
        ("a fraction", () => "1.5"), ("digits without end", () => Many("9", 5000)), ("a number as text", () => "\"1\""),
        ("an empty text", () => "\"\""),
        ("blanks", () => "\"  \\t\\n \""), ("a text", () => "\"odd\""), ("an empty array", () => "[]"),
        ("an array of null", () => "[null]"), ("an array of arrays", () => "[[[]]]"), ("an array of numbers", () => "[1,2]"),
        ("an array of objects", () => "[{}]"), ("an array of a NUL", () => "[\"\\u0000\"]"),
        ("an array of half a character", () => "[\"\\ud800\"]"), ("an array of emptiness", () => "[\"\",\" \"]"),
        ("an array of the same", () => "[\"a\",\"a\"]"), ("a huge array", () => $"[{Many("\"a\",", 20_000)}\"a\"]"),
        ("a huge array of different ones", () => $"[{string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"a{i}\""))}]"),
        ("an array of ids", () => $"[{string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"{new Guid(i, 1, 1, new byte[8])}\""))}]"),
        ("an empty object", () => "{}"), ("an object of odd members", () => "{\"\":1,\"$type\":\"x\",\"__proto__\":{}}"),
        ("deep objects", () => $"{Many("{\"a\":", 70)}1{Many("}", 70)}"),
        ("deep arrays", () => $"{Many("[", 5000)}{Many("]", 5000)}"), ("a NUL", () => "\"\\u0000\""),
        ("a NUL inside", () => "\"a\\u0000b\""), ("a high surrogate", () => "\"\\ud800\""), ("a low surrogate", () => "\"a\\udc00b\""),
        ("surrogates the wrong way", () => "\"\\udc00\\ud800\""), ("control characters", () => "\"\\u0001\\u001b\\u007f\\u0085\""),
        ("right to left", () => "\"\\u202e\\u05d0\\u2066\""), ("no character", () => "\"\\ufffe\\uffff\""),
        ("line separators", () => "\"\\u2028\\u2029\""), ("an emoji", () => "\"\\ud83d\\ude00\""),
        ("combining without end", () => $"\"e{Many("\\u0301", 2000)}\""), ("10 kB", () => $"\"{Many("a", Long)}\""),
        ("250 kB", () => $"\"{Many("a", Huge)}\""), ("250 kB of blanks", () => $"\"{Many(" ", Huge)}\""),
        ("markup", () => "\"<svg/onload=alert(1)><script>x</script>\""), ("deep markup", () => $"\"{Many("<blockquote>", 3000)}x\""),
        ("open markup", () => $"\"{Many("<a<", 5000)}\""), ("entities", () => $"\"{Many("&amp;lt;", 2000)}\""),
        ("wildcards", () => "\"%_%\\\\\""), ("a quote", () => "\"x';--\""), ("a path upwards", () => "\"../../etc/passwd\""),
        ("the first time", () => "\"0001-01-01T00:00:00Z\""), ("the last time", () => "\"9999-12-31T23:59:59.9999999Z\""),
        ("before the first time", () => "\"0001-01-01T00:00:00+14:00\""), ("after the last time", () => "\"9999-12-31T23:59:59-14:00\""),
        ("no day", () => "\"2026-02-30T00:00:00Z\""), ("no offset", () => "\"2026-01-01T00:00:00\""),
        ("no zone", () => "\"Mars/Phobos\""), ("no id", () => "\"00000000-0000-0000-0000-000000000000\""),
        ("some id", () => "\"0198a6b4-3f11-7a60-8a55-5f0c7a9d2e10\""), ("javascript", () => "\"javascript:alert(1)\""),
        ("a file", () => "\"file:///etc/passwd\""), ("its own address", () => "\"http://127.0.0.1:1/\""),
        ("an address of IPv6", () => "\"http://[::1]:1/\""),
        ("an address with a user", () => "\"https://a:b@example.org/\""), ("an odd host", () => "\"https://a..b_\\u0000.example/\""),
        ("a long host", () => $"\"https://{Many("a", 300)}.example/\""),
        ("an address without end", () => $"\"https://example.org/{Many("a", Long)}\""),
        ("an odd port", () => "\"https://example.org:99999/\""), ("a topic", () => "\"language:en,,category:\""),
    ];

    public static string Many(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-')
        .Replace('/', '_');
}
