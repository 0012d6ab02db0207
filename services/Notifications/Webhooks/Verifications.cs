using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marten;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>
/// Asks endpoints whether they want to be told, so that nobody can have somebody else's server called: what is sent contains a challenge,
/// and an endpoint that wants it gives it back. A row of <c>webhook_verification</c> is a question that is still to be answered; replicas
/// take turns at them.
/// </summary>
public sealed class Verifications(
    WebhookSender sender,
    Outbox outbox,
    SubscriptionStore subscriptions,
    Owners owners,
    CallBudget budget,
    NpgsqlDataSource database,
    WebhookOptions options,
    OutboundOptions outbound,
    DeliveryOptions deliveries,
    TimeProvider clock,
    ILogger<Verifications> log
) : BackgroundService
{
    const string Table = "webhook_verification";

    /// <summary>PostgreSQL's channel that says that there is another one.</summary>
    const string Asked = "webhook_verification";

    /// <summary>Bytes of an answer; a challenge in JSON has a hundred.</summary>
    const int AnswerBytes = 4_096;

    /// <summary>Who is being asked already is not asked sooner, or more often, by asking for it again.</summary>
    const string Begin = $"insert into {Table} (subscription, domain) values ($1, $2) on conflict (subscription) do nothing";

    /// <summary>
    /// Until the question is answered nobody else asks it; an instance that dies leaves it to the others. One domain after the other has
    /// its turn, and one that has as many questions under way as it may have is passed over.
    /// </summary>
    const string Claim = $"""
        with turns as materialized (select v.subscription, v.due_at, row_number() over (partition by v.domain order by v.due_at, v.subscription) + coalesce(now.running, 0) as turn
            from {Table} v left join unnest($3::text[], $4::integer[]) now(domain, running) on now.domain = v.domain where v.due_at <= now()),
        picked as (select subscription from turns where turn <= $5 order by turn, due_at limit $1),
        due as materialized (select v.subscription from {Table} v join picked using (subscription) where v.due_at <= now() order by v.subscription for update of v skip locked)
        update {Table} v set due_at = now() + $2, tries = tries + 1 from due where v.subscription = due.subscription returning v.subscription, v.tries, v.domain
        """;

    static readonly TimeSpan look = TimeSpan.FromSeconds(1);

    readonly IReadOnlyList<TimeSpan> schedule = Durations.Parse(options.VerifySchedule);
    readonly ConcurrencyLimiter limiter = new(options.VerifyConcurrency);
    readonly Lanes lanes = new(outbound.VerificationsPerDomain);

    sealed record Question(Guid Subscription, int Tries, string Domain);

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<Guid>("subscription").AsPrimaryKey();
        table.AddColumn("due_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        table.AddColumn<int>("tries").NotNull().DefaultValueByExpression("0");
        table.AddColumn("domain", "text").NotNull().DefaultValueByExpression("''");
        table.Indexes.Add(new IndexDefinition("webhook_verification_due") { Columns = ["due_at"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>The endpoint of a subscription that is pending is asked from now on, until it answers or its time is over.</summary>
    public async Task BeginAsync(Guid subscription, string host, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Rows.InBatch(Begin, subscription, Domains.Of(host, outbound)));
        batch.BatchCommands.Add(new($"notify {Asked}"));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Asks once. A pending subscription becomes active by the right answer, and is told from that moment on.</summary>
    public async Task<(Subscription? Subscription, AttemptView Attempt)> AskAsync(Subscription subscription, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (id, challenge) = (
            $"verify_{Guid.CreateVersion7(now):N}",
            System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))
        );
        var (attempt, answer) = await sender.SendAsync(
            (WebhookTarget)subscription.Target,
            id,
            WebhookMessage.Challenge(challenge, now),
            [],
            ct,
            AnswerBytes
        );
        if (attempt.Outcome == Outcome.Delivered && !Echoes(answer.Span, challenge))
        {
            attempt = attempt with
            {
                Outcome = Outcome.Failed,
                Fault = "the answer does not contain the challenge: it must be {\"challenge\": …}, or the challenge as plain text",
            };
        }
        else if (attempt.Outcome == Outcome.Gone)
        {
            attempt = attempt with { Outcome = Outcome.Failed };
        }
        var view = await outbox.NoteAsync(subscription.Id, AttemptLog.Verification, id, attempt, ct);
        var after =
            attempt.Outcome == Outcome.Delivered
                ? await subscriptions.ChangeAsync(
                    subscription.Id,
                    it =>
                        it is { State: SubscriptionState.Pending, Target: WebhookTarget target }
                            ? it with
                            {
                                State = SubscriptionState.Active,
                                Target = target with { VerifyBy = null },
                            }
                            : it,
                    ct
                )
                : await subscriptions.FindAsync(subscription.Id, ct);
        if (subscription.State == SubscriptionState.Pending && after?.State == SubscriptionState.Active)
        {
            log.LogInformation("{Subscription} is active: its endpoint confirmed", subscription.Id);
        }
        return (after, view);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await PostgresListener.ListenAsync(database, Asked, LookAsync, log, stoppingToken);
        // Those under way end by themselves.
        await limiter.CloseAsync();
    }

    Task LookAsync(CancellationToken ct) =>
        limiter.FillAsync(options.VerifyConcurrency, room => ClaimAsync(room, ct), question => AskAsync(question, ct), lanes, look, ct);

    async Task<IReadOnlyList<Question>> ClaimAsync(int room, CancellationToken ct)
    {
        var (domains, running) = lanes.Now();
        await using var claim = database.Command(Claim, room, TimeSpan.FromSeconds(deliveries.LeaseSeconds), domains, running, lanes.Most);
        var claimed = await claim.ListAsync(row => new Question(row.GetGuid(0), row.GetInt32(1), row.GetString(2)), ct);
        claimed.ForEach(question => lanes.Enter(question.Domain));
        return claimed;
    }

    async Task AskAsync(Question question, CancellationToken ct)
    {
        try
        {
            await TryAsync(question.Subscription, question.Tries, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked again by whoever is there when its time has come.
        }
        catch (Exception fault)
        {
            log.LogWarning("The question to {Subscription} broke off; it is asked again: {Fault}", question.Subscription, fault.Message);
        }
        finally
        {
            lanes.Leave(question.Domain);
        }
    }

    async Task TryAsync(Guid id, int tries, CancellationToken ct)
    {
        var subscription = await subscriptions.FindAsync(id, ct);
        string? fault = null;
        if (
            subscription is { State: SubscriptionState.Pending, Target: WebhookTarget { VerifyBy: { } by } target } pending
            && by > clock.GetUtcNow()
        )
        {
            if (!(await owners.MayAsync(pending, ct)).Subscribe)
            {
                // Nobody is asked for somebody who may have nothing any more; a look at owners ends it.
                return;
            }
            // The first question was paid for by whoever asked for it.
            if (tries > 1 && !budget.TryTake(target.Host, out var later))
            {
                await SetAsync(
                    "update webhook_verification set due_at = now() + $2, tries = tries - 1 where subscription = $1",
                    ct,
                    id,
                    later
                );
                return;
            }
            (subscription, var attempt) = await AskAsync(pending, ct);
            fault = attempt.Fault;
        }
        if (subscription is not { State: SubscriptionState.Pending, Target: WebhookTarget { VerifyBy: { } end } })
        {
            await SetAsync("delete from webhook_verification where subscription = $1", ct, id);
            return;
        }
        if (end > clock.GetUtcNow())
        {
            var wait = schedule[Math.Min(tries, schedule.Count) - 1];
            var left = end - clock.GetUtcNow();
            await SetAsync(
                "update webhook_verification set due_at = now() + $2 where subscription = $1",
                ct,
                id,
                wait < left ? wait : left
            );
            return;
        }
        await subscriptions.ChangeAsync(
            id,
            it =>
                it is { State: SubscriptionState.Pending, Target: WebhookTarget { VerifyBy: { } until } } && until <= clock.GetUtcNow()
                    ? it with
                    {
                        State = SubscriptionState.Disabled,
                        DisabledBecause = Expired(until),
                    }
                    : it,
            ct
        );
        await SetAsync("delete from webhook_verification where subscription = $1", ct, id);
        log.LogWarning("{Subscription} is disabled: its endpoint did not confirm in time. {Fault}", id, fault);
    }

    static string Expired(DateTimeOffset by) =>
        $"the verification expired: the endpoint did not give the challenge back until {by:yyyy-MM-dd'T'HH:mm:ss'Z'}";

    async Task SetAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The challenge as plain text, or as the member of that name.</summary>
    static bool Echoes(ReadOnlySpan<byte> answer, string challenge)
    {
        if (Encoding.UTF8.GetString(answer).Trim() == challenge)
        {
            return true;
        }
        try
        {
            var reader = new Utf8JsonReader(answer);
            return JsonElement.TryParseValue(ref reader, out var json)
                && json is { ValueKind: JsonValueKind.Object } given
                && given.TryGetProperty("challenge", out var echoed)
                && echoed.ValueKind == JsonValueKind.String
                && echoed.ValueEquals(challenge);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
