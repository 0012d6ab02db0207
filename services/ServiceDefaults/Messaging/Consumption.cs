using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Knows whether a consumer still consumes: a connection can be up, and the queue filling, while nothing is taken from it.
/// </summary>
public sealed class Consumption(string queue)
{
    static readonly TimeSpan longestSilence = TimeSpan.FromSeconds(30);
    long lastAt = Environment.TickCount64;

    public string Queue => queue;

    /// <summary>Since a message was last dealt with.</summary>
    public TimeSpan Silence => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref lastAt));

    /// <summary>To be called whenever a message was dealt with, by this instance or seen to have been by another.</summary>
    public void Progressed() => Volatile.Write(ref lastAt, Environment.TickCount64);

    /// <summary>Unhealthy when messages wait and none was dealt with for 30 seconds, or when the queue has no consumer.</summary>
    public sealed class Check(Consumption consumption, MessagingOptions messaging) : IHealthCheck, IAsyncDisposable
    {
        readonly SemaphoreSlim gate = new(1);
        IConnection? connection;

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var channel = await (await ConnectedAsync(cancellationToken)).CreateChannelAsync(
                cancellationToken: cancellationToken
            );
            var state = await channel.QueueDeclarePassiveAsync(consumption.Queue, cancellationToken);
            var data = new Dictionary<string, object> { ["waiting"] = state.MessageCount, ["consumers"] = state.ConsumerCount };
            return state switch
            {
                { ConsumerCount: 0 } => HealthCheckResult.Unhealthy("the queue has no consumer", data: data),
                { MessageCount: > 0 } when consumption.Silence > longestSilence => HealthCheckResult.Unhealthy(
                    $"messages wait and none was dealt with for {consumption.Silence.TotalSeconds:F0} s",
                    data: data
                ),
                _ => HealthCheckResult.Healthy(data: data),
            };
        }

        /// <summary>One connection for all probes: brokers log every one that is opened.</summary>
        async Task<IConnection> ConnectedAsync(CancellationToken ct)
        {
            await gate.WaitAsync(ct);
            try
            {
                if (connection is not { IsOpen: true })
                {
                    await DisposeAsync();
                    connection = await messaging.ConnectionFactory("probe").CreateConnectionAsync(ct);
                }
                return connection;
            }
            finally
            {
                gate.Release();
            }
        }

        public ValueTask DisposeAsync() => connection?.DisposeAsync() ?? default;
    }
}
