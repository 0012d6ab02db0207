using Marten;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NewsPlatform.Contracts;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Puts a key onto the service's ring; a version that is not newer changes nothing.</summary>
public sealed class OnKeyChanged(IDocumentSession session, [FromKeyedServices(Topology.Keys)] Consumption consumption)
    : IConsumer<KeyChanged>
{
    public async Task Consume(ConsumeContext<KeyChanged> context)
    {
        KeyRing.Upsert(session, context.Message);
        await session.SaveChangesAsync(context.CancellationToken);
        consumption.Progressed();
    }
}
