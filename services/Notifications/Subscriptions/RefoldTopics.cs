using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>
/// Brings what earlier releases stored of keywords to how <see cref="Folding"/> compares them, once, before anything is spread. Several
/// instances at once do the same to the same.
/// </summary>
public sealed class RefoldTopics(SubscriptionStore subscriptions, NpgsqlDataSource database, ILogger<RefoldTopics> log) : IHostedService
{
    /// <summary>The kind of those by e-mail, as those releases stored it.</summary>
    const string Email = "email";

    /// <summary>The table's comment, when that is done.</summary>
    const string Done = "keywords in every small form that they have";

    /// <summary>Others are what they were: of plain letters without an I.</summary>
    const string Affected = $"""
        select id from mt_doc_subscription
        where data ->> 'topics' like '%keyword:%' and (data ->> 'kind' = '{Email}' or data ->> 'topics' ~ '[^ -~]|I|  ') order by id
        """;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var says = database.Command(
            $"select obj_description('{SubscriptionStore.InterestsTable}'::regclass) is not distinct from '{Done}'"
        );
        if (await says.ExecuteScalarAsync(cancellationToken) is true)
        {
            return;
        }
        await using var find = database.Command(Affected);
        var affected = await find.ListAsync(row => row.GetGuid(0), cancellationToken);
        foreach (var id in affected)
        {
            await subscriptions.ChangeAsync(id, Refolded, cancellationToken);
        }
        await using var say = database.Command($"comment on table {SubscriptionStore.InterestsTable} is '{Done}'");
        await say.ExecuteNonQueryAsync(cancellationToken);
        log.LogInformation(
            "The topics of {Subscriptions} subscriptions that an earlier release stored are read as they are now",
            affected.Count
        );
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// What its index has is made anew. Topics by e-mail were stored in small letters, so that each of their i may have been an I.
    /// </summary>
    static Subscription Refolded(Subscription stored) =>
        stored with
        {
            Topics =
                stored.Kind == Email
                    ? [.. stored.Topics.Select(topic => string.Join(',', topic.Split(',').Select(Capital)))]
                    : stored.Topics,
        };

    static string Capital(string term) =>
        term.StartsWith(Topics.KeywordPrefix, StringComparison.Ordinal)
            ? Topics.KeywordPrefix + term[Topics.KeywordPrefix.Length..].Replace('i', 'I')
            : term;
}
