using System.Security.Cryptography;
using System.Text;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Bulletins;

/// <summary>
/// What a subscriber wants to be told of: <c>language:en</c>, <c>category:world</c>, <c>keyword:syria</c>, <c>article:{id}</c> or
/// <c>breaking</c>. Several are OR-ed, a comma inside one is AND, none at all is everything. Keywords are compared as
/// <see cref="Folding"/> has it.
/// </summary>
public sealed class Topics
{
    public const int MaxTopics = 50;

    /// <summary>Of what is no news, and part of nothing else: not even of everything.</summary>
    public const string DryRun = "dry-run";

    /// <summary>Characters of one <c>topic=</c>.</summary>
    public const int MaxLength = 300;

    public const string KeywordPrefix = "keyword:";

    /// <summary>From what few articles have to what many have.</summary>
    static readonly string[] fromRare = ["article:", KeywordPrefix, "breaking", "category:", "language:"];

    readonly string[][] anyOf;

    Topics(string[][] anyOf)
    {
        this.anyOf = anyOf;
        IndexTerms = anyOf.Length == 0 ? [Everything] : [.. anyOf.Select(IndexTerm).Distinct()];
        // A digest, since it is kept and nobody reads it: what stands in it is as long as all topics together.
        var key = string.Join(
            '|',
            anyOf.Select(all => string.Concat(all.Select(part => $"{part.Length}:{part}"))).Order(StringComparer.Ordinal)
        );
        Key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        Bytes = Entry + anyOf.Sum(all => Pointers + all.Sum(term => Text + 2 * term.Length)) + IndexTerms.Count * Entry;
    }

    /// <summary>What an array costs besides its elements, with the reference to it.</summary>
    const int Pointers = 32;

    /// <summary>What a text costs besides its characters, with the references to it.</summary>
    const int Text = 40;

    /// <summary>What a place in an index costs: a set, its first bucket and an entry of the dictionary.</summary>
    const int Entry = 400;

    /// <summary>In memory, with the places that they have in the index; an estimate.</summary>
    public int Bytes { get; }

    /// <summary>The handle of who wants everything, which each bulletin has.</summary>
    public const string Everything = "";

    /// <summary>Topics that are OR-ed, each of terms that are AND-ed; none for everything.</summary>
    public IReadOnlyList<IReadOnlyList<string>> AnyOf => anyOf;

    /// <summary>The same for subscribers who want the same, however they say it.</summary>
    public string Key { get; }

    /// <summary>A bulletin that matches has at least one of these, the rarest of each that is AND-ed.</summary>
    public IReadOnlyList<string> IndexTerms { get; }

    /// <param name="name">Of the parameter or member that has them.</param>
    /// <exception cref="ProblemException">400 that says what is wrong with which topic.</exception>
    public static Topics Parse(
        IReadOnlyList<string?> topics,
        PortalOptions portal,
        string name = "topic",
        int maxTopics = MaxTopics,
        int maxLength = MaxLength
    )
    {
        if (topics.Count > maxTopics)
        {
            throw ProblemException.BadRequest(name, $"may be {maxTopics} at most");
        }
        return new([
            .. topics.SelectMany(topic =>
                (topic ?? "").Length <= maxLength
                    ? Readings((topic ?? "").Split(',').Select(part => Normal(part.Trim(), portal, name)).ToArray())
                    : throw ProblemException.BadRequest(name, $"may have {maxLength} characters at most")
            ),
        ]);
    }

    /// <summary>Those that were accepted once, whatever is accepted now.</summary>
    public static Topics Stored(IReadOnlyList<string> topics, PortalOptions portal) =>
        Parse(topics, portal, maxTopics: int.MaxValue, maxLength: int.MaxValue);

    /// <summary>
    /// A story's keywords are in the small letters of its language, and a topic has none: a capital I in it stands for i and for ı, the
    /// same in all that it ANDs, since a story has one language.
    /// </summary>
    static IEnumerable<string[]> Readings(IReadOnlyList<string>[] terms) =>
        Enumerable
            .Range(0, terms.Max(readings => readings.Count))
            .Select(reading => terms.Select(readings => readings[int.Min(reading, readings.Count - 1)]))
            .Select(all => all.Distinct().Order(StringComparer.Ordinal).ToArray());

    /// <summary>The topics that an article is about.</summary>
    public static HashSet<string> Of(LineItem article)
    {
        if (article.Id == DryRunArticle.Id)
        {
            return [DryRun];
        }
        HashSet<string> topics = [$"language:{article.Language}", $"category:{article.Category}", $"article:{article.Id:D}"];
        topics.UnionWith(article.Keywords.Select(keyword => Keyword(Folding.Of(keyword, article.Language))));
        if (article.Breaking)
        {
            topics.Add("breaking");
        }
        return topics;
    }

    public bool Match(HashSet<string> topics) =>
        anyOf.Length == 0 ? !topics.Contains(DryRun) : Array.Exists(anyOf, all => Array.TrueForAll(all, topics.Contains));

    /// <summary>Of terms that are AND-ed, the one that the fewest bulletins are likely to have.</summary>
    public static string IndexTerm(IReadOnlyList<string> all) =>
        all.MinBy(term => Array.FindIndex(fromRare, kind => term.StartsWith(kind, StringComparison.Ordinal)))!;

    /// <returns>The term, in each of its readings.</returns>
    static IReadOnlyList<string> Normal(string topic, PortalOptions portal, string name) =>
        topic.Split(':', 2) switch
        {
            ["breaking"] or [DryRun] => [topic],
            ["language", var language] when portal.Languages.Contains(language) => [topic],
            ["language", _] => throw ProblemException.BadRequest(name, $"language: must be one of {string.Join(", ", portal.Languages)}"),
            ["category", var category] when portal.HasCategory(category) => [topic],
            ["category", _] => throw ProblemException.BadRequest(
                name,
                $"category: must be one of {string.Join(", ", portal.CategoryCodes)}"
            ),
            ["keyword", var keyword]
                when !keyword.Any(char.IsControl) && Folding.InAnyLanguage(keyword) is [{ Length: > 0 }, ..] readings =>
            [
                .. readings.Select(Keyword),
            ],
            ["article", var id] when Guid.TryParse(id, out var guid) => [$"article:{guid:D}"],
            _ => throw ProblemException.BadRequest(name, "must be language:…, category:…, keyword:…, article:{id} or breaking"),
        };

    /// <summary>One composed sign may become eighteen letters, and an index has no room for hundreds of such.</summary>
    static string Keyword(string folded) => KeywordPrefix + (folded.Length <= MaxLength ? folded : folded[..MaxLength]);
}
