using System.Text.Encodings.Web;
using System.Text.Json;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

/// <summary>What an answer says.</summary>
/// <param name="Type">A media type (RFC 9110, section 8.3).</param>
public sealed record Content(byte[] Bytes, string Type)
{
    /// <summary>How the API writes JSON.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTimes() },
    };

    /// <summary>The field of that name (RFC 8288).</summary>
    public string? Link { get; init; }

    /// <summary>The story that who gets it reads, if it is one.</summary>
    public Guid? Story { get; init; }

    public static Content Json<T>(T value, JsonSerializerOptions? options = null) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, options ?? Options), "application/json; charset=utf-8");
}
