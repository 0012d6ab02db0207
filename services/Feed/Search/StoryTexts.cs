using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Search;

/// <summary>
/// What a usable story is searched by, a row each: its words, of which those of the headline weigh most (A), then those of the keywords
/// (B), of the summary (C) and of the body (D), and what lines are filtered by, as words that no text has; the text of which excerpts are
/// made, escaped; and the headline as it may be typed. They follow from the stored story, and change in its transaction.
/// </summary>
public static class StoryTexts
{
    public const string Table = "story_text";

    /// <summary>Words that stand for a filter have a space, which words of a text have not.</summary>
    public static string Language(string language) => $"language {language}";

    public static string Category(string category) => $"category {category}";

    public static string Tag(string tag) => $"tag {tag}";

    // A word of an index has 2 kB at most, and a story with a longer tag shall be found by all the rest.
    public const int MaxTagBytes = 1_000;

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<Guid>("id").AsPrimaryKey();
        table.AddColumn<string>("language").NotNull();
        table.AddColumn<DateTimeOffset>("at").NotNull();
        table.AddColumn("typed", "text").NotNull();
        table.AddColumn("text", "text").NotNull();
        table.AddColumn("words", "tsvector").NotNull();
        table.AddColumn<int>("form").NotNull().DefaultValueByExpression("0");
        table.Indexes.Add(new IndexDefinition("story_text_words") { Columns = ["words"], Method = IndexMethod.gin });
        table.Indexes.Add(new IndexDefinition("story_text_at") { Columns = ["at", "id"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>How words are made of a text; raised whenever that changes. Rows of an earlier form are made anew.</summary>
    const int Form = 1;

    const string Given = """
        unnest(#::uuid[], #::bigint[], #::text[], #::text[], #::text[], #::text[], #::text[], #::text[], #::text[])
            given (id, version, configuration, title, shown, headline, keywords, summary, body)
        """;

    /// <summary>
    /// Whatever version was handed over, only the stored one counts, and it stays that until this is committed. A word is there as its stem
    /// without accents, and as the stem of what somebody writes who has no accents, which a stemmer may cut elsewhere.
    /// </summary>
    static readonly string insert = $"""
        insert into {Table} (id, language, at, typed, text, words, form)
        select d.id, d.language, d.published_at, {SearchTerms.Typed("given.title")}, given.shown,
            ({SearchLanguage.Plain($"({Weighted(text => text)})::text")}
                || case given.configuration when '{SearchLanguage.WordByWord}' then ''
                    else ' ' || ({Weighted(SearchLanguage.Plain)})::text end)::tsvector
            || array_to_tsvector(array['{Language("")}' || d.language, '{Category("")}' || d.category]
                || array(select '{Tag(
            ""
        )}' || tag from {StoryTags.Table} where id = d.id and {StoryTags.OfLines} and octet_length(tag) < {MaxTagBytes})),
            {Form}
        from {Given}
            join (
                select id, mt_version, language, category, published_at from mt_doc_story
                where id = any(#) and status = 'Usable' order by id for share) d
            on d.id = given.id and d.mt_version = given.version
        on conflict do nothing
        """;

    static string Weighted(Func<string, string> written) =>
        string.Join(
            " || ",
            new[] { ("headline", 'A'), ("keywords", 'B'), ("summary", 'C'), ("body", 'D') }.Select(part =>
                $"setweight(to_tsvector(given.configuration::regconfig, {written($"given.{part.Item1}")}), '{part.Item2}')"
            )
        );

    /// <summary>
    /// In small letters of the language, those that are joined apart and behind them as one, so that PostgreSQL takes none of them for an
    /// address or a file.
    /// </summary>
    static string Words(string text, string language, int most = PlainText.MostOfOther)
    {
        var folded = PlainText.Cut(Folding.Of(PlainText.Cut(text, most), language), most);
        var wholes = string.Join(' ', Folding.Joined(folded).Select(word => word.Whole).Distinct());
        return $"{Folding.Apart(folded)}\n{PlainText.Cut(wholes, PlainText.MostOfOther)}";
    }

    static string Shown(Story story, string body)
    {
        string[] parts =
        [
            PlainText.Escaped(Folding.Visible(story.Item.Summary)),
            PlainText.Escaped(Folding.Visible(body), PlainText.MostOfBody),
        ];
        return string.Join('\n', parts.Where(part => part.Length > 0));
    }

    /// <summary>To be stored after the stories and their tags, in their transaction.</summary>
    public static void Follow(IDocumentSession session, IReadOnlyCollection<Story> stories)
    {
        session.QueueSqlCommand(
            '#',
            $"""
            delete from {Table} where id in (
                select d.id from mt_doc_story d
                join unnest(#::uuid[], #::bigint[]) given (id, version) on d.id = given.id and d.mt_version = given.version)
            """,
            stories.Select(s => s.Id).ToArray(),
            stories.Select(s => s.Item.Version).ToArray()
        );
        Add(session, [.. stories.Where(s => s.Status == PubStatus.Usable)]);
    }

    static void Add(IDocumentSession session, Story[] stories)
    {
        if (stories.Length > 0)
        {
            Guid[] ids = [.. stories.Select(s => s.Id)];
            var bodies = stories.ToDictionary(s => s.Id, s => PlainText.Of(s.Body));
            session.QueueSqlCommand(
                '#',
                insert,
                ids,
                Of(s => s.Item.Version),
                Of(s => SearchLanguage.Configuration(s.Language)),
                Of(s => PlainText.Cut(s.Item.Headline, PlainText.MostOfOther)),
                Of(s => Shown(s, bodies[s.Id])),
                Of(s => Words(s.Item.Headline, s.Language)),
                Of(s => Words(string.Join('\n', s.Keywords), s.Language)),
                Of(s => Words(s.Item.Summary, s.Language)),
                Of(s => Words(bodies[s.Id], s.Language, PlainText.MostOfBody)),
                ids
            );
            SearchTerms.Follow(session, ids);
        }

        T[] Of<T>(Func<Story, T> part) => [.. stories.Select(part)];
    }

    /// <summary>
    /// Makes those that are missing or of an earlier form, where an earlier release stored the stories, while news comes in and readers
    /// read. Whoever is stopped goes on where it was.
    /// </summary>
    public sealed class Fill(IDocumentStore store, NpgsqlDataSource database, ILogger<Fill> log) : BackgroundService
    {
        const int Batch = 200;
        const int LoggedBatches = 50;
        static readonly TimeSpan pause = TimeSpan.FromSeconds(10);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var (last, made) = (Guid.Empty, 0);
            for (var batch = 1; ; batch++)
            {
                Guid[] missing = [];
                try
                {
                    missing = await MissingAsync(last, stoppingToken);
                    if (missing.Length == 0)
                    {
                        break;
                    }
                    await using var session = store.LightweightSession();
                    session.QueueSqlCommand('#', $"delete from {Table} where id = any(#) and form < {Form}", missing);
                    Add(session, [.. await session.LoadManyAsync<Story>(stoppingToken, missing)]);
                    await session.SaveChangesAsync(stoppingToken);
                    made += missing.Length;
                }
                catch (Exception fault) when (TransientFault.IsTransient(fault) && !stoppingToken.IsCancellationRequested)
                {
                    await Task.Delay(pause, stoppingToken);
                    continue;
                }
                catch (Exception fault) when (missing.Length > 0 && !stoppingToken.IsCancellationRequested)
                {
                    log.LogError(
                        fault,
                        "{Stories} stories from {First} on could not be made ready for search; the next start tries again",
                        missing.Length,
                        missing[0]
                    );
                }
                last = missing[^1];
                if (batch % LoggedBatches == 1)
                {
                    log.LogInformation("Stories of an earlier release are being made ready for search; {Made} are", made);
                }
            }
            if (made > 0)
            {
                log.LogInformation("The stories of an earlier release can be searched, {Made} of them", made);
            }
        }

        async Task<Guid[]> MissingAsync(Guid after, CancellationToken ct)
        {
            await using var command = database.CreateCommand(
                $"""
                select array(select d.id from mt_doc_story d left join {Table} t on t.id = d.id
                    where d.id > $1 and d.status = 'Usable' and (t.id is null or t.form < {Form}) order by d.id limit {Batch})
                """
            );
            command.Parameters.Add(new() { Value = after });
            command.CommandTimeout = 0;
            return (Guid[])(await command.ExecuteScalarAsync(ct))!;
        }
    }
}
