using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

public sealed class KeyRingTests(NotificationsService service) : IClassFixture<NotificationsService>
{
    Stack Stack => service.Stack;

    static KeyChanged Key(string secret, string role = Roles.Subscriber, long version = 1, Guid? id = null) =>
        new()
        {
            KeyId = id ?? Guid.CreateVersion7(),
            Version = version,
            Name = "reader",
            Role = role,
            Secrets = [new(KeyRing.Hash(secret))],
            MadeAt = DateTimeOffset.UtcNow,
            ChangedAt = DateTimeOffset.UtcNow,
        };

    static async Task OpensAsync(Doorkeeper door, string role, string secret) =>
        await Eventually.Get(
            () => door.KnockAsync(role, secret),
            answer => answer == (200, "key:reader"),
            $"{secret} opens the door of {role}"
        );

    static async Task StopsAsync(Doorkeeper door, string role, string secret) =>
        await Eventually.Get(
            () => door.KnockAsync(role, secret),
            answer => answer.Status == 401,
            $"{secret} opens the door of {role} no more"
        );

    [Fact]
    public async Task A_key_opens_on_every_replica_what_its_role_may_and_nothing_else()
    {
        await using var door = await Doorkeeper.StartAsync(Stack);
        await Stack.SendAsync(Key("subscriber's"), Key("editor's", Roles.Editor));
        await OpensAsync(door, Roles.Subscriber, "subscriber's");
        await OpensAsync(door, Roles.Editor, "editor's");
        await OpensAsync(door, Roles.Reporter, "editor's");
        Assert.Equal(403, (await door.KnockAsync(Roles.Editor, "subscriber's")).Status);
        Assert.Equal(403, (await door.KnockAsync(Roles.Admin, "editor's")).Status);
        await OpensAsync(door, Roles.Subscriber, "editor's");
        Assert.Equal((200, "key:admin"), await door.KnockAsync(Roles.Admin, Stack.AdminKey));
        Assert.Equal(401, (await door.KnockAsync(Roles.Subscriber, "nobody's")).Status);
    }

    [Fact]
    public async Task A_revoked_key_stops_on_every_replica()
    {
        await using var door = await Doorkeeper.StartAsync(Stack);
        var key = Key("to be revoked");
        await Stack.SendAsync(key);
        await OpensAsync(door, Roles.Subscriber, "to be revoked");
        await Stack.SendAsync(key with { Version = 2, Revoked = true });
        await StopsAsync(door, Roles.Subscriber, "to be revoked");
    }

    [Fact]
    public async Task A_message_that_comes_late_or_twice_changes_nothing()
    {
        await using var door = await Doorkeeper.StartAsync(Stack);
        var key = Key("revoked already");
        await Stack.SendAsync(key with { Version = 2, Revoked = true }, key, key with { Version = 2, Revoked = true }, Key("after it"));
        await OpensAsync(door, Roles.Subscriber, "after it");
        Assert.Equal(401, (await door.KnockAsync(Roles.Subscriber, "revoked already")).Status);
    }

    [Fact]
    public async Task A_key_s_end_and_that_of_an_old_secret_need_no_message()
    {
        await using var door = await Doorkeeper.StartAsync(Stack);
        var soon = DateTimeOffset.UtcNow.AddSeconds(3);
        await Stack.SendAsync(
            Key("short-lived") with
            {
                ExpiresAt = soon,
            },
            Key("new") with
            {
                Secrets = [new(KeyRing.Hash("old"), soon), new(KeyRing.Hash("new"))],
            }
        );
        await OpensAsync(door, Roles.Subscriber, "short-lived");
        await OpensAsync(door, Roles.Subscriber, "old");
        await StopsAsync(door, Roles.Subscriber, "short-lived");
        await StopsAsync(door, Roles.Subscriber, "old");
        await OpensAsync(door, Roles.Subscriber, "new");
    }

    [Fact]
    public async Task Keys_outlive_a_restart_and_are_looked_after_by_the_probe()
    {
        await using var own = await Stack.StartAsync(Stack.Servers, null, "Notifications");
        await own.SendAsync(Key("lasting"), Key("revoked") with { Revoked = true });
        await KnownAsync(own, known: 2, opening: 1);
        await own["Notifications"].KillAsync();
        own["Notifications"].Start();
        await own["Notifications"].ReadyAsync();
        await KnownAsync(own, known: 2, opening: 1);
    }

    static async Task KnownAsync(Stack stack, int known, int opening)
    {
        using var client = new HttpClient();
        await Eventually.Get(
            async () => JsonNode.Parse(await client.GetStringAsync(new Uri(stack["Notifications"].Management, "health/ready")))!["checks"]!,
            checks =>
                checks["consumer of notifications.keys"]!["status"]!.ToString() == "Healthy"
                && ((int)checks["keys"]!["data"]!["known"]!, (int)checks["keys"]!["data"]!["opening"]!) == (known, opening),
            $"{known} keys are known and {opening} of them open"
        );
    }
}
