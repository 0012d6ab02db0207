using System.Buffers.Text;
using System.Security.Cryptography;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Keys;

/// <summary>What a key's bearer sends: 256 random bits, behind letters that those who look for leaked secrets can look for.</summary>
public sealed record Secret(string Text)
{
    public const string Prefix = "np_";

    public string Hash => KeyRing.Hash(Text);

    public static Secret Random() => new(Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>Nothing that a log could keep.</summary>
    public override string ToString() => Prefix + "…";
}
