using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

[JsonConverter(typeof(MediaTypeNames))]
public enum MediaType
{
    Picture,
    Video,
    Audio,
    Gallery,
}
