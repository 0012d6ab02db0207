using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>Odd members of a JSON body that is right otherwise.</summary>
public static class Members
{
    const int Deepest = 4;
    const string Mark = "~here~";

    /// <param name="example">Nothing is made of one that is no JSON.</param>
    public static IEnumerable<Mutation> Of(Operation operation, string example)
    {
        if (TryParse(System.Text.Encoding.UTF8.GetBytes(example)) is not JsonObject body)
        {
            yield break;
        }
        foreach (var path in Paths(body, [], 0).Concat(operation.Members.Where(m => !body.ContainsKey(m)).Select(m => new object[] { m })))
        {
            var name = string.Join('.', path);
            foreach (var (odd, json) in Oddities.Values)
            {
                yield return new($"{name}: {odd}", d =>
                    d.Say(With(d, path, Mark).Replace($"\"{Mark}\"", json(), StringComparison.Ordinal))
                );
            }
            if (path[^1] is string member)
            {
                yield return new($"{name}: left out", d => d.Say(Changed(d, path, (parent, _) => parent.AsObject().Remove(member))));
                yield return new($"{name}: in capitals", d =>
                    d.Say(Changed(d, path, (parent, _) => Rename(parent.AsObject(), member, member.ToUpperInvariant())))
                );
                yield return new($"{name}: misspelt", d =>
                    d.Say(Changed(d, path, (parent, _) => Rename(parent.AsObject(), member, $"{member}x")))
                );
                yield return new($"{name}: twice", d =>
                    d.Say(With(d, path, Mark).Replace($"\"{Mark}\"", $"null,\"{member}\":null", StringComparison.Ordinal))
                );
            }
        }
    }

    static IEnumerable<object[]> Paths(JsonNode? node, object[] path, int depth)
    {
        if (depth > 0)
        {
            yield return path;
        }
        if (depth == Deepest)
        {
            yield break;
        }
        var inner = node switch
        {
            JsonObject members => members.Select(m => (Key: (object)m.Key, m.Value)),
            JsonArray items => items.Take(1).Select((item, i) => (Key: (object)i, Value: item)),
            _ => [],
        };
        foreach (var found in inner.SelectMany(i => Paths(i.Value, [.. path, i.Key], depth + 1)))
        {
            yield return found;
        }
    }

    static string With(Draft draft, object[] path, string value) => Changed(draft, path, (parent, key) =>
        {
            if (key is string member)
            {
                parent[member] = value;
            }
            else
            {
                parent[(int)key] = value;
            }
        });

    static string Changed(Draft draft, object[] path, Action<JsonNode, object> change)
    {
        if (draft.Body is null || TryParse(draft.Body) is not { } body)
        {
            return "{}";
        }
        JsonNode? parent = body;
        foreach (var key in path[..^1])
        {
            parent = key is string member ? (parent as JsonObject)?[member] : (parent as JsonArray)?.ElementAtOrDefault((int)key);
        }
        if (parent is JsonObject && path[^1] is string || parent is JsonArray items && path[^1] is int index && index < items.Count)
        {
            change(parent, path[^1]);
        }
        return body.ToJsonString();
    }

    /// <summary>What another mutation has made of it may be no JSON any more.</summary>
    static JsonNode? TryParse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    static void Rename(JsonObject parent, string from, string to)
    {
        var value = parent[from]?.DeepClone();
        parent.Remove(from);
        parent[to] = value;
    }
}
