using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed;

/// <summary>Answers with a strong ETag made of their bytes, and 304 to who has them already (RFC 9110, sections 8.8.3 and 13.1.2).</summary>
public static class Conditional
{
    public static readonly string[] GetAndHead = ["GET", "HEAD"];

    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTimes() },
    };

    public static IResult Json<T>(HttpContext context, T value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, json);
        // A cache may keep it and must ask: what was just published is to be seen at once.
        context.Response.Headers.CacheControl = "public, no-cache";
        return TypedResults.Bytes(bytes, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..24]}\""));
    }
}
