using Npgsql;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>What waits to be delivered, as far as subscriptions and their owners need to know of it.</summary>
public interface IPendingDeliveries
{
    /// <summary>Forgets what waits for a subscription, in the transaction that the connection is in.</summary>
    /// <param name="attempts">Its attempts too.</param>
    Task ForgetAsync(NpgsqlConnection connection, Guid subscription, bool attempts, CancellationToken ct);

    Task<DeliveryStanding> StandingAsync(Guid subscription, CancellationToken ct);
}
