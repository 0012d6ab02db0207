using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using JasperFx;
using Marten;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>
/// The key pair by which push services know this platform. Browsers' subscriptions are bound to it, so that it never changes.
/// </summary>
/// <param name="Id">There is one.</param>
/// <param name="PrivateKey">PKCS #8 (RFC 5958).</param>
public sealed record VapidKey(string Id, byte[] PrivateKey, DateTimeOffset MadeAt)
{
    public const string Only = "vapid";
}

/// <summary>
/// Says to push services who pushes: Voluntary Application Server Identification (RFC 8292). The key is made once and kept in the database.
/// </summary>
public sealed class VapidKeys(
    IDocumentStore store,
    WebPushOptions options,
    PortalOptions portal,
    TimeProvider clock,
    ILogger<VapidKeys> log
) : IHostedService, IDisposable
{
    /// <summary>Who subscribes may name any host of a push service; there are a few.</summary>
    const int MaxTokens = 1_000;

    sealed record Pair(ECDsa Key, string PublicKey);

    readonly ConcurrentDictionary<string, (string Value, DateTimeOffset RenewAt)> tokens = new();
    readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    readonly SemaphoreSlim gate = new(1);
    volatile Pair? pair;

    public static void Configure(StoreOptions options) => options.Schema.For<VapidKey>();

    /// <summary>The public key, as browsers take it: an uncompressed point in base64url.</summary>
    public async ValueTask<string> PublicKeyAsync(CancellationToken ct) => (await PairAsync(ct)).PublicKey;

    /// <summary>The value of <c>Authorization</c> for requests to a push service (RFC 8292, section 3).</summary>
    public async ValueTask<string> AuthorizationAsync(Uri endpoint, CancellationToken ct)
    {
        var own = await PairAsync(ct);
        var (audience, now) = (endpoint.GetLeftPart(UriPartial.Authority), clock.GetUtcNow());
        if (!tokens.TryGetValue(audience, out var token) || token.RenewAt <= now)
        {
            if (tokens.Count >= MaxTokens)
            {
                tokens.Clear();
            }
            var life = TimeSpan.FromHours(options.TokenHours);
            tokens[audience] = token = ($"vapid t={Sign(own.Key, audience, now + life)}, k={own.PublicKey}", now + life / 2);
        }
        return token.Value;
    }

    public static string Subject(WebPushOptions options, PortalOptions portal) =>
        options.Subject.Length > 0 ? options.Subject
        : portal.PublicUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? portal.PublicUrl.TrimEnd('/')
        : $"mailto:webmaster@{new Uri(portal.PublicUrl).Host}";

    public async Task StartAsync(CancellationToken cancellationToken) => await PairAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        pair?.Key.Dispose();
        gate.Dispose();
    }

    string Sign(ECDsa key, string audience, DateTimeOffset until)
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Audience = audience,
            Expires = until.UtcDateTime,
            Claims = new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = Subject(options, portal) },
            SigningCredentials = new(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
        };
        // A key is no more made for several at once than any other object.
        lock (key)
        {
            return handler.CreateToken(descriptor);
        }
    }

    async ValueTask<Pair> PairAsync(CancellationToken ct)
    {
        if (pair is { } known)
        {
            return known;
        }
        await gate.WaitAsync(ct);
        try
        {
            return pair ??= Read(await LoadAsync(ct) ?? await MakeAsync(ct));
        }
        finally
        {
            gate.Release();
        }
    }

    async Task<VapidKey?> LoadAsync(CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<VapidKey>(VapidKey.Only, ct);
    }

    /// <summary>Of several instances that start at once, one makes it and the others take that one's.</summary>
    async Task<VapidKey> MakeAsync(CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = new VapidKey(VapidKey.Only, key.ExportPkcs8PrivateKey(), clock.GetUtcNow());
        await using var session = store.LightweightSession();
        session.Insert(made);
        try
        {
            await session.SaveChangesAsync(ct);
        }
        catch (DocumentAlreadyExistsException)
        {
            return (await LoadAsync(ct))!;
        }
        log.LogInformation(
            "The key of Web Push was made; it stays in the database and must not be lost: every browser's subscription is bound to it"
        );
        return made;
    }

    static Pair Read(VapidKey kept)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(kept.PrivateKey, out _);
        return new(key, Base64Url.EncodeToString(MessageEncryption.Point(key.ExportParameters(includePrivateParameters: false))));
    }
}
