using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Keys;

public static class KeyEndpoints
{
    public static void AddKeys(this IServiceCollection services)
    {
        services.AddSingleton<KeyRules>();
        services.AddSingleton<RotationRules>();
        services.AddHostedService<KeyRelay>();
    }

    public static void ConfigureKeyStore(this StoreOptions options)
    {
        options.ConfigureKeys();
        options
            .Schema.For<KeyChanged>()
            .Index(
                key => key.Name,
                index =>
                {
                    (index.Name, index.IsUnique, index.Predicate) = (KeySession.NameIndex, true, "not (data ->> 'revoked')::boolean");
                }
            );
        KeyRelay.Configure(options);
    }

    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/keys").RequireAuthorization(Roles.Admin).WithTags("Keys");
        GetKeys.Map(keys);
        var acts = keys.MapGroup("").WithQuery().WithIdempotency(IdempotencyKey.MinLengthOfSecrets);
        MakeKey.Map(acts);
        RotateKey.Map(acts);
        RevokeKey.Map(acts);
    }
}
