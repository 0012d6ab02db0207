namespace NewsPlatform.Notifications.Email;

/// <summary>What was mailed long ago is forgotten. Every instance does so; what one has done, the next finds done.</summary>
public sealed class Tidying(MailHistory history, AddressHashes hashes, EmailOptions options, TimeProvider clock, ILogger<Tidying> log)
    : BackgroundService
{
    static readonly TimeSpan every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await history.TidyAsync(options.RememberDays, stoppingToken);
                await history.HashAnewAsync(stoppingToken);
                await hashes.ForgetAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("What was mailed long ago could not be forgotten; it is tried again: {Fault}", fault.Message);
            }
            await Task.Delay(every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
