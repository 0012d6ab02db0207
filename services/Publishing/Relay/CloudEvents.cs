using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
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

    static readonly CloudEventAttribute traceParent = CloudEventAttribute.CreateExtension("traceparent", CloudEventAttributeType.String);
    static readonly CloudEventAttribute fromArchive = CloudEventAttribute.CreateExtension("imported", CloudEventAttributeType.Boolean);

    readonly JsonEventFormatter formatter = new();
    readonly Uri source = new(new Uri(portal.PublicUrl), "/api/articles");

    /// <summary>Such as <c>org.newsplatform.article.published</c>; a change that is no addition would get a new one.</summary>
    public static string Type(object message) => $"org.newsplatform.article.{Look(message).Kind}";

    /// <param name="data">The message as JSON.</param>
    /// <param name="trace">W3C traceparent; the extension attribute of that name (CloudEvents Distributed Tracing extension).</param>
    public ReadOnlyMemory<byte> Write(RelayMessage message, ReadOnlyMemory<byte> data, string? trace)
    {
        var (_, article, imported) = Look(message.Content.Message);
        using var json = JsonDocument.Parse(data);
        var told = new CloudEvent
        {
            Id = message.Id.ToString(),
            Source = source,
            Type = Type(message.Content.Message),
            Subject = article.ArticleId.ToString(),
            Time = message.SentAt.ToUniversalTime(),
            DataContentType = "application/json",
            Data = json.RootElement,
            [traceParent] = trace,
            [fromArchive] = imported ? true : null,
        };
        return formatter.EncodeStructuredModeMessage(told, out _);
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
