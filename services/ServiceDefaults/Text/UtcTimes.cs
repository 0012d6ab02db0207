using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Times as RFC 3339 in UTC. A time without its offset means another moment on every machine, so reading one is refused.
/// </summary>
public sealed class UtcTimes : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time) && HasOffset(reader.GetString()!))
        {
            return time.ToUniversalTime();
        }
        throw new JsonException("The JSON value could not be converted to a time with its offset.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));

    /// <summary>In UTC and whole microseconds, as PostgreSQL keeps a time and compares it.</summary>
    public static DateTimeOffset Micros(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    static bool HasOffset(string text) => text.EndsWith('Z') || text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':';
}
