using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

/// <summary>As in ninjs 3.1.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PubStatus>))]
public enum PubStatus
{
    /// <summary>Readers may have it.</summary>
    [JsonStringEnumMemberName("usable")]
    Usable,

    /// <summary>Taken down, and may return.</summary>
    [JsonStringEnumMemberName("withheld")]
    Withheld,

    /// <summary>Withdrawn for good.</summary>
    [JsonStringEnumMemberName("canceled")]
    Canceled,
}
