using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Example">What the document gives for one, as it is written in a request.</param>
public sealed record Parameter(string Name, string In, string? Example);

/// <summary>One thing that can be asked of the platform, as its OpenAPI document says it.</summary>
/// <param name="Path">With <c>{name}</c> where a parameter stands.</param>
/// <param name="Bodies">By media type: an example.</param>
/// <param name="Members">What the body's schema has at its top, also where the example does not.</param>
/// <param name="IsPage">Made for a browser, to which it says in HTML what is not to be found.</param>
public sealed record Operation(
    string Service,
    string Method,
    string Path,
    IReadOnlyList<Parameter> Parameters,
    IReadOnlyDictionary<string, string> Bodies,
    IReadOnlyList<string> Members,
    bool IsPage = false
)
{
    static readonly string[] documents = ["publishing", "feed", "notifications"];
    static readonly string[] methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];

    /// <summary>Which of several bodies.</summary>
    public string? Variant { get; init; }

    public string Name => Variant is null ? $"{Method} {Path}" : $"{Method} {Path} ({Variant})";

    public static Operation Get(string path, params string[] query) =>
        new("others", "GET", path, [.. query.Select(name => new Parameter(name, "query", null))], new Dictionary<string, string>(), []);

    public static Operation Page(string path, params string[] query) => Get(path, query) with { IsPage = true };

    /// <summary>All that the documents describe, which the gateway hands out.</summary>
    public static async Task<IReadOnlyList<Operation>> DescribedAsync(HttpClient client)
    {
        var all = new List<Operation>();
        foreach (var service in documents)
        {
            var document = JsonNode.Parse(await client.GetStringAsync(new Uri($"openapi/{service}.json", UriKind.Relative)))!;
            all.AddRange(
                document["paths"]!
                    .AsObject()
                    .SelectMany(path =>
                        path.Value!.AsObject()
                            .Where(o => methods.Contains(o.Key))
                            .Select(o => Of(service, path.Key, o.Key.ToUpperInvariant(), o.Value!, document))
                    )
            );
        }
        return all;
    }

    static Operation Of(string service, string path, string method, JsonNode described, JsonNode document)
    {
        var bodies = new Dictionary<string, string>();
        var members = new List<string>();
        foreach (var (type, body) in described["requestBody"]?["content"]?.AsObject() ?? [])
        {
            bodies[type] = body!["example"]?.ToJsonString() ?? "";
            members.AddRange(MembersOf(body["schema"], document));
        }
        var parameters = (described["parameters"]?.AsArray() ?? []).Select(p => new Parameter(
            (string)p!["name"]!,
            (string)p["in"]!,
            p["example"]?.ToString()
        ));
        // What a mail's link leads to is shown in a browser.
        return new(
            service,
            method,
            path,
            [.. parameters],
            bodies,
            [.. members.Distinct()],
            IsPage: path.EndsWith("/confirm", StringComparison.Ordinal) || path.EndsWith("/unsubscribe", StringComparison.Ordinal)
        );
    }

    static IEnumerable<string> MembersOf(JsonNode? schema, JsonNode document)
    {
        if ((string?)schema?["$ref"] is { } reference)
        {
            schema = document["components"]!["schemas"]![reference.Split('/')[^1]];
        }
        var some = schema?["oneOf"]?.AsArray() ?? schema?["anyOf"]?.AsArray();
        return some is not null
            ? some.SelectMany(one => MembersOf(one, document))
            : schema?["properties"]?.AsObject().Select(p => p.Key) ?? [];
    }
}
