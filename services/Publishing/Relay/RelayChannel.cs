using System.Diagnostics;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Broker;
using NewsPlatform.ServiceDefaults;
using RabbitMQ.Client;

namespace NewsPlatform.Publishing.Relay;

/// <summary>The relay's own channel. Each message goes to the services and to third parties.</summary>
public sealed class RelayChannel(MessagingOptions messaging, CloudEvents events) : IAsyncDisposable
{
    readonly ConfirmedChannel channel = new(messaging, "publishing relay");

    /// <summary>Returns when the broker has confirmed all of them; after a fault they are to be sent again.</summary>
    public Task PublishAsync(IReadOnlyList<RelayMessage> messages, CancellationToken ct) =>
        messages.Count == 0 ? Task.CompletedTask : channel.SendAsync(messages, SendAsync, ct);

    async Task SendAsync(IChannel open, RelayMessage message, CancellationToken ct)
    {
        var (exchange, routingKey, contract) = message.Content;
        using var activity = Telemetry.Source.StartActivity($"relay {contract.GetType().Name}", ActivityKind.Producer, message.TraceParent);
        var trace = activity?.Id ?? message.TraceParent;
        var body = MassTransitEnvelope.Body(contract);
        var services = open.PublishAsync(message.Content, message.Id, message.SentAt, ct, body, trace);
        // What only the trade may know, or is no news, is no third party's; and there may be no third party, so it is not mandatory.
        var thirdParties =
            exchange != Topology.Articles || routingKey == Topology.DryRun
                ? Task.CompletedTask
                : open.BasicPublishAsync(
                        Topology.Events,
                        routingKey,
                        mandatory: false,
                        new BasicProperties
                        {
                            MessageId = message.Id.ToString(),
                            ContentType = CloudEvents.ContentType,
                            Type = CloudEvents.Type(contract),
                            DeliveryMode = DeliveryModes.Persistent,
                        },
                        events.Write(message, body, trace),
                        ct
                    )
                    .AsTask();
        await Task.WhenAll(services, thirdParties);
    }

    public ValueTask DisposeAsync() => channel.DisposeAsync();
}
