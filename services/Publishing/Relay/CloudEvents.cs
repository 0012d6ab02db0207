using System.Buffers;
using System.Text.Json;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// The messages as third parties get them: CloudEvents 1.0 in structured mode (JSON Event Format 1.0, section 3), so that one body holds
/// the event and what it says about itself, and a consumer of plain AMQP 0-9-1 needs no header of it. <c>deploy/asyncapi.yaml</c> describes
/// them.
/// </summary>
public sealed class CloudEvents(PortalOptions portal)
{
    public const string ContentType = "application/cloudevents+json";

    readonly string source = new Uri(new Uri(portal.PublicUrl), "/api/articles").ToString();

    /// <summary>Such as <c>org.newsplatform.article.published</c>; a change that is no addition would get a new one.</summary>
    public static string Type(object message) => $"org.newsplatform.article.{Look(message).Kind}";

    /// <param name="data">The message as JSON.</param>
    /// <param name="trace">W3C traceparent; the extension attribute of that name (CloudEvents Distributed Tracing extension).</param>
    public ReadOnlyMemory<byte> Write(RelayMessage message, ReadOnlySpan<byte> data, string? trace)
    {
        var (_, article, imported) = Look(message.Content.Message);
        var buffer = new ArrayBufferWriter<byte>(data.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", message.Id);
        json.WriteString("source", source);
        json.WriteString("type", Type(message.Content.Message));
        json.WriteString("subject", article.ArticleId);
        json.WriteString("time", message.SentAt.UtcDateTime);
        json.WriteString("datacontenttype", "application/json");
        if (trace is not null)
        {
            json.WriteString("traceparent", trace);
        }
        if (imported)
        {
            json.WriteBoolean("imported", true);
        }
        json.WritePropertyName("data");
        json.WriteRawValue(data, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    static (string Kind, PublicArticle Article, bool Imported) Look(object message) =>
        message switch
        {
            Contracts.ArticlePublished published => ("published", published.Article, published.Imported),
            Contracts.ArticleUpdated updated => ("updated", updated.Article, false),
            Contracts.ArticleCorrected corrected => ("corrected", corrected.Article, false),
            ArticleWithdrawn withdrawn => ("withdrawn", withdrawn.Article, false),
            _ => throw new ArgumentException($"{message.GetType().Name} is not told to third parties.", nameof(message)),
        };
}
