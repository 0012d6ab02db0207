using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What belongs to a key belongs to that key and not to its name.</summary>
public sealed class OwnershipTests(WebhookService service) : IClassFixture<WebhookService>
{
    Stack Stack => service.Stack;
    Receiver Receiver => service.Receiver;

    static KeyChanged Key(string secret, string name, DateTimeOffset madeAt, bool trade = false) =>
        new()
        {
            KeyId = Guid.CreateVersion7(),
            Version = 1,
            Name = name,
            Role = Roles.Subscriber,
            Trade = trade,
            MadeAt = madeAt,
            ChangedAt = madeAt,
            Secrets = [new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))))],
        };

    static async Task<WebhookOwner> OpenAsync(Stack stack, KeyChanged key, string secret)
    {
        await stack.SendAsync(key);
        var owner = new WebhookOwner(stack.Bearer(secret));
        await Eventually.True(
            async () => (await owner.Client.GetAsync(new Uri("api/subscriptions", UriKind.Relative))).StatusCode == HttpStatusCode.OK,
            "the key opens"
        );
        return owner;
    }

    static Task<IReadOnlyList<string?>> LeftAsync(Stack stack, Guid id) =>
        stack.QueryAsync(
            "Notifications",
            $"""
            select count(*) from notice where subscription = '{id}'
            union all select count(*) from outbox where subscription = '{id}'
            union all select count(*) from subscription_wants where subscription = '{id}'
            """
        );

    [Fact]
    public async Task A_key_that_is_given_a_revoked_one_s_name_inherits_nothing_and_what_is_under_embargo_goes_to_its_own_webhooks_alone()
    {
        var now = DateTimeOffset.UtcNow;
        var first = Key("of the first desk", "desk", now, trade: true);
        var before = await OpenAsync(Stack, first, "of the first desk");
        var (old, _) = await before.SubscribeAsync(Receiver.Url("old-desk"), ["keyword:desk"], trade: true);
        using var admin = new WebhookOwner(Stack.Bearer(Stack.AdminKey));

        await Stack.SendAsync(first with { Version = 2, Revoked = true });
        // At once: nothing had to be told for it to be found out.
        Assert.Equal(OwnerWatch.Revoked, (string)(await admin.StateAsync(old, "disabled"))["disabledBecause"]!);
        Assert.Equal(["0", "0", "0"], await LeftAsync(Stack, old));

        var after = await OpenAsync(Stack, Key("of the second desk", "desk", DateTimeOffset.UtcNow, trade: true), "of the second desk");
        Assert.Empty((await after.Client.GetFromJsonAsync<JsonNode>("api/subscriptions"))!["items"]!.AsArray());
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await after.Client.GetAsync(new Uri($"api/subscriptions/{old}", UriKind.Relative))).StatusCode
        );
        Assert.Equal(404, (await after.ActAsync(old, "enable")).Status);
        var (status, refused) = await admin.ActAsync(old, "enable");
        Assert.Equal((409, "delete"), (status, (string)refused["allowed"]![0]!));

        await after.SubscribeAsync(Receiver.Url("new-desk"), ["keyword:desk"], trade: true);
        await Stack.SendTradeAsync(
            new ArticleEmbargoed(Broker.Article("Embargoed", keywords: ["desk"]), DateTimeOffset.UtcNow.AddHours(1))
        );
        await Receiver.UntilAsync("new-desk", "Embargoed");
        await Stack.SendAsync(Broker.Article("For everybody", keywords: ["desk"]));
        await Receiver.UntilAsync("new-desk", "For everybody");
        Assert.Empty(Receiver.At("old-desk"));
    }

    [Fact]
    public async Task A_delivery_under_way_when_its_key_is_revoked_is_the_last_and_what_waits_is_dropped()
    {
        var release = new TaskCompletionSource();
        Receiver.Answer("under-way", (_, _) => release.Task);
        var (owner, key) = await WebhookOwner.MakeAsync(Stack, trade: true);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("under-way"), ["keyword:under-way"], trade: true);
        await Stack.SendTradeAsync([
            .. Enumerable
                .Range(0, 5)
                .Select(i => new ArticleEmbargoed(
                    Broker.Article($"Secret {i}", keywords: ["under-way"]),
                    DateTimeOffset.UtcNow.AddHours(1)
                )),
        ]);
        await Receiver.UntilAsync("under-way", c => c.Count == 1, "the first");
        await Stack.SendAsync(key with { Version = 2, Revoked = true });
        using var admin = new WebhookOwner(Stack.Bearer(Stack.AdminKey));
        await admin.StateAsync(id, "disabled");
        Assert.Equal(["0", "0", "0"], await LeftAsync(Stack, id));
        release.SetResult();
        var (other, _) = await WebhookOwner.MakeAsync(Stack, trade: true);
        await other.SubscribeAsync(Receiver.Url("after-it"), ["keyword:under-way"], trade: true);
        await Stack.SendTradeAsync(
            new ArticleEmbargoed(Broker.Article("Later", keywords: ["under-way"]), DateTimeOffset.UtcNow.AddHours(1))
        );
        await Receiver.UntilAsync("after-it", "Later");
        Assert.Single(Receiver.At("under-way"));
    }

    [Fact]
    public async Task An_endpoint_of_a_revoked_key_is_not_asked_any_more_whether_it_wants_to_be_told()
    {
        Receiver.Answer("asked?verify", 500);
        var (owner, key) = await WebhookOwner.MakeAsync(Stack);
        var id = Stack.Id(await owner.MakeAsync(Receiver.Url("asked")));
        await Eventually.True(() => Task.FromResult(Receiver.All("asked").Count > 1), "it is asked");
        await Stack.SendAsync(key with { Version = 2, Revoked = true });
        using var admin = new WebhookOwner(Stack.Bearer(Stack.AdminKey));
        await admin.StateAsync(id, "disabled");
        await Eventually.Get(
            () => Stack.QueryAsync("Notifications", $"select count(*) from errand where kind = 'webhookVerification' and id = '{id}'"),
            c => c[0] == "0",
            "nobody is asked"
        );
    }

    [Fact]
    public async Task A_key_that_expires_ends_its_webhooks_without_a_message_or_a_bulletin()
    {
        var key = Key("short-lived owner", "short-lived", DateTimeOffset.UtcNow) with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(4) };
        var owner = await OpenAsync(Stack, key, "short-lived owner");
        var id = Stack.Id(await owner.MakeAsync(Receiver.Url("short-lived")));
        using var admin = new WebhookOwner(Stack.Bearer(Stack.AdminKey));
        Assert.Equal(OwnerWatch.Expired, (string)(await admin.StateAsync(id, "disabled"))["disabledBecause"]!);
    }

    [Fact]
    public async Task A_person_whose_name_reads_like_a_key_s_has_nothing_of_the_key_s()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string>([.. WebhookService.Settings, .. issuer.Settings]),
            "Notifications"
        );
        var (owner, key) = await WebhookOwner.MakeAsync(own);
        var id = Stack.Id(await owner.MakeAsync(Receiver.Url("of-the-key")));
        using var first = new WebhookOwner(own.Bearer(Stack.AdminKey));
        var firsts = Stack.Id(await first.MakeAsync(Receiver.Url("of-the-first-key")));
        foreach (var name in new[] { Caller.IdOfKey(key.KeyId), $"key:{key.Name}", "key:admin", $"token:{Caller.IdOfKey(key.KeyId)}" })
        {
            using var person = new WebhookOwner(own.Bearer(issuer.Token(sub: name)));
            Assert.Empty((await person.Client.GetFromJsonAsync<JsonNode>("api/subscriptions"))!["items"]!.AsArray());
            Assert.Equal(
                HttpStatusCode.NotFound,
                (await person.Client.GetAsync(new Uri($"api/subscriptions/{id}", UriKind.Relative))).StatusCode
            );
            Assert.Equal(
                HttpStatusCode.NotFound,
                (await person.Client.GetAsync(new Uri($"api/subscriptions/{firsts}", UriKind.Relative))).StatusCode
            );
            var made = Stack.Id(await person.MakeAsync(Receiver.Url("of-a-person")));
            Assert.Equal(
                $"token:{name}",
                (await own.QueryAsync("Notifications", $"select data ->> 'ownerId' from mt_doc_subscription where id = '{made}'"))[0]
            );
        }
    }

    [Fact]
    public async Task What_an_earlier_release_stored_by_name_belongs_to_the_key_that_had_the_name_then_on_any_number_of_instances()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string>([.. WebhookService.Settings, .. issuer.Settings]),
            "Notifications"
        );
        var now = DateTimeOffset.UtcNow;
        var (stays, goes, late) = (
            Key("stays", "stays", now, trade: true),
            Key("goes", "goes", now, trade: true),
            Key("late", "late", now, trade: true)
        );
        var subscriptions = new Dictionary<string, Guid>();
        foreach (
            var (name, owner) in new[]
            {
                ("stays", await OpenAsync(own, stays, "stays")),
                ("goes", await OpenAsync(own, goes, "goes")),
                ("late", await OpenAsync(own, late, "late")),
                ("admin", new(own.Bearer(Stack.AdminKey))),
                ("anna", new(own.Bearer(issuer.Token(sub: "anna")))),
            }
        )
        {
            subscriptions[name] = (
                await owner.SubscribeAsync(
                    Receiver.Url($"release-{name}"),
                    ["keyword:release"],
                    trade: name is "admin" or "anna" ? null : true
                )
            ).Id;
        }

        // As the release before left it: owners by name, one name given to another key since, and one key that this service has not heard
        // of yet.
        await own["Notifications"].StopAsync();
        await own.ExecuteAsync(
            "Notifications",
            $"update mt_doc_subscription set data = data - 'ownerId'; delete from mt_doc_key where id in ('{goes.KeyId}', '{late.KeyId}')"
        );
        await own.SendAsync(Key("goes anew", "goes", DateTimeOffset.UtcNow, trade: true));
        own["Notifications"].Start();
        await own["Notifications"].ReadyAsync();
        await using var replica = await own.StartReplicaAsync("Notifications");

        async Task<string?> OwnerAsync(string name) =>
            (
                await own.QueryAsync(
                    "Notifications",
                    $"select data ->> 'ownerId' from mt_doc_subscription where id = '{subscriptions[name]}'"
                )
            )[0];
        foreach (
            var (name, id) in new[]
            {
                ("stays", Caller.IdOfKey(stays.KeyId)),
                ("admin", "key:admin"),
                ("anna", "token:anna"),
                ("goes", "former:key:goes"),
            }
        )
        {
            await Eventually.Get(() => OwnerAsync(name), found => found == id, $"{name} is {id}");
        }
        Assert.Null(await OwnerAsync("late"));
        using var admin = new WebhookOwner(own.Bearer(Stack.AdminKey));
        Assert.Contains(
            "that there is no more",
            (string)(await admin.StateAsync(subscriptions["goes"], "disabled"))["disabledBecause"]!,
            StringComparison.Ordinal
        );
        using var anew = new WebhookOwner(own.Bearer("goes anew"));
        Assert.Empty((await anew.Client.GetFromJsonAsync<JsonNode>("api/subscriptions"))!["items"]!.AsArray());

        await own.SendTradeAsync(
            new ArticleEmbargoed(Broker.Article("Embargoed", keywords: ["release"]), DateTimeOffset.UtcNow.AddHours(1))
        );
        await Receiver.UntilAsync("release-stays", "Embargoed");
        Assert.Empty(Receiver.At("release-late"));
        // Heard of at last, it has what was its own, and what waited for it.
        await own.SendAsync(late);
        await Eventually.Get(() => OwnerAsync("late"), found => found == Caller.IdOfKey(late.KeyId), "the late key's own");
        await Receiver.UntilAsync("release-late", "Embargoed");
        await own.SendAsync(Broker.Article("For everybody", keywords: ["release"]));
        foreach (var name in new[] { "stays", "late", "admin", "anna" })
        {
            await Receiver.UntilAsync($"release-{name}", "For everybody");
        }
        Assert.Empty(Receiver.At("release-goes"));
        Assert.Single(own["Notifications"].Output.Concat(replica.Output), line =>
            line.Contains("id now; 1 are disabled", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("key:admin", "", "key:admin", SubscriptionState.Active)]
    [InlineData("anna", "", "token:anna", SubscriptionState.Active)]
    [InlineData("token:key:desk", "", "token:key:desk", SubscriptionState.Active)]
    [InlineData("key:desk", "1", "1", SubscriptionState.Active)]
    [InlineData("key:desk", "1 revoked", "1", SubscriptionState.Disabled)]
    [InlineData("key:desk", "1 revoked,9", "1", SubscriptionState.Disabled)]
    [InlineData("key:desk", "1 revoked,3,9", "3", SubscriptionState.Active)]
    [InlineData("key:desk", "9", "former:key:desk", SubscriptionState.Disabled)]
    [InlineData("key:desk", "", null, SubscriptionState.Active)]
    public void Whose_something_is_is_told_by_who_had_the_name_when_it_was_made(
        string owner,
        string keys,
        string? id,
        SubscriptionState state
    )
    {
        var made = keys.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(key =>
                Key("x", "desk", At(int.Parse(key.Split(' ')[0], null))) with
                {
                    Revoked = key.EndsWith("revoked", StringComparison.Ordinal),
                }
            )
            .ToArray();
        var stored = new Subscription
        {
            Id = Guid.CreateVersion7(),
            Kind = "webhook",
            Owner = owner,
            Topics = [],
            State = SubscriptionState.Active,
            MadeAt = At(5),
            Target = new Webhooks.WebhookTarget { Url = new("https://example.org/"), Secrets = [] },
        };
        var decided = OwnerWatch.Decide(stored, made, waitedLongEnough: false);
        Assert.Equal(
            (
                id is not null && made.FirstOrDefault(key => key.MadeAt == At(int.TryParse(id, out var day) ? day : 0)) is { } key
                    ? Caller.IdOfKey(key.KeyId)
                    : id,
                state
            ),
            (decided.OwnerId, decided.State)
        );
        Assert.Same(decided, OwnerWatch.Decide(decided, made, waitedLongEnough: false));

        static DateTimeOffset At(int day) => new(2026, 1, day + 1, 0, 0, 0, TimeSpan.Zero);
    }
}
