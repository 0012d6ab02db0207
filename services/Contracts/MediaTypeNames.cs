using System.Text.Json;
using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

/// <summary>On the wire in lower case, and never as numbers.</summary>
sealed class MediaTypeNames() : JsonStringEnumConverter<MediaType>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
