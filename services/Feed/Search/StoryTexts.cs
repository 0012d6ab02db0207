using System.Globalization;
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

    /// <summary>
    /// Days and weeks are told by a number, so that a search of the newest stories asks the index for those of some days only: of a common
    /// word it would otherwise get a place in every story of the archive.
    /// </summary>
    public static string Day(DateTimeOffset at) => $"{DayPrefix}{Days(at)}";

    public static string Week(DateTimeOffset at) => $"{WeekPrefix}{Days(at) / DaysOfAWeek}";

    public const int DaysOfAWeek = 7;
    const string DayPrefix = "day ";
    const string WeekPrefix = "week ";

    static int Days(DateTimeOffset at) => (at.UtcDateTime.Date - DateTime.UnixEpoch).Days;

    /// <summary>The same in SQL.</summary>
    static readonly string daysOfStory = $"""
        '{DayPrefix}' || days::text, '{WeekPrefix}' || (days / {DaysOfAWeek})::text
        """;

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
        table.Indexes.Add(new IndexDefinition("story_text_earlier") { Columns = ["id"], Predicate = Earlier });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>How words are made of a text; raised whenever that changes. Rows of an earlier form are made anew.</summary>
    const int Form = 2;

    /// <summary>
    /// The condition of SQL for rows of an earlier form, of which there are none but for a while after an upgrade; an index of its own says
    /// so at once.
    /// </summary>
    public static readonly string Earlier = $"form < {Form}";

    public static readonly string AnyEarlier = $"exists (select from {Table} where {Earlier})";

    const string Given = """
        unnest(#::uuid[], #::bigint[], #::text[], #::text[], #::text[], #::text[], #::text[], #::text[], #::text[],
                #::boolean[])
            given (id, version, configuration, title, shown, headline, keywords, summary, body, bare)
        """;

    /// <summary>
    /// Whatever version was handed over, only the stored one counts, and it stays that until this is committed. A word is there as its stem
    /// without accents, and as the stem of what somebody writes who has no accents, which a stemmer may cut elsewhere; of a text that has
    /// none, these are the same.
    /// </summary>
    static readonly string insert = $"""
        insert into {Table} (id, language, at, typed, text, words, form)
        select d.id, d.language, d.published_at, {SearchTerms.Typed("given.title")}, given.shown,
            case when given.bare then {Weighted(text => text)}
                else ({SearchLanguage.Plain($"({Weighted(text => text)})::text")}
                    || case given.configuration when '{SearchLanguage.WordByWord}' then ''
                        else ' ' || ({Weighted(SearchLanguage.Plain)})::text end)::tsvector end
            || array_to_tsvector(array['{Language("")}' || d.language, '{Category("")}' || d.category,
                    {daysOfStory}]
                || array(select '{Tag(
            ""
        )}' || tag from {StoryTags.Table} where id = d.id and {StoryTags.OfLines} and octet_length(tag) < {MaxTagBytes})),
            {Form}
        from {Given}
            join (
                select id, mt_version, language, category, published_at from mt_doc_story
                where id = any(#) and status = 'Usable' order by id for share) d
            on d.id = given.id and d.mt_version = given.version,
            lateral (select (d.published_at at time zone 'UTC')::date - '1970-01-01'::date as days) as published
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

    /// <summary>Whether no letter of it has an accent, or could have one.</summary>
    static bool IsBare(string words) => !words.Any(c => c > '\x7f' && (char.IsLetter(c) || char.IsSurrogate(c) || IsMark(c)));

    static bool IsMark(char c) =>
        char.GetUnicodeCategory(c)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

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

    /// <summary>Makes those of stored stories anew, where what is there is of an earlier form.</summary>
    public static void Renew(IDocumentSession session, Guid[] ids, IEnumerable<Story> stories)
    {
        session.QueueSqlCommand('#', $"delete from {Table} where id = any(#) and {Earlier}", ids);
        Add(session, [.. stories]);
    }

    static void Add(IDocumentSession session, Story[] stories)
    {
        if (stories.Length > 0)
        {
            Guid[] ids = [.. stories.Select(s => s.Id)];
            var bodies = stories.ToDictionary(s => s.Id, s => PlainText.Of(s.Body));
            string[][] words =
            [
                Of(s => Words(s.Item.Headline, s.Language)),
                Of(s => Words(string.Join('\n', s.Keywords), s.Language)),
                Of(s => Words(s.Item.Summary, s.Language)),
                Of(s => Words(bodies[s.Id], s.Language, PlainText.MostOfBody)),
            ];
            session.QueueSqlCommand(
                '#',
                insert,
                [
                    ids,
                    Of(s => s.Item.Version),
                    Of(s => SearchLanguage.Configuration(s.Language)),
                    Of(s => PlainText.Cut(s.Item.Headline, PlainText.MostOfOther)),
                    Of(s => Shown(s, bodies[s.Id])),
                    .. words,
                    stories.Select((_, i) => words.All(part => IsBare(part[i]))).ToArray(),
                    ids,
                ]
            );
            SearchTerms.Follow(session, ids);
        }

        T[] Of<T>(Func<Story, T> part) => [.. stories.Select(part)];
    }
}
