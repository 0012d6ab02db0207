using Marten;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>
/// What a channel brings with it besides how it delivers. The service knows of a channel only what is registered here, so that a channel is
/// one folder.
/// </summary>
/// <param name="kind">The <see cref="Subscription.Kind"/> that it serves.</param>
public sealed class ChannelBuilder(IServiceCollection services, string kind)
{
    public IServiceCollection Services => services;

    /// <summary>Has this kind of subscription asked for by <c>POST /api/subscriptions</c>.</summary>
    /// <param name="subscriber">Who is subscribed, as the reference says it: "a browser".</param>
    /// <param name="description">What the reference says of this kind, in whole sentences.</param>
    public ChannelBuilder WithRequest<TRequest, THandler>(string subscriber, string description)
        where TRequest : SubscriptionRequest
        where THandler : class, ISubscriptionHandler<TRequest>
    {
        services.AddRequest<TRequest, THandler>(new(kind, subscriber, description));
        return this;
    }

    /// <summary>Adds its tables, documents and indexes to the service's database.</summary>
    public ChannelBuilder WithStorage(Action<StoreOptions> configure)
    {
        services.ConfigureMarten(configure);
        return this;
    }

    /// <summary>Adds endpoints of its own.</summary>
    public ChannelBuilder WithEndpoints(Action<IEndpointRouteBuilder> map)
    {
        services.AddSingleton(new ChannelEndpoints(map));
        return this;
    }
}

sealed record ChannelEndpoints(Action<IEndpointRouteBuilder> Map);
