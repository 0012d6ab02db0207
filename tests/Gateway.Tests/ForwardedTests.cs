using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>What RFC 7239 lets a proxy say, and what it does not.</summary>
public sealed class ForwardedTests
{
    [Theory]
    [InlineData("for=192.0.2.43", "192.0.2.43:0")]
    [InlineData("For=\"192.0.2.43:47011\"", "192.0.2.43:47011")]
    [InlineData("for=192.0.2.43:47011", "192.0.2.43:47011")]
    [InlineData("For=\"[2001:db8:cafe::17]:4711\"", "[2001:db8:cafe::17]:4711")]
    [InlineData("for=\"[2001:db8:cafe::17]\"", "[2001:db8:cafe::17]:0")]
    [InlineData("for=[2001:db8::1]", "[2001:db8::1]:0")]
    [InlineData("for=\"2001:db8::1\"", "[2001:db8::1]:0")]
    [InlineData("for=\"192.0.2.\\43\"", "192.0.2.43:0")]
    [InlineData("for=\"192.0.2.43:_gazonk\"", "192.0.2.43:0")]
    [InlineData("by=203.0.113.43 ; for=192.0.2.60;;proto=http", "192.0.2.60:0")]
    [InlineData("for=unknown", null)]
    [InlineData("for=_gazonk", null)]
    [InlineData("for=\"_SEVKISEK:80\"", null)]
    [InlineData("for=\"192.0.2.43:99999\"", null)]
    [InlineData("for=\"192.0.2.43:+80\"", null)]
    [InlineData("for=192.0.2", null)]
    [InlineData("for=3221226027", null)]
    [InlineData("for=0xC0000201", null)]
    [InlineData("for=\"[192.0.2.1]\"", null)]
    [InlineData("for=\"[2001:db8::1%25eth0]\"", null)]
    [InlineData("for=\"[2001:db8::1\"", null)]
    [InlineData("proto=https", null)]
    public void An_element_names_a_client_or_it_does_not(string field, string? client) =>
        Assert.Equal(client, Assert.Single(Forwarded.Parse(field)!).Client()?.ToString());

    [Theory]
    [InlineData("for=192.0.2.43, for=198.51.100.17;proto=https;host=news.example.org", "192.0.2.43||;198.51.100.17|https|news.example.org")]
    [InlineData("for=a,for=b;proto=\"a,b;c=\\\"d\\\"\", , ;", "a||;b|a,b;c=\"d\"|")]
    [InlineData("", "")]
    public void Elements_stand_in_the_order_of_the_proxies(string field, string elements) =>
        Assert.Equal(elements, string.Join(';', Forwarded.Parse(field)!.Select(e => $"{e.For}|{e.Proto}|{e.Host}")));

    [Theory]
    [InlineData("for=\"192.0.2.1")]
    [InlineData("for=\"192.0.2.1\\")]
    [InlineData("for=")]
    [InlineData("for")]
    [InlineData("=192.0.2.1")]
    [InlineData("for =192.0.2.1")]
    [InlineData("for=192.0.2.1 proto=http")]
    [InlineData("for=192.0.2.1;FOR=192.0.2.2")]
    [InlineData("for=192.0.2.1/24")]
    [InlineData("for=\"192.0.2.1\"x")]
    public void What_does_not_follow_the_grammar_says_nothing(string field) => Assert.Null(Forwarded.Parse(field));

    [Fact]
    public void What_is_too_long_says_nothing()
    {
        Assert.NotNull(Forwarded.Parse($"for=_{new string('x', Forwarded.MaxLength - 5)}"));
        Assert.Null(Forwarded.Parse($"for=_{new string('x', Forwarded.MaxLength - 4)}"));
    }
}
