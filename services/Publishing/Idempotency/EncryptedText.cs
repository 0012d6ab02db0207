using System.Security.Cryptography;
using System.Text;

namespace NewsPlatform.Publishing.Idempotency;

/// <summary>
/// Text that only who knows a passphrase can read: AES-256-GCM (NIST SP 800-38D), with a key by HKDF-SHA-256 (RFC 5869) from the passphrase
/// and a salt of its own.
/// </summary>
public static class EncryptedText
{
    const int Salt = 16;
    const int Tag = 16;

    // Each text has its own salt and so its own key, which therefore needs no other nonce than this one.
    static readonly byte[] nonce = new byte[12];

    public static string Close(string text, string passphrase)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var closed = new byte[Salt + Tag + plain.Length];
        RandomNumberGenerator.Fill(closed.AsSpan(0, Salt));
        using var aes = Cipher(closed, passphrase);
        aes.Encrypt(nonce, plain, closed.AsSpan(Salt + Tag), closed.AsSpan(Salt, Tag));
        return Convert.ToBase64String(closed);
    }

    /// <exception cref="CryptographicException">It is another passphrase, or the text was changed.</exception>
    public static string Open(string text, string passphrase)
    {
        var closed = Convert.FromBase64String(text);
        var plain = new byte[closed.Length - Salt - Tag];
        using var aes = Cipher(closed, passphrase);
        aes.Decrypt(nonce, closed.AsSpan(Salt + Tag), closed.AsSpan(Salt, Tag), plain);
        return Encoding.UTF8.GetString(plain);
    }

    static AesGcm Cipher(byte[] closed, string passphrase) =>
        new(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(passphrase), 32, closed[..Salt]), Tag);
}
