using System.Text.RegularExpressions;
using NewsPlatform.Platform.Tests.Fuzz;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Authorization;

/// <summary><c>docs/authorization.md</c>, held against the platform cell by cell, through the gateway.</summary>
public sealed class AuthorizationTests(AuthorizationTests.Asking asking) : IClassFixture<AuthorizationTests.Asking>
{
    public sealed class Asking(Servers servers) : IAsyncLifetime
    {
        public Stack Stack { get; private set; } = null!;
        public Cast Cast { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Stack = await Stack.StartAsync(
                servers,
                new Dictionary<string, string>
                {
                    ["Outbound__Allow"] = "127.0.0.0/8",
                    // The players are one client, which is asked for much more than one would be.
                    ["Outbound__CallsPerClientPerMinute"] = "10000",
                    ["Outbound__CallsPerOwnerPerMinute"] = "10000",
                    ["Outbound__CallsPerDomainPerMinute"] = "10000",
                    ["WebPush__MaxPerClientPerMinute"] = "10000",
                }
            );
            Cast = await Cast.MakeAsync(Stack);
        }

        public ValueTask DisposeAsync() => Stack?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    readonly Asked asked = new(asking.Stack);

    [Fact]
    public async Task Every_operation_has_one_row_and_every_row_is_of_an_operation()
    {
        var rows = AuthorizationTable.Read().Select(row => row.Route).ToArray();
        var operations = (await Operation.DescribedAsync(asking.Stack.Reader)).Select(o => o.Name).ToArray();
        Assert.NotEmpty(rows);
        Assert.Equal(operations.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_route_stands_in_news_http()
    {
        var requests = File.ReadLines(Path.Combine(Repository.Root, "deploy", "news.http"))
            .Where(line => line.Contains(" {{news}}/", StringComparison.Ordinal))
            .Select(line => line.Split('?')[0].Replace("{{news}}", "", StringComparison.Ordinal))
            .ToArray();
        var missing = AuthorizationTable
            .Read()
            .Select(row => row.Route)
            .Where(route => !requests.Any(request => Regex.IsMatch(request, $"^{Regex.Replace(route, @"\{[a-z]+\}", "[^/]+")}$")));
        Assert.Equal([], missing);
    }

    [Fact]
    public async Task Every_cell_of_the_table_is_so()
    {
        var wrong = new List<string>();
        foreach (var row in AuthorizationTable.Read())
        {
            foreach (var column in AuthorizationTable.Columns)
            {
                if (await FaultAsync(row, column, asking.Cast[column], row.Cells[column]) is { } fault)
                {
                    wrong.Add($"{row.Route} | {column} | {row.Cells[column]}: {fault}");
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task The_secret_of_a_subscription_opens_that_one_and_no_other()
    {
        var rows = AuthorizationTable.Read();
        var make = rows.Single(row => row.Route == "POST /api/subscriptions");
        var (one, other) = (await asked.SendAsync(make, Player.Anonymous), await asked.SendAsync(make, Player.Anonymous));
        var holder = new Player("holder of a secret", (string?)one.Body?["secret"]);
        Assert.NotNull(holder.Secret);
        foreach (var row in rows.Where(row => row.Path == "/api/subscriptions/{id}").OrderByDescending(row => row.Method))
        {
            var (own, others) = (
                await asked.SendAsync(row, holder, Stack.Id(one.Body!)),
                await asked.SendAsync(row, holder, Stack.Id(other.Body!))
            );
            Assert.Equal((row.Route, true, 404), (row.Route, own.Status is 200 or 204, others.Status));
        }
    }

    async Task<string?> FaultAsync(AuthorizationRow row, string column, Player player, string cell)
    {
        switch (cell)
        {
            case "401" or "403":
                // Nobody owns a subscription without a key; somebody else's is refused in the same way.
                var refused = await asked.SendAsync(row, player, await TargetAsync(row, asking.Cast["admin"]));
                return $"{refused.Status}" == cell && (string?)refused.Body?["type"] == Type(cell) ? null : $"{refused}";
            case "own" when row.Path == "/api/subscriptions":
                var other = await asked.SubscriptionAsync(Other(column), "webhook");
                var own = await asked.SubscriptionAsync(player, "webhook");
                var list = await asked.SendAsync(row, player);
                return
                    list.Status == 200
                    && list.Text.Contains($"{own}", StringComparison.Ordinal)
                    && !list.Text.Contains($"{other}", StringComparison.Ordinal)
                    ? null
                    : $"{list}";
            case "own":
                var others = await asked.SendAsync(row, player, await TargetAsync(row, Other(column)));
                var his = await asked.SendAsync(row, player, await TargetAsync(row, player));
                return others.Status != 404 ? $"somebody else's: {others}"
                    : Refuses(row, his) ? $"its own: {his}"
                    : null;
            default:
                var let = await asked.SendAsync(
                    row,
                    player,
                    await TargetAsync(row, column == "admin" ? asking.Cast["subscriber"] : player)
                );
                return Refuses(row, let) ? $"{let}" : null;
        }
    }

    /// <summary>Refused for who asks, or hidden from it.</summary>
    static bool Refuses(AuthorizationRow row, Told told) =>
        told.Status is 401 or 403 or 405 or >= 500
        || told.Status == 404
            && row.Path.Contains("{id}", StringComparison.Ordinal)
            // A subscription that goes by its own secret is no webhook, and a webhook is not changed by PUT.
            && row.Route != "PUT /api/subscriptions/{id}";

    Player Other(string column) => asking.Cast[column == "reporter" ? "editor" : "reporter"];

    async Task<Guid?> TargetAsync(AuthorizationRow row, Player owner)
    {
        if (!row.Path.Contains("{id}", StringComparison.Ordinal))
        {
            return null;
        }
        return row.Path.Split('/')[2] switch
        {
            "keys" => await asked.KeyAsync(),
            "subscriptions" => await asked.SubscriptionAsync(owner.Secret is null ? asking.Cast["admin"] : owner, "webhook"),
            "news" => await PublicAsync(),
            _ => Stack.Id(await asking.Stack.DraftAsync(Stack.Copy("To be asked for", "sport"))),
        };
    }

    async Task<Guid> PublicAsync()
    {
        var id = await asking.Stack.PublishAsync(Stack.Copy("To be read", "sport", keywords: [$"k{Guid.NewGuid():N}"]));
        await Eventually.True(
            async () =>
            {
                using var answer = await asking.Stack.Reader.GetAsync(new Uri($"api/news/{id}", UriKind.Relative));
                return answer.IsSuccessStatusCode;
            },
            "readers have it"
        );
        return id;
    }

    static string Type(string status) =>
        status == "401" ? "urn:newsplatform:problem:unauthenticated" : "urn:newsplatform:problem:forbidden";
}
