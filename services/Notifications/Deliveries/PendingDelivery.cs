using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Embargoes;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>What waits for one subscription: a bulletin, or one of the trade's. Exactly one of the two is there.</summary>
/// <param name="Number">Its place among what waits; what is told again gets a new one.</param>
/// <param name="Id">The same for the same bulletin and subscription, however often it is sent: what receivers tell repetitions by.</param>
public sealed record PendingDelivery(
    long Number,
    string Id,
    Log Log,
    long Position,
    DateTimeOffset NotedAt,
    Bulletin? Bulletin,
    TradeBulletin? Trade
);
