namespace NewsPlatform.TestSupport;

/// <summary>
/// What a service may do on the broker, as <c>deploy/broker-permissions</c> says it to the deployments: regular expressions of names.
/// </summary>
public sealed record BrokerPermissions(string User, string Configure, string Write, string Read)
{
    public static readonly IReadOnlyList<BrokerPermissions> All =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "deploy", "broker-permissions"))
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '))
            .Select(words => new BrokerPermissions(words[0], words[1], words[2], words[3])),
    ];
}
