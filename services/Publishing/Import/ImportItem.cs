using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import;

/// <summary>One line of an import: an article's copy with the id and time that it had where it comes from.</summary>
public sealed record ImportItem : CopyRequest
{
    /// <summary>Without one, the id follows from language, headline and time, so that a repeat is the same article.</summary>
    public Guid? Id { get; init; }

    /// <summary>When readers first had it; without one, now.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>When it was last changed; without one, <see cref="PublishedAt"/>.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>It was not public where it comes from; no line of JSON can say so.</summary>
    internal bool Draft { get; init; }

    /// <summary>What was left out of it so that it could be taken in.</summary>
    internal string? Note { get; init; }

    /// <summary>What a reader guessed of it would not be what its author wrote.</summary>
    internal const string NoLetter = "has a byte that is no letter in UTF-8: save the file in UTF-8, or correct the letter";

    static readonly JsonSerializerOptions strict = Options();

    [JsonIgnore]
    public Guid ArticleId => Id ?? IdOf($"{Language}\n{Headline?.Trim()}\n{PublishedAt?.ToUniversalTime():O}");

    /// <summary>Of what the line says, however it is spelt.</summary>
    [JsonIgnore]
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, strict)))[..32];

    /// <exception cref="ProblemException">400 that names what cannot be read.</exception>
    public static ImportItem Read(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw ProblemException.BadRequest("line", NoLetter);
        }
        try
        {
            return JsonSerializer.Deserialize<ImportItem>(json, strict) ?? throw ProblemException.BadRequest("line", "is null");
        }
        catch (JsonException fault)
        {
            throw Problems.BadRequest(fault);
        }
    }

    /// <exception cref="ProblemException">422 that names every rule that the line breaks.</exception>
    public Copy Check(CopyRules rules, DateTimeOffset now)
    {
        if (Id == Guid.Empty)
        {
            throw ProblemException.RuleViolations(new Dictionary<string, string[]> { ["id"] = ["may not be all zeros"] });
        }
        if (PublishedAt > now.AddMinutes(5))
        {
            throw ProblemException.RuleViolations(new Dictionary<string, string[]> { ["publishedAt"] = ["lies in the future"] });
        }
        if (UpdatedAt < PublishedAt)
        {
            throw ProblemException.RuleViolations(new Dictionary<string, string[]> { ["updatedAt"] = ["lies before publishedAt"] });
        }
        return ToCopy(rules);
    }

    /// <summary>The same for the same article, however often it is imported.</summary>
    /// <param name="identity">What identifies the article where it comes from.</param>
    public static Guid IdOf(string identity) => DeterministicId.Of("newsplatform:import\n" + identity);

    static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        Problems.Strict(options);
        return options;
    }
}

/// <summary>What becomes of a line.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ImportOutcome>))]
public enum ImportOutcome
{
    [JsonStringEnumMemberName("imported")]
    Imported,

    [JsonStringEnumMemberName("unchanged")]
    Unchanged,

    [JsonStringEnumMemberName("rejected")]
    Rejected,
}

/// <summary>Pure: what a line adds to what there is.</summary>
public static class ImportDecision
{
    /// <summary>
    /// A line that was taken in before changes nothing, whatever happened to the article since. A line that says something else about an
    /// article replaces it, unless editors worked on it here. A line without a body never takes the body away.
    /// </summary>
    public static (ImportOutcome Outcome, IReadOnlyList<object> Events, string? Reason) Decide(
        Article? article,
        Copy copy,
        string digest,
        string slug,
        DateTimeOffset publishedAt,
        DateTimeOffset updatedAt,
        bool publish
    )
    {
        if (article is null)
        {
            return publish
                ? (
                    ImportOutcome.Imported,
                    [new ArticleDrafted(copy, digest), new ArticlePublished(slug, publishedAt, updatedAt, Imported: true)],
                    null
                )
                : (ImportOutcome.Imported, [new ArticleDrafted(copy, digest)], null);
        }
        if (article.Killed)
        {
            return (ImportOutcome.Unchanged, [], null);
        }
        var publishes = publish && article.Public is null && !article.Edited;
        if (
            article.ImportDigests.Contains(digest)
            || Article.Same(article.Copy, copy)
            || copy.Body.Length == 0 && article.Copy.Body.Length > 0
        )
        {
            return publishes
                ? (ImportOutcome.Imported, [new ArticlePublished(slug, publishedAt, updatedAt, Imported: true)], null)
                : (ImportOutcome.Unchanged, [], null);
        }
        if (article.Edited)
        {
            return (ImportOutcome.Rejected, [], "id: the article was edited here; the import would overwrite that");
        }
        if (article.Public is { } publication && publication.Copy.Language != copy.Language)
        {
            return (ImportOutcome.Rejected, [], "language: cannot change after publication");
        }
        return publish
            ? (
                ImportOutcome.Imported,
                [
                    new ArticleRevised(copy, digest),
                    new ArticlePublished(
                        article.Public?.Slug ?? slug,
                        article.Public?.PublishedAt ?? publishedAt,
                        updatedAt,
                        Imported: true
                    ),
                ],
                null
            )
            : (ImportOutcome.Imported, [new ArticleRevised(copy, digest)], null);
    }
}
