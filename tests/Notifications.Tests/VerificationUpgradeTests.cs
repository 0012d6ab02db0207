using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What an earlier release was about to ask endpoints is asked by this one.</summary>
public sealed class VerificationUpgradeTests(Servers servers)
{
    [Fact]
    public async Task An_endpoint_that_an_earlier_release_had_still_to_ask_is_asked()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string> { ["Outbound__Allow"] = "127.0.0.0/8", ["Webhooks__VerifySchedule"] = "1h" },
            "Notifications"
        );
        receiver.Answer("waits?verify", 500);
        var (owner, _) = await WebhookOwner.MakeAsync(stack);
        var id = Stack.Id(await owner.MakeAsync(receiver.Url("waits")));
        await receiver.UntilAsync("waits", _ => receiver.All("waits").Count == 1, "the first question");

        await stack["Notifications"].StopAsync();
        await stack.ExecuteAsync(
            "Notifications",
            $"""
            delete from errand where kind = 'webhookVerification';
            insert into webhook_verification (subscription, due_at, tries, domain)
                values ('{id}', now() - interval '1 minute', 1, '127.0.0.0/24')
            """
        );
        receiver.Answer("waits?verify", (context, called) =>
            context.Response.WriteAsJsonAsync(new JsonObject { ["challenge"] = (string)called.Json["challenge"]! })
        );
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();

        await owner.StateAsync(id, "active");
        Assert.Equal(["0"], await stack.QueryAsync("Notifications", "select count(*) from webhook_verification"));
    }
}
