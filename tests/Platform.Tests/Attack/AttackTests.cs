using System.Globalization;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Attack;

/// <summary>
/// Under everything at once that anybody on the Internet can do, readers read and editors publish as if there was nothing.
/// </summary>
public sealed class AttackTests(Servers servers, ITestOutputHelper output)
{
    const int Stories = 10;
    const int ReadyMegabytes = 32;

    /// <summary>
    /// Bytes of managed memory beyond which the runtime ends a service: its caches by its options, and what it does beside.
    /// </summary>
    static readonly Dictionary<string, long> budgets = new()
    {
        ["Publishing"] = 384L << 20,
        ["Feed"] = (256L + ReadyMegabytes) << 20,
        ["Notifications"] = 320L << 20,
        ["Gateway"] = 256L << 20,
    };

    [Theory]
    [InlineData(false)]
    // Whoever has a key is told from strangers who share his address.
    [InlineData(true)]
    public async Task Readers_read_and_editors_publish_under_all_attacks_at_once(bool editorSharesTheirAddress)
    {
        var answered = new TaskCompletionSource();
        await using var slow = await Site.StartAsync(_ => answered.Task);
        await using var stack = await Stack.StartAsync(servers, Settings());
        var cast = await Cast.MakeAsync(stack);
        var server = stack.Reader.BaseAddress!;
        using var reader = Elsewhere.Client(RawClient.Client(1), server);
        using var editor = Elsewhere.Client(
            editorSharesTheirAddress ? Attackers.From(1) : RawClient.Client(2),
            server,
            cast["editor"].Secret
        );
        using var listener = Elsewhere.Client(RawClient.Client(3), server);
        await using var stream = await Subscriber.JoinAsync(listener, "?topic=keyword:honest");

        var attackers = new Attackers(server, cast, new Uri(server, "en/rss.xml").ToString());
        var people = new HonestPeople(reader, editor);
        var attack = attackers.AllAsync(slow.Origin);
        await Task.WhenAll(attack, people.ReadAsync(attack), people.PublishAsync(attack, Stories));
        output.WriteLine(
            $"{people.Read} lines read, {people.Published.Count} stories published; the attackers were answered {attackers.Said}"
        );

        Assert.Equal([], people.Faults);
        var told = await stream.UntilAsync(received => received.Count >= people.Published.Count, "all stories");
        Assert.Equal(people.Published, told.Select(bulletin => bulletin.Headline));
        await WithinBudgetsAsync(stack);

        attackers.Leave();
        answered.SetResult();
        await Eventually.True(
            async () => await stack.MetricAsync("Notifications", "news_stream_subscribers") is 1,
            "only the listener is left"
        );
        await Eventually.True(
            async () => await stack.QueryAsync("Publishing", "select count(*) from mt_doc_answer") is ["0"],
            "nothing is kept of requests without a key"
        );
        await WithinBudgetsAsync(stack);
    }

    async Task WithinBudgetsAsync(Stack stack)
    {
        foreach (var (service, budget) in budgets)
        {
            var committed = await stack.MetricAsync(service, "dotnet_gc_last_collection_memory_committed_size_bytes");
            output.WriteLine($"{service}: {committed / (1 << 20):F0} of {budget >> 20} MiB");
            Assert.InRange(committed, 1, budget);
        }
    }

    static Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>
        {
            ["Outbound__Allow"] = "127.0.0.0/8",
            ["Ready__MaxMegabytes"] = $"{ReadyMegabytes}",
        };
        settings["DOTNET_GCHeapHardLimit"] = Hexadecimal(budgets["Publishing"]);
        settings[$"{Stack.OfGateway}DOTNET_GCHeapHardLimit"] = Hexadecimal(budgets["Gateway"]);
        return settings;
    }

    static string Hexadecimal(long bytes) => bytes.ToString("x", CultureInfo.InvariantCulture);
}
