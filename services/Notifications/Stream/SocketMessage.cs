using System.Text.Json;
using System.Text.Json.Serialization;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>What a client says.</summary>
sealed record SocketMessage
{
    /// <summary>Characters of an id.</summary>
    public const int LongestId = 64;

    /// <summary>How messages of both sides are written.</summary>
    public static readonly JsonSerializerOptions Format = MakeFormat();

    public string? Type { get; init; }
    public string? Id { get; init; }
    public IReadOnlyList<string>? Topics { get; init; }
    public JsonElement? After { get; init; }

    public static SocketMessage Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize<SocketMessage>(text.Span, Format)
                ?? throw ProblemException.BadRequest("message", "must be an object");
        }
        catch (JsonException fault)
        {
            throw ProblemException.BadRequest(
                fault.Path is { Length: > 2 } path ? path[2..] : "message",
                "is no JSON of a message, or of the wrong type, or a member that no message has"
            );
        }
    }

    public string RequiredId() =>
        Id is { Length: > 0 and <= LongestId }
            ? Id
            : throw ProblemException.BadRequest("id", $"is needed, with {LongestId} characters at most");

    static JsonSerializerOptions MakeFormat()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        Problems.Strict(options);
        return options;
    }
}
