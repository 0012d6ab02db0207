using System.Runtime.CompilerServices;
using System.Text.Json;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>The bodies of webhooks: <c>type</c>, <c>timestamp</c> and <c>data</c> (Standard Webhooks, "Payload structure").</summary>
public static class WebhookMessage
{
    public const string Verification = "subscription.verification";
    public const string Test = "subscription.test";
    public const string Disabled = "subscription.disabled";

    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTimes() },
    };

    /// <summary>Of bulletins that many subscriptions have in hand at once; gone with the bulletin itself.</summary>
    static readonly ConditionalWeakTable<object, byte[]> made = [];

    /// <summary>Those of a bulletin are made once, whoever gets it.</summary>
    public static ReadOnlyMemory<byte> Of(PendingDelivery delivery) =>
        delivery.Trade is { } trade
            ? made.GetValue(trade, _ =>
                Bytes(trade.Withdrawn is null ? "embargo.changed" : "embargo.withdrawn", trade.At, Embargo.Of(trade))
            )
            : made.GetValue(delivery.Bulletin!, bulletin =>
                Bytes(
                    $"bulletin.{JsonNamingPolicy.CamelCase.ConvertName(delivery.Bulletin!.Kind.ToString())}",
                    delivery.Bulletin.Article.UpdatedAt,
                    bulletin
                )
            );

    /// <param name="timestamp">When it happened; not when it is sent.</param>
    public static byte[] Bytes(string type, DateTimeOffset timestamp, object data) =>
        JsonSerializer.SerializeToUtf8Bytes(new Envelope(type, timestamp, data), json);

    /// <summary>What an endpoint must give back to show that it wants to be told.</summary>
    public static byte[] Challenge(string challenge, DateTimeOffset now) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = Verification,
                timestamp = now,
                challenge,
            },
            json
        );

    sealed record Envelope(string Type, DateTimeOffset Timestamp, object Data);

    /// <summary>As the article will stand on a line, and all of its text, to prepare with.</summary>
    sealed record Embargo(long Position, LineItem Article, string Body, DateTimeOffset? EmbargoedUntil, string? EditorNote, string? Reason)
    {
        public static Embargo Of(TradeBulletin trade) =>
            new(trade.Position, LineItem.Of(trade.Article), trade.Article.Body, trade.EmbargoedUntil, trade.EditorNote, trade.Withdrawn);
    }
}
