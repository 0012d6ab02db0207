using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What is stored of who asked for mails, and for whom, means nothing without a key, and the keys change.</summary>
public sealed class EmailHashTests(Servers servers)
{
    Task<Stack> StartAsync(params (string Name, string Value)[] more) =>
        Stack.StartAsync(
            servers,
            new Dictionary<string, string>([
                KeyValuePair.Create("Email__Host", "127.0.0.1"),
                new("Email__Port", $"{Servers.FreePort()}"),
                new("Email__Security", "None"),
                new("Email__From", "Test News <news@example.org>"),
                new("Email__RetrySchedule", "1h"),
                .. more.Select(m => KeyValuePair.Create(m.Name, m.Value)),
            ]),
            "Notifications"
        );

    static async Task<(HttpStatusCode Status, JsonNode Json)> AskAsync(Stack stack, string address, string client = "203.0.113.9")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/subscriptions")
        {
            Content = JsonContent.Create(
                new
                {
                    kind = "email",
                    address,
                    frequency = "breaking",
                    language = "en",
                }
            ),
        };
        request.Headers.Add("X-Forwarded-For", client);
        using var answer = await stack.Reader.SendAsync(request);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    static async Task ConfirmAsync(Stack stack, JsonNode made)
    {
        var token = (
            await stack.QueryAsync(
                "Notifications",
                $"select data -> 'target' ->> 'token' from mt_doc_subscription where id = '{made["id"]}'"
            )
        )[0];
        using var answer = await stack.Reader.PostAsync(
            new Uri($"api/subscriptions/confirm?token={Stack.Id(made):N}.{token}", UriKind.Relative),
            null
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    static string Plain(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static string Plain(string text) => Plain(Encoding.UTF8.GetBytes(text));

    [Fact]
    public async Task Who_asked_is_hashed_by_a_key_that_is_gone_a_day_later_and_the_limit_holds_while_it_changes()
    {
        await using var stack = await StartAsync(("Email__MaxPerAddressPerHour", "3"));
        const string Address = "reader@example.net";
        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.Accepted),
            ((await AskAsync(stack, Address)).Status, (await AskAsync(stack, Address)).Status)
        );
        var stored = await stack.QueryAsync("Notifications", "select hash from email_request");
        Assert.Equal(6, stored.Count);
        foreach (
            var guess in new[]
            {
                Plain([203, 0, 113, 9]),
                $"client {Plain([203, 0, 113, 9])}",
                Plain("203.0.113.9"),
                $"address {Plain(Address)}",
                Plain(Address),
                Plain($"address {Address}"),
                Plain("client 203.0.113.9"),
            }
        )
        {
            Assert.DoesNotContain(guess, stored);
        }
        var before = (await stack.QueryAsync("Notifications", "select id from email_hash_key where kind = 'requests'"))[0];
        await stack.ExecuteAsync("Notifications", "update email_hash_key set made_at = made_at - interval '25 hours'");
        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests),
            ((await AskAsync(stack, Address)).Status, (await AskAsync(stack, Address)).Status)
        );
        Assert.Equal(2, (await stack.QueryAsync("Notifications", "select id from email_hash_key where kind = 'requests'")).Count);

        await stack.ExecuteAsync(
            "Notifications",
            "update email_hash_key set made_at = made_at - interval '2 hours'; update email_request set at = at - interval '2 hours'"
        );
        await stack["Notifications"].KillAsync();
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        var left = await Eventually.Get(
            () => stack.QueryAsync("Notifications", "select id from email_hash_key where kind = 'requests'"),
            keys => keys.Count == 1,
            "the old key is gone"
        );
        Assert.NotEqual(before, left[0]);
        await Eventually.Get(
            () => stack.QueryAsync("Notifications", "select hash from email_request"),
            rows => rows.Count == 0,
            "what was counted is forgotten, although nobody asks"
        );
    }

    [Fact]
    public async Task A_subscriber_s_address_is_hashed_by_a_key_and_anew_by_the_next_also_what_an_earlier_release_hashed_without_one()
    {
        await using var stack = await StartAsync();
        foreach (var address in new[] { "one@example.net", "two@example.net" })
        {
            await ConfirmAsync(stack, (await AskAsync(stack, address)).Json);
        }
        async Task<IReadOnlyList<string?>> HashesAsync() =>
            await stack.QueryAsync("Notifications", "select hash || ' ' || key from email_address order by 1");
        var first = await HashesAsync();
        Assert.DoesNotContain(first, hash =>
            hash!.StartsWith(Plain("one@example.net"), StringComparison.Ordinal) || hash.EndsWith(" 0", StringComparison.Ordinal)
        );

        // One as the release before left it, and a key that is old.
        await stack.ExecuteAsync(
            "Notifications",
            $"""
            update email_address a set hash = '{Plain(
                "one@example.net"
            )}', key = 0 from mt_doc_subscription s where s.id = a.subscription and s.data -> 'target' ->> 'address' = 'one@example.net';
            update email_hash_key set made_at = made_at - interval '91 days'
            """
        );
        // Found by whichever hash it has: the one of before is replaced, and there are not two.
        var again = (await AskAsync(stack, "One@example.net")).Json;
        await ConfirmAsync(stack, again);
        Assert.Equal(
            "1",
            (
                await stack.QueryAsync(
                    "Notifications",
                    """
                    select count(*) from mt_doc_subscription
                    where lower(data -> 'target' ->> 'address') = 'one@example.net' and lower(data ->> 'state') = 'active'
                    """
                )
            )[0]
        );
        await stack["Notifications"].KillAsync();
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        var anew = await Eventually.Get(
            HashesAsync,
            hashes =>
                hashes.Count == 2 && hashes.Select(hash => hash!.Split(' ')[1]).Distinct().Count() == 1 && !hashes.Intersect(first).Any(),
            "all are hashed anew"
        );
        Assert.DoesNotContain(anew, hash => hash!.EndsWith(" 0", StringComparison.Ordinal));
        await stack.ExecuteAsync("Notifications", "update email_hash_key set made_at = made_at - interval '2 hours'");
        await stack["Notifications"].KillAsync();
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        await Eventually.Get(
            () => stack.QueryAsync("Notifications", "select id from email_hash_key where kind = 'subscribers'"),
            keys => keys.Count == 1,
            "the old key is gone"
        );
    }

    [Fact]
    public async Task Addresses_of_one_domain_are_mailed_no_more_often_than_its_limit_says_whoever_asks()
    {
        await using var stack = await StartAsync(("Email__MaxPerDomainPerHour", "3"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await AskAsync(stack, $"{i}@mail.example.net", $"203.0.113.{i}")).Status);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(stack, "3@example.net", "203.0.113.3")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await AskAsync(stack, "3@example.com", "203.0.113.3")).Status);
    }
}
