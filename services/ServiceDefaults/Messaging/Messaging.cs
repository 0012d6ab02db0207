using System.ComponentModel.DataAnnotations;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using NewsPlatform.Contracts;
using RabbitMQ.Client;

namespace NewsPlatform.ServiceDefaults;

public sealed class MessagingOptions
{
    /// <summary>RabbitMQ's host name or address.</summary>
    [Required(ErrorMessage = "the broker is needed")]
    public string Host { get; set; } = "";

    /// <summary>AMQP's.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 5672;

    /// <summary>The service's own, with no right but to what is its own.</summary>
    [Required(ErrorMessage = "the broker's user is needed")]
    public string User { get; set; } = "";

    /// <summary>The user's.</summary>
    [Required(ErrorMessage = "the broker's password is needed")]
    public string Password { get; set; } = "";

    /// <summary>The same for all services of one installation.</summary>
    public string VirtualHost { get; set; } = "/";

    /// <summary>
    /// Seconds without a sign of life after two of which a connection is ended, and what its instance had under way goes to another one.
    /// </summary>
    [Range(1, 600)]
    public ushort HeartbeatSeconds { get; set; } = 4;

    public ConnectionFactory ConnectionFactory(string clientName) =>
        new()
        {
            HostName = Host,
            Port = Port,
            UserName = User,
            Password = Password,
            VirtualHost = VirtualHost,
            RequestedHeartbeat = TimeSpan.FromSeconds(HeartbeatSeconds),
            ClientProvidedName = clientName,
            AutomaticRecoveryEnabled = false,
        };
}

/// <summary>RabbitMQ as every service has it.</summary>
public static class Messaging
{
    /// <summary>
    /// Consumes an inbox of <see cref="Topology"/>, which Publishing binds to its exchange: the service needs no right but to its own
    /// names. Each has a <see cref="Consumption"/>, keyed by its queue; the first of an exchange is keyed by that too, and the first one of
    /// articles stands without a key.
    /// </summary>
    /// <param name="concurrency">Messages worked on at once; 1 keeps their order.</param>
    public static void AddInbox<TConsumer>(this IHostApplicationBuilder builder, Inbox inbox, int concurrency)
        where TConsumer : class, IConsumer
    {
        var messaging = builder.Require<MessagingOptions>("Messaging");
        var consumption = new Consumption(inbox.Queue);
        builder.Services.AddKeyedSingleton(inbox.Queue, consumption);
        builder.Services.TryAddKeyedSingleton(inbox.Exchange, consumption);
        if (inbox.Exchange == Topology.Articles)
        {
            builder.Services.TryAddSingleton(consumption);
        }
        builder
            .Services.AddHealthChecks()
            .AddCheck(
                Name(inbox),
                new Consumption.Check(consumption, messaging),
                tags: [Management.Ready],
                timeout: TimeSpan.FromSeconds(5)
            );
        builder.Services.RegisterConsumer<TConsumer>();
        EndpointsOf(builder, messaging)
            .Add((context, rabbit) => rabbit.ReceiveEndpoint(inbox.Queue, endpoint =>
                    {
                        endpoint.ConfigureConsumeTopology = false;
                        endpoint.SetQuorumQueue();
                        endpoint.SingleActiveConsumer = inbox.SingleActiveConsumer;
                        endpoint.PrefetchCount = 256;
                        endpoint.ConcurrentMessageLimit = concurrency;
                        // Nobody listens, and each kind of message would need an exchange that the service may not make.
                        endpoint.PublishFaults = false;
                        endpoint.UseMessageRetry(WhileAway);
                        endpoint.UseMessageRetry(AFewTimes);
                        endpoint.ConfigureConsumer<TConsumer>(context);
                    }));
    }

    static string Name(Inbox inbox) =>
        inbox == Topology.Feed || inbox == Topology.Notifications ? "consumer" : $"consumer of {inbox.Queue}";

    /// <summary>The endpoints of the service's one bus, which the first inbox brings with it.</summary>
    static List<Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>> EndpointsOf(
        IHostApplicationBuilder builder,
        MessagingOptions messaging
    )
    {
        if (builder.Properties.TryGetValue(typeof(Messaging), out var known))
        {
            return (List<Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>>)known;
        }
        var endpoints = new List<Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>>();
        builder.Properties[typeof(Messaging)] = endpoints;
        builder.Services.AddMassTransit(bus =>
        {
            // A newsroom's installation reports to nobody.
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(health =>
            {
                health.Name = "bus";
                health.Tags.Add(Management.Ready);
                health.MinimalFailureStatus = HealthStatus.Unhealthy;
            });
            bus.UsingRabbitMq(
                (context, rabbit) =>
                {
                    rabbit.Host(messaging.Host, (ushort)messaging.Port, messaging.VirtualHost, host =>
                    {
                        host.Username(messaging.User);
                        host.Password(messaging.Password);
                        host.Heartbeat(messaging.HeartbeatSeconds);
                        var stopping = context.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
                        host.OnRefreshConnectionFactory = _ => BusWatch.ReachableAsync(messaging, stopping);
                    });
                    endpoints.ForEach(add => add(context, rabbit));
                }
            );
        });
        // Behind the bus, so that it stops first.
        builder.Services.AddHostedService<BusWatch>();
        return endpoints;
    }

    /// <summary>
    /// All of <see cref="Topology"/>, by Publishing alone: who could bind its own queue could bind it to what is not meant for it. An inbox
    /// is bound twice, and has each message once: its queue, so that messages wait in it although its service was never started; and the
    /// exchange of the same name, which feeds the queue anew when somebody deleted it and its service made it again.
    /// </summary>
    public static async Task DeclareTopologyAsync(IChannel channel, CancellationToken ct)
    {
        await channel.ExchangeDeclareAsync(Topology.Events, ExchangeType.Topic, durable: true, cancellationToken: ct);
        foreach (var inbox in Topology.Inboxes)
        {
            await channel.ExchangeDeclareAsync(inbox.Exchange, ExchangeType.Topic, durable: true, cancellationToken: ct);
            var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
            if (inbox.SingleActiveConsumer)
            {
                arguments["x-single-active-consumer"] = true;
            }
            await channel.ExchangeDeclareAsync(inbox.Queue, ExchangeType.Fanout, durable: true, cancellationToken: ct);
            await channel.QueueDeclareAsync(
                inbox.Queue,
                durable: true,
                exclusive: false,
                autoDelete: false,
                arguments,
                cancellationToken: ct
            );
            foreach (var routingKey in inbox.RoutingKeys)
            {
                await channel.QueueBindAsync(inbox.Queue, inbox.Exchange, routingKey, cancellationToken: ct);
                await channel.ExchangeBindAsync(inbox.Queue, inbox.Exchange, routingKey, cancellationToken: ct);
            }
            foreach (var formerKey in inbox.FormerKeys)
            {
                await channel.QueueUnbindAsync(inbox.Queue, inbox.Exchange, formerKey, cancellationToken: ct);
                await channel.ExchangeUnbindAsync(inbox.Queue, inbox.Exchange, formerKey, cancellationToken: ct);
            }
        }
    }

    /// <summary>A store that is away comes back, and a message waits for it.</summary>
    static void WhileAway(IRetryConfigurator retry)
    {
        retry.Exponential(100_000, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(200));
        retry.Handle<Exception>(TransientFault.IsTransient);
    }

    /// <summary>
    /// Any other fault may pass, and if it does not, the message goes to the error queue instead of holding up the others.
    /// </summary>
    static void AFewTimes(IRetryConfigurator retry)
    {
        retry.Intervals(100, 500, 2_000);
        retry.Ignore<Exception>(TransientFault.IsTransient);
    }
}
