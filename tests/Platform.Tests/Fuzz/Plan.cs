using System.Security.Cryptography;
using System.Text;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>One request of the fuzz, which is always the same for the same seed but for the ids in it.</summary>
/// <param name="About">The id in the address: what is asked of the same thing at the same moment may be refused for that reason
/// alone.</param>
public sealed record Attempt(Operation Operation, Player Player, string Mutation, string About, Func<RawRequest> Make)
{
    /// <summary>Made when it is wanted, since some are long.</summary>
    public RawRequest Request => Make();

    public override string ToString() => $"{Operation.Name} | {Player.Name} | {Mutation}";
}

/// <summary>
/// Chooses by a seed what is asked: every operation as it should be by everybody, then each in as many odd ways as there is room for.
/// </summary>
public sealed class Plan(World world, Cast cast)
{
    static readonly int seed = int.Parse(Environment.GetEnvironmentVariable("FUZZ_SEED") ?? "1", null);

    /// <summary>Requests of each service.</summary>
    static readonly int requests = int.Parse(Environment.GetEnvironmentVariable("FUZZ_REQUESTS") ?? "4000", null);

    /// <summary>Of an operation's name: only these then. Of a mutation's: only these, and all of them.</summary>
    static readonly string? only = Environment.GetEnvironmentVariable("FUZZ_ONLY");
    static readonly string? odd = Environment.GetEnvironmentVariable("FUZZ_MUTATION");

    public static string Said => $"FUZZ_SEED={seed} FUZZ_REQUESTS={requests}";

    public IEnumerable<Attempt> Attempts(IEnumerable<Operation> operations)
    {
        var variants = operations
            .SelectMany(world.Variants)
            .Where(o => only is null || o.Name.Contains(only, StringComparison.Ordinal))
            .ToArray();
        foreach (var operation in variants)
        {
            var random = new Random(Seed(operation.Name));
            var share = odd is null ? requests / variants.Length : int.MaxValue;
            foreach (var attempt in Right(operation, random).Concat(Odd(operation, random)).Take(share))
            {
                yield return attempt;
            }
        }
    }

    IEnumerable<Attempt> Right(Operation operation, Random random) =>
        cast.Players.Where(_ => odd is null).Select(player => Make(operation, player, "as it should be", random, draft => draft));

    IEnumerable<Attempt> Odd(Operation operation, Random random)
    {
        Mutation[][] kinds =
        [
            [.. operation.Parameters.SelectMany(Addresses.Of)],
            [.. operation.Bodies.Values.SelectMany(body => Members.Of(operation, body)), .. Forms.Of(operation), .. Imports.Of(operation)],
            [.. HeaderFields.All],
            [.. Addresses.Of(operation)],
            [.. Bodies.Of(operation)],
        ];
        foreach (var kind in kinds)
        {
            random.Shuffle(kind);
        }
        if (odd is not null)
        {
            kinds =
            [
                [.. kinds.SelectMany(kind => kind).Where(m => m.Name.Contains(odd, StringComparison.Ordinal))],
            ];
        }
        // A kind that has many does not crowd out the others.
        for (var round = 0; round < kinds.Max(kind => kind.Length); round++)
        {
            foreach (var kind in kinds.Where(kind => round < kind.Length))
            {
                var player = Somebody(operation, random);
                yield return Make(operation, player, kind[round].Name, random, kind[round].Apply);
            }
        }
        // Where there is room left, two at once.
        while (odd is null)
        {
            var (first, second) = (kinds[random.Next(kinds.Length)], kinds[random.Next(kinds.Length)]);
            if (first.Length > 0 && second.Length > 0 && first != second)
            {
                var (one, other, player) = (
                    first[random.Next(first.Length)],
                    second[random.Next(second.Length)],
                    Somebody(operation, random)
                );
                yield return Make(operation, player, $"{one.Name} + {other.Name}", random, draft => other.Apply(one.Apply(draft)));
            }
        }
    }

    Attempt Make(Operation operation, Player player, string mutation, Random random, Func<Draft, Draft> change)
    {
        var draft = world.Right(operation, player, random);
        return new(operation, player, mutation, draft.Path.GetValueOrDefault("id", operation.Path), () => change(draft).Request());
    }

    /// <summary>Mostly somebody who may, since others do not come far.</summary>
    Player Somebody(Operation operation, Random random) =>
        random.Next(4) > 0
            ? operation.Path == "/api/embargoed"
                ? cast["trade"]
                : cast["admin"]
            : cast.Players.ElementAt(random.Next(cast.Players.Count));

    static int Seed(string name) => BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {name}")));
}
