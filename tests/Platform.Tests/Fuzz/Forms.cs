using System.Text;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>Odd fields of a form that is right otherwise.</summary>
public static class Forms
{
    public const string Type = "application/x-www-form-urlencoded";

    public static IEnumerable<Mutation> Of(Operation operation)
    {
        if (!operation.Bodies.TryGetValue(Type, out var form))
        {
            yield break;
        }
        var fields = form.Split('&');
        foreach (var (index, field) in fields.Index())
        {
            var name = field.Split('=')[0];
            foreach (var (odd, text) in Oddities.Escaped)
            {
                yield return new($"{name}: {odd}", d => d.Say(Form(fields[..index], $"{name}={text()}", fields[(index + 1)..])));
            }
            yield return new($"{name}: left out", d => d.Say(Form(fields[..index], null, fields[(index + 1)..])));
            yield return new($"{name}: twice", d => d.Say(Form(fields, field, [])));
            yield return new($"{name}: in capitals", d => d.Say(Form(fields[..index], field.ToUpperInvariant(), fields[(index + 1)..])));
            foreach (
                var odd in new[]
                {
                    "http://127.0.0.1:1/",
                    "http://[::1]/",
                    "http://0/",
                    "http://2130706433/",
                    "file:///etc/passwd",
                    "http://a..b/",
                    "//x",
                    "https://example.org:99999/",
                    "http://169.254.169.254/",
                }
            )
            {
                yield return new($"{name}: {odd}", d =>
                    d.Say(Form(fields[..index], $"{name}={Uri.EscapeDataString(odd)}", fields[(index + 1)..]))
                );
            }
        }
    }

    static byte[] Form(string[] before, string? field, string[] after) =>
        Encoding.ASCII.GetBytes(string.Join('&', [.. before, .. field is null ? (string[])[] : [field], .. after]));
}
