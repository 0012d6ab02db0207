using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Base64 as other people's libraries write it.</summary>
public sealed class Base64TextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("-_8=", "FBFF")]
    [InlineData("+/8", "FBFF")]
    [InlineData("-_8", "FBFF")]
    [InlineData("/w==", "FF")]
    [InlineData("_w", "FF")]
    [InlineData("AAEC", "000102")]
    public void Either_alphabet_is_read_with_padding_or_without(string text, string bytes) =>
        Assert.Equal(bytes, Convert.ToHexString(Base64Text.Read(text, 3)!));

    [Theory]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("+_8=")]
    [InlineData("AA=")]
    [InlineData("AAA==")]
    [InlineData("A===")]
    [InlineData("====")]
    [InlineData("AA%%")]
    [InlineData("AA A")]
    [InlineData("AAA\n")]
    [InlineData("A=AA")]
    [InlineData("AAECAw")]
    [InlineData("\u0430AAA")]
    public void What_is_none_is_not_read(string text) => Assert.Null(Base64Text.Read(text, 3));
}
