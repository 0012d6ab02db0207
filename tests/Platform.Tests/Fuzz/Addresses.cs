using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>Odd request lines: the method, the path, its parameters and those of the query.</summary>
public static class Addresses
{
    static readonly string[] methods =
    [
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "CONNECT",
        "PROPFIND",
        "QUERY",
        "ODD",
        "get",
        "M-SEARCH",
        new('M', 300),
        "PO(ST",
    ];

    static readonly (string Name, Func<string, string> Of)[] targets =
    [
        ("ends with a slash", a => Path(a, p => $"{p}/")),
        ("two slashes", a => Path(a, p => p.Replace("/", "//", StringComparison.Ordinal))),
        ("escaped letters", a => Path(a, p => p.Replace("a", "%61", StringComparison.Ordinal))),
        ("escaped slashes", a => Path(a, p => $"/{p[1..].Replace("/", "%2F", StringComparison.Ordinal)}")),
        ("in capitals", a => Path(a, p => p.ToUpperInvariant())),
        ("dots", a => Path(a, p => $"/x/..{p}")),
        ("dots that lead out", a => Path(a, p => $"/../../..{p}")),
        ("escaped dots", a => Path(a, p => $"/x/%2e%2e{p}")),
        ("a parameter of the path", a => Path(a, p => $"{p};a=1")),
        ("a NUL at the end", a => Path(a, p => $"{p}%00")),
        ("a line break at the end", a => Path(a, p => $"{p}%0d%0aX-Odd:%201")),
        ("backslashes", a => Path(a, p => p.Replace("/", "\\", StringComparison.Ordinal))),
        ("more behind it", a => Path(a, p => $"{p}/odd")),
        ("absolute", a => $"http://odd.example{a}"),
        ("absolute without a path", _ => "http://odd.example"),
        ("an asterisk", _ => "*"),
        ("a fragment", a => $"{a}#odd"),
        ("a raw blank", a => Path(a, p => $"{p} x")),
        ("raw bytes", a => Path(a, p => $"{p}/\u00e4\u00ff")),
        ("raw markup", a => Path(a, p => $"{p}/<svg>")),
        ("a long path", a => Path(a, p => $"{p}/{Oddities.Many("a", 20_000)}")),
        ("a deep path", a => Path(a, p => $"{p}{Oddities.Many("/a", 5000)}")),
        ("no query", a => Path(a, p => $"{p}?")),
        ("an empty query", a => Path(a, p => $"{p}?&&=&;")),
        ("a query without names", a => Path(a, p => $"{p}?=1&=2")),
        ("many parameters", a => Path(a, p => $"{p}?{Oddities.Many("a=1&", 2000)}")),
        ("many different parameters", a => Path(a, p => $"{p}?{string.Join('&', Enumerable.Range(0, 2000).Select(i => $"p{i}=1"))}")),
        ("an unknown parameter", a => Path(a, p => $"{p}?odd=1")),
        ("an unknown parameter of odd name", a => Path(a, p => $"{p}?%00%E2%80%AE%3Cb%3E=1")),
        ("raw bytes in the query", a => Path(a, p => $"{p}?q=\u00e4\u00ff")),
        ("a longer line than is read", a => Path(a, p => $"{p}?q={Oddities.Many("a", 300_000)}")),
    ];

    public static IEnumerable<Mutation> Of(Operation operation)
    {
        foreach (var method in methods.Where(m => m != operation.Method))
        {
            yield return new($"method {(method.Length > 20 ? "of 300 letters" : method)}", d => d with { Method = method });
        }
        foreach (var (name, target) in targets)
        {
            yield return new($"address: {name}", d => d with { Target = target(d.Address) });
        }
    }

    public static IEnumerable<Mutation> Of(Parameter parameter)
    {
        foreach (var (name, text) in Oddities.Escaped)
        {
            yield return new($"{parameter.Name}: {name}", d => Set(d, parameter, text()));
        }
        if (parameter.In == "query")
        {
            var value = Uri.EscapeDataString(parameter.Example ?? "1");
            yield return new($"{parameter.Name}: the example", d => d.Ask($"{parameter.Name}={value}"));
            yield return new($"{parameter.Name}: twice", d => d.Ask($"{parameter.Name}={value}", $"{parameter.Name}={value}"));
            yield return new($"{parameter.Name}: twice differently", d => d.Ask($"{parameter.Name}={value}", $"{parameter.Name}=odd"));
            yield return new($"{parameter.Name}: without a value", d => d.Ask(parameter.Name));
            yield return new($"{parameter.Name}: in capitals", d => d.Ask($"{parameter.Name.ToUpperInvariant()}={value}"));
            yield return new($"{parameter.Name}: with brackets", d => d.Ask($"{parameter.Name}[]={value}"));
            yield return new($"{parameter.Name}: a thousand times", d =>
                d.Ask([.. Enumerable.Range(0, 1000).Select(i => $"{parameter.Name}={i}")])
            );
        }
        else if (parameter.In == "header")
        {
            yield return new($"{parameter.Name}: left out", d => d.Without(parameter.Name));
            yield return new($"{parameter.Name}: the example", d => d.Set(parameter.Name, parameter.Example ?? "1"));
            yield return new($"{parameter.Name}: twice", d => d.Set(parameter.Name, "\"1\"").Add(parameter.Name, "\"2\""));
        }
    }

    static Draft Set(Draft draft, Parameter parameter, string text) =>
        parameter.In switch
        {
            "path" => draft with { Path = new Dictionary<string, string>(draft.Path) { [parameter.Name] = text } },
            "query" => draft.Ask($"{parameter.Name}={text}"),
            // Header fields are shorter than addresses, and are not escaped.
            _ => draft.Set(parameter.Name, text.Length > 20_000 ? text[..20_000] : text),
        };

    static string Path(string address, Func<string, string> change)
    {
        var parts = address.Split('?', 2);
        return parts.Length == 1
            ? change(parts[0])
            : $"{change(parts[0])}{(change(parts[0]).Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parts[1]}";
    }
}
