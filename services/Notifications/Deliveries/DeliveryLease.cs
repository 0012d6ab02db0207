namespace NewsPlatform.Notifications.Deliveries;

/// <summary>A subscription that this instance delivers to, until the lease ends.</summary>
/// <param name="Lease">Of this turn alone: an instance that finds another one in the database has lost the turn.</param>
/// <param name="Failures">In a row.</param>
/// <param name="FailingSince">When the first of them was.</param>
/// <param name="Domain">That is called; empty where that is no matter.</param>
public sealed record DeliveryLease(Guid Subscription, Guid Lease, int Failures, DateTimeOffset? FailingSince, string Domain = "");
