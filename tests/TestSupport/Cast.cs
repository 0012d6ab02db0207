using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace NewsPlatform.TestSupport;

/// <summary>Somebody who asks the platform for something.</summary>
/// <param name="Name">The role, and of a key for some categories only, those.</param>
/// <param name="Secret">Null for somebody without a key.</param>
public sealed record Player(string Name, string? Secret, Guid? Key = null)
{
    public static readonly Player Anonymous = new("anonymous", null);
}

/// <summary>Somebody of each role, with a key of the platform.</summary>
public sealed class Cast
{
    static readonly (string Name, string Role, string[]? Categories, bool? Trade)[] roles =
    [
        ("subscriber", "subscriber", null, null),
        ("trade", "subscriber", null, true),
        ("reporter", "reporter", null, null),
        ("reporter of sport", "reporter", ["sport"], null),
        ("editor", "editor", null, null),
        ("editor of sport", "editor", ["sport"], null),
    ];

    readonly Dictionary<string, Player> players;

    Cast(IEnumerable<Player> players) => this.players = players.ToDictionary(p => p.Name);

    public IReadOnlyCollection<Player> Players => players.Values;

    public Player this[string name] => players[name];

    /// <summary>Returns when every service that verifies keys knows all of them.</summary>
    public static async Task<Cast> MakeAsync(Stack stack)
    {
        List<Player> players = [Player.Anonymous, new("admin", Stack.AdminKey)];
        foreach (var (name, role, categories, trade) in roles)
        {
            using var answer = await stack.Editor.PostAsJsonAsync(
                "api/keys",
                new
                {
                    name = name.Replace(' ', '-'),
                    role,
                    categories,
                    trade,
                }
            );
            var key = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
            players.Add(
                new(name, (string?)key["secret"] ?? throw new HttpRequestException($"{(int)answer.StatusCode} {key}"), Stack.Id(key))
            );
        }
        foreach (var player in players.Where(p => p.Key is not null))
        {
            using var client = stack.Bearer(player.Secret!);
            await Eventually.True(
                async () =>
                {
                    using var answer = await client.GetAsync(new Uri("api/subscriptions", UriKind.Relative));
                    return answer.StatusCode == HttpStatusCode.OK;
                },
                $"Notifications knows the key of {player.Name}"
            );
        }
        return new(players);
    }
}
