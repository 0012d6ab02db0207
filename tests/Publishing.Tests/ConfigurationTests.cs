using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("Security__AdminKey", "", "Security__AdminKey")]
    [InlineData("Security__AdminKey", "short", "32 characters")]
    [InlineData("Security__Jwt__Issuer", "https://issuer.example.org", "Security__Jwt__Audience")]
    [InlineData("Security__Jwt__Issuer", "http://issuer.example.org", "no https address (set Security__Jwt__Issuer)")]
    [InlineData("Security__Jwt__Issuer", "issuer", "Security__Jwt__Issuer")]
    [InlineData("Security__Jwt__Audience", "newsroom", "Security__Jwt__Issuer")]
    [InlineData("Security__Jwt__Algorithms__0", "HS256", "Security__Jwt__Algorithms")]
    [InlineData("Security__Jwt__ClockSkewSeconds", "-1", "Security__Jwt__ClockSkewSeconds")]
    [InlineData("Database__ConnectionString", "", "Database__ConnectionString")]
    [InlineData("Database__ConnectionString", "Hots=x", "Database__ConnectionString")]
    [InlineData("Messaging__Host", "", "Messaging__Host")]
    [InlineData("Portal__TimeZone", "Mars/Olympus", "Portal__TimeZone")]
    [InlineData("Import__BatchLines", "0", "Import__BatchLines")]
    [InlineData("Import__BatchLines", "many", "Import:BatchLines")]
    public async Task Bad_configuration_stops_the_service_with_one_line_that_says_what_to_set(string setting, string value, string said)
    {
        var environment = new Dictionary<string, string>
        {
            ["Security__AdminKey"] = Stack.AdminKey,
            ["Database__ConnectionString"] = "Host=127.0.0.1;Username=x",
            ["Messaging__Host"] = "127.0.0.1",
            ["Messaging__User"] = "x",
            ["Messaging__Password"] = "x",
            [setting] = value,
        };
        await using var service = new ServiceProcess("Publishing", environment);
        service.Start();
        Assert.Equal(78, await service.ExitAsync());
        var line = await Eventually.Get(() => Task.FromResult(service.Output), output => output.Count > 0, "the reason");
        Assert.Contains(said, Assert.Single(line), StringComparison.Ordinal);
    }
}
