using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

[Collection(StoppedServers.Name)]
public sealed class KeyTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    Stack Stack => platform.Stack;

    [Fact]
    public async Task A_key_that_is_made_through_the_gateway_is_known_by_notifications_and_stops_there_when_it_is_revoked()
    {
        using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = "reader", role = "subscriber" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await OpeningAsync(1);
        using var revoked = await Stack.Editor.DeleteAsync(made.Headers.Location);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await OpeningAsync(0);
    }

    [Fact]
    public async Task A_key_that_is_made_while_the_broker_is_away_opens_at_once_and_is_known_by_notifications_afterwards()
    {
        await Stack.Servers.StopRabbitAsync();
        string id;
        try
        {
            using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = "wire", role = "reporter" });
            var key = (await made.Content.ReadFromJsonAsync<JsonNode>())!;
            id = key["id"]!.ToString();
            using var wire = Stack.Bearer((string)key["secret"]!);
            using var look = await wire.GetAsync(new Uri($"api/articles/{Guid.Empty}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, look.StatusCode);
        }
        finally
        {
            await Stack.Servers.StartRabbitAsync();
        }
        await OpeningAsync(1);
        using var revoked = await Stack.Editor.DeleteAsync(new Uri($"api/keys/{id}", UriKind.Relative));
        await OpeningAsync(0);
    }

    [Fact]
    public async Task A_service_that_lost_its_keys_has_them_again_when_publishing_starts()
    {
        using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = "lost", role = "subscriber" });
        await OpeningAsync(1);
        await Stack.ExecuteAsync("Notifications", "delete from mt_doc_key");
        await OpeningAsync(0);
        await using (await Stack.StartReplicaAsync("Publishing"))
        {
            await OpeningAsync(1);
        }
        using var revoked = await Stack.Editor.DeleteAsync(made.Headers.Location);
        await OpeningAsync(0);
    }

    [Fact]
    public async Task The_script_makes_lists_rotates_and_revokes_keys_and_says_what_is_refused()
    {
        var end = $"{DateTime.UtcNow.AddYears(1):yyyy-MM-dd}T00:00";
        var (made, secret, _) = await ScriptAsync("make", "--categories", "sport,world", "--expires", $"{end}:00Z", "by-script", "editor");
        using var before = Stack.Bearer(secret);
        Assert.Equal((0, HttpStatusCode.Forbidden), (made, await DraftAsync(before, "politics")));
        Assert.Equal(HttpStatusCode.Created, await DraftAsync(before, "world"));

        var (listed, list, _) = await ScriptAsync("list");
        var line = list.Split('\n').Single(l => l.Contains(" by-script ", StringComparison.Ordinal));
        Assert.Equal(0, listed);
        Assert.Matches($"editor +active +{end}Z .* sport,world$", line);
        var id = line.Split(' ')[0];

        var (rotated, next, told) = await ScriptAsync("rotate", "--overlap", "0", id);
        using var after = Stack.Bearer(next);
        Assert.Equal(
            (0, HttpStatusCode.Unauthorized, HttpStatusCode.Created),
            (rotated, await DraftAsync(before, "sport"), await DraftAsync(after, "sport"))
        );
        Assert.DoesNotContain(next, told, StringComparison.Ordinal);

        Assert.Equal(0, (await ScriptAsync("revoke", id)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, await DraftAsync(after, "sport"));

        var (refused, nothing, why) = await ScriptAsync("make", "quoted \"name\"", "editor");
        Assert.Equal((1, ""), (refused, nothing));
        Assert.Contains("refused with 422: The request breaks a rule: name: must be of", why, StringComparison.Ordinal);
        Assert.Equal(2, (await ScriptAsync("revoke", "not-an-id")).Code);
        Assert.Equal(1, (await ScriptAsync("revoke", $"{Guid.NewGuid()}")).Code);
    }

    static async Task<HttpStatusCode> DraftAsync(HttpClient client, string category)
    {
        using var answer = await client.PostAsJsonAsync("api/articles", Stack.Copy("By script", category));
        return answer.StatusCode;
    }

    async Task<(int Code, string Output, string Told)> ScriptAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "keys.sh"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["PORT"], start.Environment["ADMIN_KEY"]) = ($"{Stack.Reader.BaseAddress!.Port}", Stack.AdminKey);
        using var script = Process.Start(start)!;
        var told = script.StandardError.ReadToEndAsync();
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return (script.ExitCode, output.Trim(), await told);
    }

    async Task OpeningAsync(int keys)
    {
        using var client = new HttpClient();
        await Eventually.Get(
            async () =>
            {
                using var answer = await client.GetAsync(new Uri(Stack["Notifications"].Management, "health/ready"));
                return (int)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["keys"]!["data"]!["opening"]!;
            },
            opening => opening == keys,
            $"{keys} keys open in Notifications"
        );
    }
}
