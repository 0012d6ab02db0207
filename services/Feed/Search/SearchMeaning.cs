using System.Text.RegularExpressions;
using NewsPlatform.Feed.Lines;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Search;

/// <summary>What was asked for in one language: PostgreSQL's query, and its words that can be found.</summary>
/// <param name="Tree">The query without what shall not be there.</param>
public sealed partial record SearchMeaning(string Language, string Sought, string Tree, string[] Words)
{
    /// <summary>
    /// An index does not know where in a story words stand: whether those of a phrase follow each other is read in each story that has all
    /// of them.
    /// </summary>
    bool HasPhrase => WithoutPhrases(Sought) != Sought;

    static string WithoutPhrases(string query) => LexemeOrDistance().Replace(query, part => part.Value[0] == '<' ? "&" : part.Value);

    /// <summary>
    /// A text means something else in each language; in which it has only words that are in every text, nothing is found.
    /// </summary>
    public static async Task<IReadOnlyList<SearchMeaning>> ReadAsync(
        NpgsqlConnection connection,
        SearchText text,
        string[] languages,
        CancellationToken ct
    )
    {
        var folded = languages.Select(language => text.In(language)).ToArray();
        var joined = folded.Select(its => its.Joined).ToArray();
        object[] values =
        [
            languages,
            languages.Select(SearchLanguage.Configuration).ToArray(),
            folded.Select(its => its.Query).ToArray(),
            .. Enumerable
                .Range(0, joined.Min(words => words.Count))
                .SelectMany(n => new[] { joined.Select(words => words[n].Parts).ToArray(), [.. joined.Select(words => words[n].Whole)] }),
        ];
        var pairs = (values.Length - 3) / 2;
        await using var command = connection.Command(
            $"""
            select language, query::text, querytree(query)
            from unnest($1::text[], $2::regconfig[]{string.Concat(Enumerable.Range(3, values.Length - 2).Select(n => $", ${n}::text[]"))})
                asked (language, configuration, words{string.Concat(Enumerable.Range(0, pairs).Select(n => $", parts{n}, whole{n}"))}),
                lateral (select {SearchLanguage.Plain($"{Asked(pairs)}::text")}::tsquery query) meant
            """,
            values
        );
        var meanings = new List<SearchMeaning>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            // T: whatever has no such word. Nothing: only words that are in every text.
            if (rows.GetString(2) is not ("T" or "") and var tree)
            {
                meanings.Add(
                    new(
                        rows.GetString(0),
                        rows.GetString(1),
                        tree,
                        [
                            .. Lexeme()
                                .Matches(tree)
                                .Select(m =>
                                    m.Groups[1]
                                        .Value.Replace("''", "'", StringComparison.Ordinal)
                                        .Replace(@"\\", @"\", StringComparison.Ordinal)
                                ),
                        ]
                    )
                );
            }
        }
        return meanings.Count > 0 ? meanings : throw SearchText.Nothing();
    }

    /// <summary>The SQL of the query, in which each joined word may be its parts behind each other or the whole as one.</summary>
    /// <param name="pairs">How many are joined.</param>
    static string Asked(int pairs) =>
        Enumerable
            .Range(0, pairs)
            .Aggregate("websearch_to_tsquery(configuration, words)", (query, n) =>
            {
                var parts = $"phraseto_tsquery(configuration, parts{n})";
                return $"ts_rewrite({query}, {parts}, {parts} || phraseto_tsquery(configuration, whole{n}))";
            });

    /// <summary>PostgreSQL's query of a text in all its languages, in the stories of a line.</summary>
    public static SearchQuery Query(IReadOnlyList<SearchMeaning> meanings, Line line)
    {
        var filters = line
            .Tags.Select(StoryTexts.Tag)
            .Concat(line.Category is null ? [] : [StoryTexts.Category(line.Category)])
            .Select(SearchLanguage.Quote)
            .ToArray();
        var exact = Joined(meaning => meaning.Sought);
        return meanings.Any(meaning => meaning.HasPhrase) ? new(Joined(meaning => WithoutPhrases(meaning.Tree)), exact) : new(exact, null);

        string Joined(Func<SearchMeaning, string> sought)
        {
            var each = meanings.Select(m => $"{SearchLanguage.Quote(StoryTexts.Language(m.Language))} & ({sought(m)})");
            return string.Join(" & ", filters.Prepend($"({string.Join(" | ", each)})"));
        }
    }

    [GeneratedRegex(@"'(?:[^']|'')*'|<(?:-|\d+)>")]
    private static partial Regex LexemeOrDistance();

    [GeneratedRegex(@"'((?:[^']|'')*)'")]
    private static partial Regex Lexeme();
}
