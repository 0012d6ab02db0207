using System.Text.Json;
using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Notifications.Bulletins;

[JsonConverter(typeof(LowerCase))]
public enum BulletinKind
{
    Published,
    Updated,
    Corrected,
    Withdrawn,
}

/// <summary>
/// One thing to tell subscribers. Bulletins stand in one ordered log, without gaps, in the order in which they became visible.
/// </summary>
public sealed record Bulletin
{
    /// <summary>Its place in the log, from 1; the event id that subscribers resume from.</summary>
    public required long Position { get; init; }

    public required BulletinKind Kind { get; init; }
    public required LineItem Article { get; init; }

    /// <summary>What subscribers are told of the why, such as a correction's note.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

sealed class LowerCase() : JsonStringEnumConverter<BulletinKind>(JsonNamingPolicy.CamelCase);

/// <summary>The newest version of an article that subscribers were told of; outlives the bulletins.</summary>
public sealed record DeliveredVersion(Guid Id, long Version);
