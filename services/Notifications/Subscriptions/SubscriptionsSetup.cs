using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Marten;
using Marten.Services;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

public static class SubscriptionsSetup
{
    public static void AddSubscriptions(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureMarten(SubscriptionStore.Configure);
        // A request need not begin with its kind.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.AllowOutOfOrderMetadataProperties = true);
        builder.Services.AddSingleton<SubscriptionStore>();
        builder.Services.AddHostedService<RefoldTopics>();
        builder.Services.AddSingleton<OwnerWatch>().AddHostedService(services => services.GetRequiredService<OwnerWatch>());
    }

    public static void MapSubscriptions(this IEndpointRouteBuilder app)
    {
        var subscriptions = app.MapGroup("/api/subscriptions").WithTags("Subscriptions");
        MakeSubscription.Map(subscriptions);
        GetSubscriptions.Map(subscriptions);
        GetSubscription.Map(subscriptions);
        EndSubscription.Map(subscriptions);
    }

    /// <summary>Subscriptions whose target is of this type are stored under the channel's name.</summary>
    public static void AddTarget<TTarget>(this IServiceCollection services, string kind)
        where TTarget : Target =>
        services.ConfigureMarten(options =>
            ((SystemTextJsonSerializer)options.Serializer()).Configure(json => json.AddDerivedType<Target, TTarget>(kind))
        );

    /// <summary>Requests of this kind are read as that type and given to their handler.</summary>
    public static void AddRequest<TRequest, THandler>(this IServiceCollection services, SubscriptionKind kind)
        where TRequest : SubscriptionRequest
        where THandler : class, ISubscriptionHandler<TRequest>
    {
        services.AddSingleton(kind);
        services.AddKeyedSingleton<ISubscriptionHandler, THandler>(typeof(TRequest));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.AddDerivedType<SubscriptionRequest, TRequest>(kind.Name));
    }

    /// <summary>As <c>[JsonDerivedType]</c> would, without the base's knowing of it.</summary>
    static void AddDerivedType<TBase, TDerived>(this JsonSerializerOptions options, string discriminator) =>
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(info =>
        {
            if (info.Type == typeof(TBase))
            {
                info.PolymorphismOptions!.DerivedTypes.Add(new(typeof(TDerived), discriminator));
            }
        });
}
