using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>Forgets what was mailed long ago. Every instance does so; what one has done, the next finds done.</summary>
public sealed class Tidying(
    MailHistory history,
    RequestCounter requests,
    SubscribedAddresses addresses,
    AddressHashes hashes,
    EmailOptions options,
    TimeProvider clock,
    ILogger<Tidying> log
) : PeriodicService(TimeSpan.FromHours(1), clock, log, "What was mailed long ago could not be forgotten")
{
    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await history.TidyAsync(options.RememberDays, ct);
        await requests.TidyAsync(ct);
        await addresses.TidyAsync(ct);
        await addresses.HashAnewAsync(ct);
        await hashes.ForgetAsync(ct);
    }
}
