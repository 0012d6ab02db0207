using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>
/// Encrypts a message for one browser (RFC 8291) in one record of the content coding aes128gcm (RFC 8188). Each message has a key pair and
/// a salt of its own.
/// </summary>
public static class MessageEncryption
{
    /// <summary>Of an uncompressed point of P-256 (RFC 8291, section 3.1).</summary>
    public const int PublicKeyBytes = 65;

    /// <summary>Of the secret that the browser shares with us (RFC 8291, section 3.2).</summary>
    public const int AuthBytes = 16;

    /// <summary>What a push service must take (RFC 8030, section 7.2), and the size of our one record.</summary>
    const int MaxBodyBytes = 4_096;

    const int SaltBytes = 16;
    const int TagBytes = 16;
    const int HeaderBytes = SaltBytes + 4 + 1 + PublicKeyBytes;

    /// <summary>After the last byte of the message in the last record (RFC 8188, section 2).</summary>
    const byte LastRecord = 2;

    /// <summary>The longest message, without padding.</summary>
    public const int MaxBytes = MaxBodyBytes - HeaderBytes - 1 - TagBytes;

    static readonly byte[] keyInfo = Encoding.ASCII.GetBytes("Content-Encoding: aes128gcm\0");
    static readonly byte[] nonceInfo = Encoding.ASCII.GetBytes("Content-Encoding: nonce\0");

    /// <summary>A browser's public key; null when these bytes are no point of P-256.</summary>
    public static ECDiffieHellman? PublicKey(ReadOnlySpan<byte> point)
    {
        if (point.Length != PublicKeyBytes || point[0] != 4)
        {
            return null;
        }
        try
        {
            return ECDiffieHellman.Create(
                new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = point[1..33].ToArray(), Y = point[33..].ToArray() } }
            );
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>An uncompressed point (SEC 1, section 2.3.3).</summary>
    public static byte[] Point(ECParameters key) => [4, .. key.Q.X!, .. key.Q.Y!];

    /// <param name="padding">The message is filled up to a multiple of so many bytes, as far as a message may be long.</param>
    /// <returns>The body of the request.</returns>
    public static byte[] Encrypt(ReadOnlySpan<byte> message, ReadOnlySpan<byte> browser, ReadOnlySpan<byte> auth, int padding)
    {
        using var sender = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Span<byte> salt = stackalloc byte[SaltBytes];
        RandomNumberGenerator.Fill(salt);
        var filled = Math.Min((message.Length + padding - 1) / padding * padding, MaxBytes);
        return Encrypt(message, browser, auth, sender, salt, filled - message.Length);
    }

    /// <summary>With a key pair and a salt that are given, which a message must share with no other one.</summary>
    public static byte[] Encrypt(
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> browser,
        ReadOnlySpan<byte> auth,
        ECDiffieHellman sender,
        ReadOnlySpan<byte> salt,
        int padding
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length + padding, MaxBytes, nameof(message));
        using var receiver = PublicKey(browser) ?? throw new CryptographicException("The browser's key is no point of P-256.");
        var own = Point(sender.ExportParameters(includePrivateParameters: false));
        var shared = sender.DeriveRawSecretAgreement(receiver.PublicKey);

        Span<byte> secret = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, secret, auth, [.. "WebPush: info\0"u8, .. browser, .. own]);
        Span<byte> key = stackalloc byte[16];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt, keyInfo);
        Span<byte> nonce = stackalloc byte[12];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, nonce, salt, nonceInfo);

        var record = message.Length + 1 + padding;
        var body = new byte[HeaderBytes + record + TagBytes];
        salt.CopyTo(body);
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(SaltBytes), MaxBodyBytes);
        body[SaltBytes + 4] = PublicKeyBytes;
        own.CopyTo(body, SaltBytes + 5);

        var plain = body.AsSpan(HeaderBytes, record);
        message.CopyTo(plain);
        plain[message.Length] = LastRecord;
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, plain, body.AsSpan(HeaderBytes + record));
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(key);
        return body;
    }
}
