using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using NewsPlatform.Notifications.WebPush;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>RFC 8291, section 5 and appendix A, and what a client that others wrote makes of our messages.</summary>
public sealed class PushEncryptionTests
{
    const string Watermelon = "When I grow up, I want to be a watermelon";
    const string Body =
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        + "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    static readonly byte[] browser = Base64Url.DecodeFromChars(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    );
    static readonly byte[] auth = Base64Url.DecodeFromChars("BTBZMqHH6r4Tts7J_aSIgg");
    static readonly byte[] sender = Base64Url.DecodeFromChars(
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
    );

    [Fact]
    public void The_example_of_the_standard_comes_out_byte_by_byte()
    {
        using var key = ECDiffieHellman.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                D = Base64Url.DecodeFromChars("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
                Q = { X = sender[1..33], Y = sender[33..] },
            }
        );
        var body = MessageEncryption.Encrypt(
            Encoding.UTF8.GetBytes(Watermelon),
            browser,
            auth,
            key,
            Base64Url.DecodeFromChars("DGv6ra1nlYgDCS1FRnbzlw"),
            padding: 0
        );
        Assert.Equal(Body, Base64Url.EncodeToString(body));
    }

    [Fact]
    public async Task A_client_that_others_wrote_reads_messages_of_every_length_and_padding()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        string[] texts = ["", "a", Watermelon, new string('ə', 1_500), new string('x', MessageEncryption.MaxBytes)];
        var reader = new PushReader("");
        var bodies = texts
            .SelectMany(text =>
                new[] { 1, 256, 1_024 }.Select(padding =>
                    MessageEncryption.Encrypt(Encoding.UTF8.GetBytes(text), reader.Key, reader.Auth, padding)
                )
            )
            .ToArray();
        Assert.All(bodies, body => Assert.InRange(body.Length, 103, 4_096));
        Assert.Equal(texts.SelectMany(text => Enumerable.Repeat(text, 3)), await reader.ReadAsync(bodies));
    }

    [Fact]
    public void Padding_hides_the_length_and_each_message_differs()
    {
        var bodies = Enumerable
            .Range(1, 200)
            .Select(length => MessageEncryption.Encrypt(new byte[length], browser, auth, padding: 256))
            .ToArray();
        Assert.Single(bodies.Select(body => body.Length).Distinct());
        Assert.Equal(200, bodies.Select(body => Base64Url.EncodeToString(body.AsSpan(0, 86))).Distinct().Count());
    }

    [Fact]
    public void A_key_that_is_no_point_of_the_curve_is_none()
    {
        Assert.NotNull(MessageEncryption.PublicKey(browser));
        Assert.Null(MessageEncryption.PublicKey([.. browser[..64], (byte)(browser[64] ^ 1)]));
        Assert.Null(MessageEncryption.PublicKey([2, .. browser[1..33]]));
        Assert.Null(MessageEncryption.PublicKey(new byte[65]));
        Assert.Null(MessageEncryption.PublicKey([4, .. new byte[64]]));
        Assert.Null(MessageEncryption.PublicKey([]));
    }
}
