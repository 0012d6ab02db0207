using Marten;
using MassTransit;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>
/// Puts a key onto the service's ring, and ends what belongs to one that is revoked; a version that is not newer changes nothing.
/// </summary>
public sealed class OnOwnersKeyChanged(
    IDocumentSession session,
    OwnerWatch owners,
    [FromKeyedServices(Topology.Keys)] Consumption consumption
) : IConsumer<KeyChanged>
{
    public async Task Consume(ConsumeContext<KeyChanged> context)
    {
        KeyRing.Upsert(session, context.Message);
        await session.SaveChangesAsync(context.CancellationToken);
        if (context.Message.Revoked)
        {
            await owners.EndAsync(context.Message.KeyId, context.CancellationToken);
        }
        consumption.Progressed();
    }
}
