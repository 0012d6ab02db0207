using System.Security.Claims;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Keys;
using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class KeyDecisionTests
{
    static readonly DateTimeOffset noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly Guid id = Guid.CreateVersion7();
    static readonly KeyMade made = new("wire", Roles.Reporter, ["sport"], "first", noon.AddDays(30), noon);

    static KeyChanged Given(params object[] events) => Key.Fold(id, [made, .. events])!;

    [Fact]
    public void A_key_that_was_made_opens_with_its_secret_and_with_no_other()
    {
        Assert.Null(KeyRing.Fault(Given(), "first", noon));
        Assert.NotNull(KeyRing.Fault(Given(), "second", noon));
    }

    [Fact]
    public void A_key_opens_nothing_from_the_moment_on_at_which_it_expires()
    {
        Assert.Null(KeyRing.Fault(Given(), "first", noon.AddDays(30).AddTicks(-1)));
        Assert.Equal("the key has expired", KeyRing.Fault(Given(), "first", noon.AddDays(30)));
        Assert.Equal(("active", "expired"), (Key.State(Given(), noon), Key.State(Given(), noon.AddDays(30))));
    }

    [Fact]
    public void A_revoked_key_opens_nothing_with_any_of_its_secrets()
    {
        var key = Given(RotateKey.Decide(Given(), "second", TimeSpan.FromHours(1), noon), RevokeKey.Decide(Given(), noon)!);
        Assert.Equal(("revoked", 3L), (Key.State(key, noon), key.Version));
        Assert.All(["first", "second"], hash => Assert.Equal("the key is unknown or revoked", KeyRing.Fault(key, hash, noon)));
    }

    [Fact]
    public void Revoking_twice_is_revoking_once() => Assert.Null(RevokeKey.Decide(Given(new KeyRevoked(noon)), noon));

    [Fact]
    public void A_rotated_key_opens_with_both_secrets_until_the_overlap_ends_and_then_with_the_new_one()
    {
        var key = Given(RotateKey.Decide(Given(), "second", TimeSpan.FromHours(1), noon));
        Assert.All(["first", "second"], hash => Assert.Null(KeyRing.Fault(key, hash, noon.AddMinutes(59))));
        Assert.Equal("the key was given a new secret", KeyRing.Fault(key, "first", noon.AddHours(1)));
        Assert.Null(KeyRing.Fault(key, "second", noon.AddHours(1)));
    }

    [Fact]
    public void A_second_rotation_never_prolongs_an_older_secret_and_forgets_those_that_have_ended()
    {
        var once = Given(RotateKey.Decide(Given(), "second", TimeSpan.FromHours(1), noon));
        var twice = Key.Apply(id, once, RotateKey.Decide(once, "third", TimeSpan.FromDays(1), noon.AddMinutes(30)));
        Assert.Equal([new("first", noon.AddHours(1)), new("second", noon.AddDays(1).AddMinutes(30)), new("third")], twice.Secrets);
        var later = Key.Apply(id, twice, RotateKey.Decide(twice, "fourth", TimeSpan.Zero, noon.AddHours(2)));
        Assert.Equal([new("fourth")], later.Secrets);
    }

    [Fact]
    public void A_key_that_opens_nothing_any_more_is_not_rotated()
    {
        Assert.Equal(
            409,
            Assert.Throws<ProblemException>(() => RotateKey.Decide(Given(new KeyRevoked(noon)), "second", TimeSpan.Zero, noon)).Status
        );
        Assert.Equal(
            "expired",
            Assert.Throws<ProblemException>(() => RotateKey.Decide(Given(), "second", TimeSpan.Zero, noon.AddDays(31))).Members["state"]
        );
    }

    [Fact]
    public void Five_secrets_are_good_at_once_and_no_more_unless_the_others_end()
    {
        var key = Given();
        for (var i = 1; i < RotateKey.MaxSecrets; i++)
        {
            key = Key.Apply(id, key, RotateKey.Decide(key, $"secret {i}", TimeSpan.FromHours(1), noon));
        }
        Assert.Equal(
            "too-many-secrets",
            Assert.Throws<ProblemException>(() => RotateKey.Decide(key, "more", TimeSpan.FromHours(1), noon)).Code
        );
        Assert.Equal([new("more")], Key.Apply(id, key, RotateKey.Decide(key, "more", TimeSpan.Zero, noon)).Secrets);
    }

    [Fact]
    public void A_secret_is_long_and_new_each_time_and_does_not_show_in_text()
    {
        var (one, other) = (Secret.Random(), Secret.Random());
        Assert.NotEqual(one, other);
        Assert.Matches("^np_[A-Za-z0-9_-]{43}$", one.Text);
        Assert.DoesNotContain(one.Text, $"{one}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("roles", "roles", "editor")]
    [InlineData("realm_access.roles", "realm_access", "{\"roles\":[\"offline_access\",\"editor\"]}")]
    [InlineData("realm_access.role", "realm_access", "{\"role\":\"editor\"}")]
    [InlineData("https://example.org/roles", "https://example.org/roles", "editor")]
    public void The_role_claim_is_a_name_or_a_path_into_an_object(string claim, string name, string value) =>
        Assert.Equal([Roles.Editor], Jwt.RolesOf(new(new ClaimsIdentity([new(name, value)])), claim));

    [Theory]
    [InlineData("realm_access", "not JSON")]
    [InlineData("realm_access", "{\"roles\":[1,null,{}]}")]
    [InlineData("realm_access", "[\"editor\"]")]
    [InlineData("realm_access", "{\"roles\":[\"owner\"]}")]
    [InlineData("other", "editor")]
    public void What_is_no_role_of_the_platform_gives_none(string name, string value) =>
        Assert.Empty(Jwt.RolesOf(new(new ClaimsIdentity([new(name, value)])), "realm_access.roles"));
}
