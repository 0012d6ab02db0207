using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>Keeps short what grows. Every instance does so; what one has done, the next finds done.</summary>
public sealed class Housekeeping(
    DeliveryRetention retention,
    BulletinLog bulletins,
    DeliveryOptions deliveries,
    BulletinOptions keeping,
    TimeProvider clock,
    ILogger<Housekeeping> log
) : PeriodicService(TimeSpan.FromMinutes(10), clock, log, "What is old could not be removed")
{
    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        if (await retention.TidyAsync(ct) is > 0 and var givenUp)
        {
            log.LogWarning(
                "{Notices} notices were given up, since more than {MaxWaiting} waited for one subscription",
                givenUp,
                deliveries.MaxWaiting
            );
        }
        if (await bulletins.TrimAsync(TimeSpan.FromDays(keeping.KeepDays), ct) is > 0 and var trimmed)
        {
            log.LogInformation("{Bulletins} bulletins were older than {Days} days and left the log", trimmed, keeping.KeepDays);
        }
    }
}
