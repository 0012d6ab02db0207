using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class IsoDurationTests
{
    [Theory]
    [InlineData("PT24H", 24 * 60)]
    [InlineData("P1D", 24 * 60)]
    [InlineData("P1W", 7 * 24 * 60)]
    [InlineData("P1,5W", 10.5 * 24 * 60)]
    [InlineData("PT1.5H", 90)]
    [InlineData("PT90.5M", 90.5)]
    [InlineData("PT0.1S", 0.1 / 60)]
    [InlineData("P1Y2M3W4DT5H6M7.5S", (365 + 60 + 21 + 4) * 1440 + 306 + 7.5 / 60)]
    public void A_duration_is_read_in_every_unit_with_a_fraction_of_the_smallest(string text, double minutes) =>
        Assert.Equal(Math.Round(minutes * 60, 6), IsoDuration.Of(text)!.Value.TotalSeconds, 6);

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("P1H")]
    [InlineData("PT1D")]
    [InlineData("P1.5DT1H")]
    [InlineData("P1D1W")]
    [InlineData("-P1D")]
    [InlineData("P-1D")]
    [InlineData("p1d")]
    [InlineData("P1.D")]
    [InlineData("PT1e3S")]
    [InlineData("PT1H ")]
    [InlineData("P999999999Y")]
    [InlineData("PT9223372036854775807S")]
    public void What_is_none_is_not_guessed(string text) => Assert.Null(IsoDuration.Of(text));
}
