using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace NewsPlatform.TestSupport;

/// <summary>A browser that is subscribed at a push service: it has a key pair and a secret, and reads by a library of others'.</summary>
public sealed class PushReader
{
    readonly byte[] privateKey;

    /// <param name="endpoint">Where its push service takes messages for it.</param>
    public PushReader(string endpoint)
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var key = pair.ExportParameters(includePrivateParameters: true);
        (Endpoint, privateKey, Key, Auth) = (endpoint, key.D!, [4, .. key.Q.X!, .. key.Q.Y!], RandomNumberGenerator.GetBytes(16));
    }

    public string Endpoint { get; }
    public byte[] Key { get; }
    public byte[] Auth { get; }
    public object Keys => new { p256dh = Base64Url.EncodeToString(Key), auth = Base64Url.EncodeToString(Auth) };

    /// <summary>What messages say, in clear.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(params byte[][] bodies)
    {
        var read = await Node.RunAsync(
            JsonSerializer.Serialize(
                bodies.Select(body => new
                {
                    body = Convert.ToBase64String(body),
                    privateKey = Convert.ToBase64String(privateKey),
                    auth = Convert.ToBase64String(Auth),
                })
            ),
            "push.js"
        );
        return read.StartsWith('[') ? JsonSerializer.Deserialize<string[]>(read)! : throw new InvalidOperationException(read);
    }
}
