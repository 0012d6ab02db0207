using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Stream;

/// <summary>Good for opening streams and for nothing else.</summary>
/// <param name="Ticket">For <c>?ticket=</c>.</param>
public sealed record StreamTicket(string Ticket, DateTimeOffset ExpiresAt);

/// <summary>
/// What opens a stream where no header can be sent, as in a browser's EventSource and WebSocket: a JWT (RFC 7519) that says who asked for
/// it, good for a minute at every replica, since the secret that signs it is the database's. Addresses come to stand in logs; that one is
/// of no use there.
/// </summary>
public sealed class Tickets(NpgsqlDataSource database, KeyRing ring, SecurityOptions security, StreamOptions options, TimeProvider clock)
    : IDisposable
{
    const string Audience = "newsplatform:stream";
    const string KeyClaim = "key";
    const string EndClaim = "end";
    const string Make = "insert into stream_secret (id, secret) values (1, $1) on conflict do nothing";
    const string Read = "select secret from stream_secret where id = 1";

    static readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    readonly SemaphoreSlim gate = new(1);
    SymmetricSecurityKey? secret;

    public static void Configure(StoreOptions store)
    {
        var table = new Table("public.stream_secret");
        table.AddColumn<int>("id").AsPrimaryKey();
        table.AddColumn("secret", "bytea").NotNull();
        store.Storage.ExtendedSchemaObjects.Add(table);
    }

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/stream/tickets", Handle)
            .RequireAuthorization(Roles.Subscriber)
            .WithTags("Stream")
            .WithQuery()
            .WithSummary("Make a ticket that opens streams for a minute")
            .WithDescription(
                "For `?ticket=` of `/api/stream` and `/api/stream/ws`, where a browser can send no Authorization header. It has to be used until `expiresAt`; "
                    + "a stream that it opened lasts as long as the key or the token that it was asked for with."
            );

    static async Task<Ok<StreamTicket>> Handle(HttpContext context, Caller caller, Tickets tickets, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            await tickets.MakeAsync(
                caller,
                AuthenticationHeaderValue.Parse(context.Request.Headers.Authorization.ToString()).Parameter!,
                ct
            )
        );
    }

    /// <param name="proof">The key or the token of who asks, which was found good.</param>
    async Task<StreamTicket> MakeAsync(Caller caller, string proof, CancellationToken ct)
    {
        var hash = KeyRing.Hash(proof);
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds() + options.TicketSeconds);
        var token = new SecurityTokenDescriptor
        {
            Audience = Audience,
            Expires = expiresAt.UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = caller.Id,
                [JwtRegisteredClaimNames.Name] = caller.Name,
            },
            SigningCredentials = new(await SecretAsync(ct), SecurityAlgorithms.HmacSha256),
        };
        if (hash == KeyRing.Hash(security.AdminKey) || await ring.FindAsync(hash, ct) is not null)
        {
            token.Claims[KeyClaim] = hash;
        }
        else
        {
            token.Claims[EndClaim] = new DateTimeOffset(handler.ReadJsonWebToken(proof).ValidTo).ToUnixTimeSeconds();
        }
        return new(handler.CreateToken(token), expiresAt);
    }

    /// <summary>Who asked for the ticket; null when it is not good, or who asked for it would not be let in any more.</summary>
    public async Task<Caller?> OpenAsync(string ticket, CancellationToken ct)
    {
        var result = await handler.ValidateTokenAsync(
            ticket,
            new TokenValidationParameters
            {
                ValidAudience = Audience,
                ValidateIssuer = false,
                ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
                IssuerSigningKey = await SecretAsync(ct),
                LifetimeValidator = (_, expires, _, _) => expires > clock.GetUtcNow().UtcDateTime,
            }
        );
        if (!result.IsValid)
        {
            return null;
        }
        var (id, name) = ((string)result.Claims[JwtRegisteredClaimNames.Sub], (string)result.Claims[JwtRegisteredClaimNames.Name]);
        Func<string?> fault;
        if (result.Claims.TryGetValue(KeyClaim, out var key))
        {
            var hash = (string)key;
            await ring.FindAsync(hash, ct);
            // The first key is on no ring: it is good for as long as the configuration has it.
            fault = hash == KeyRing.Hash(security.AdminKey) ? () => null : () => ring.Fault(hash, clock.GetUtcNow());
        }
        else
        {
            var end = DateTimeOffset.FromUnixTimeSeconds(Convert.ToInt64(result.Claims[EndClaim], CultureInfo.InvariantCulture));
            fault = () => clock.GetUtcNow() >= end ? "the token has expired" : null;
        }
        return fault() is null ? new Caller(id, name, [], fault) : null;
    }

    public void Dispose() => gate.Dispose();

    /// <summary>Made by whichever replica first needs it.</summary>
    async ValueTask<SymmetricSecurityKey> SecretAsync(CancellationToken ct)
    {
        if (secret is { } known)
        {
            return known;
        }
        await gate.WaitAsync(ct);
        try
        {
            await using var make = database.Command(Make, RandomNumberGenerator.GetBytes(32));
            await make.ExecuteNonQueryAsync(ct);
            await using var read = database.CreateCommand(Read);
            return secret = new((byte[])(await read.ExecuteScalarAsync(ct))!);
        }
        finally
        {
            gate.Release();
        }
    }
}
