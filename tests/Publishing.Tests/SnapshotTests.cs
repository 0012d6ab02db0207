using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>
/// The JSON of every event, as the store keeps it, and of every contract, as it goes on the wire: events of years have to be read by every
/// later release, and messages by services of another one. UPDATE_SNAPSHOTS=1 writes the files instead of comparing with them.
/// </summary>
public sealed class SnapshotTests
{
    static readonly bool update = Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1";
    static readonly JsonSerializerOptions readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public void No_event_changes_its_stored_shape_by_accident()
    {
        using var service = Store.Open();
        var serializer = service.Options.Serializer();
        Compare("events", Store.EventTypes(service).ToDictionary(e => e.EventTypeName, e => serializer.ToJson(Example.Of(e.EventType))));
    }

    [Fact]
    public void No_contract_changes_its_shape_on_the_wire_by_accident() =>
        Compare(
            "contracts",
            typeof(PublicArticle)
                .Assembly.GetExportedTypes()
                .Where(type => type.IsClass && !type.IsAbstract && type != typeof(Inbox))
                .ToDictionary(type => type.Name, type => JsonSerializer.Serialize(Example.Of(type), type, JsonSerializerOptions.Web))
        );

    static void Compare(string folder, Dictionary<string, string> shapes)
    {
        var path = Directory.CreateDirectory(Path.Combine(Repository.Root, "tests", "Publishing.Tests", "Snapshots", folder)).FullName;
        var now = shapes.ToDictionary(shape => shape.Key, shape => JsonNode.Parse(shape.Value)!.ToJsonString(readable) + "\n");
        if (update)
        {
            foreach (var file in Directory.GetFiles(path))
            {
                File.Delete(file);
            }
            foreach (var (name, json) in now)
            {
                File.WriteAllText(Path.Combine(path, $"{name}.json"), json);
            }
        }
        var before = Directory.GetFiles(path).ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        var faults = before
            .Keys.Except(now.Keys)
            .Select(name => $"{name} is gone, and what was stored or sent of it is not")
            .Concat(now.Keys.Except(before.Keys).Select(name => $"{name} is new"))
            .Concat(
                now.Where(shape => before.TryGetValue(shape.Key, out var old) && old != shape.Value)
                    .Select(shape => $"{shape.Key} changed:\n{Difference(before[shape.Key], shape.Value)}")
            )
            .ToArray();
        Assert.True(
            faults.Length == 0,
            $"{string.Join('\n', faults)}\n\nAdding a member that may be absent is safe. If this is meant, look at what reads the old "
                + "shape, run UPDATE_SNAPSHOTS=1 deploy/test.sh Publishing and commit tests/Publishing.Tests/Snapshots. An event that lost "
                + "or renamed a member needs an upcaster in Storage.Configure."
        );
    }

    static string Difference(string before, string now)
    {
        var (old, young) = (before.Split('\n'), now.Split('\n'));
        return string.Join(
            '\n',
            old.Except(young).Select(line => $"  - {line.Trim()}").Concat(young.Except(old).Select(line => $"  + {line.Trim()}"))
        );
    }
}
