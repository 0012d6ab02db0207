using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>What the databases of all services hold: of each table how many rows, and a sum over what is in them.</summary>
public sealed record Stored(IReadOnlyDictionary<string, string> Tables)
{
    static readonly string[] services = ["Publishing", "Feed", "Notifications"];

    /// <summary>
    /// What changes without anybody's asking: clocks, positions, when keys were used last, counts of reads, and what is being tried again.
    /// </summary>
    static readonly string[] byItself =
    [
        "key_use",
        "mt_event_progression",
        "mt_high_water_skips",
        "dry_run",
        "dry_run_clock",
        "story_reads",
        "story_ranking",
        "delivery_attempt",
        "mt_hilo",
        "fan_out",
    ];

    /// <summary>Rows that go, or are tried again, by themselves; there must not be more of them.</summary>
    static readonly string[] going =
    [
        "errand",
        "outbox",
        "notice",
        "webhook_verification",
        "websub",
        "email_request",
        "email_mailed",
        "email_digest",
    ];

    public static async Task<Stored> OfAsync(Stack stack)
    {
        var tables = new Dictionary<string, string>();
        foreach (var service in services)
        {
            var names = await stack.QueryAsync(service, "select tablename from pg_tables where schemaname = 'public' order by 1");
            foreach (var name in names.Where(n => !byItself.Contains(n)))
            {
                var sum = going.Contains(name) ? "" : "|| ' rows, sum ' || coalesce(sum(hashtext(t::text)::bigint), 0)";
                tables[$"{service}.{name}"] = (await stack.QueryAsync(service, $"select count(*) {sum} from {name} t"))[0]!;
            }
        }
        return new(tables);
    }

    /// <summary>What there is now that there was not.</summary>
    public IEnumerable<string> Since(Stored before) =>
        Tables
            .Where(t =>
                going.Contains(t.Key.Split('.')[1])
                    ? long.Parse(t.Value, null) > long.Parse(before.Tables[t.Key], null)
                    : t.Value != before.Tables.GetValueOrDefault(t.Key)
            )
            .Select(t => $"{t.Key}: {before.Tables.GetValueOrDefault(t.Key)} → {t.Value}");
}
