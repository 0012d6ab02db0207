using System.Text;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>A request in the making: <see cref="Mutation"/>s change one part of it, and then it is sent.</summary>
/// <param name="Path">By parameter, as it is written in the address.</param>
/// <param name="Query">Pieces between the <c>&amp;</c>, as they are written.</param>
public sealed record Draft(
    Operation Operation,
    string Method,
    IReadOnlyDictionary<string, string> Path,
    IReadOnlyList<string> Query,
    IReadOnlyList<(string Name, string Value)> Headers,
    byte[]? Body
)
{
    /// <summary>Goes before what the operation's path makes.</summary>
    public string? Target { get; init; }

    public bool Chunked { get; init; }

    public Draft Set(string name, string value) => this with { Headers = [.. Without(name).Headers, (name, value)] };

    public Draft Add(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public Draft Without(string name) =>
        this with
        {
            Headers = [.. Headers.Where(h => !h.Name.Equals(name, StringComparison.OrdinalIgnoreCase))],
        };

    public Draft Ask(params string[] pieces) => this with { Query = [.. Query, .. pieces] };

    public Draft Say(byte[] body) => this with { Body = body };

    public Draft Say(string body) => Say(Encoding.UTF8.GetBytes(body));

    public string Address
    {
        get
        {
            var path = Path.Aggregate(Operation.Path, (path, p) => path.Replace($"{{{p.Key}}}", p.Value, StringComparison.Ordinal));
            return Query.Count == 0 ? path : $"{path}?{string.Join('&', Query)}";
        }
    }

    public RawRequest Request() =>
        new(Method, Target ?? Address)
        {
            Headers = Headers,
            Body = Body,
            Chunked = Chunked,
        };
}

/// <param name="Name">The same in every run, so that a failure can be run again by it.</param>
public sealed record Mutation(string Name, Func<Draft, Draft> Apply);
