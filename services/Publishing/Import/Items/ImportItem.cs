using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Items;

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
            throw ProblemException.RuleViolation("id", "may not be all zeros");
        }
        if (PublishedAt > now.AddMinutes(5))
        {
            throw ProblemException.RuleViolation("publishedAt", "lies in the future");
        }
        if (UpdatedAt < PublishedAt)
        {
            throw ProblemException.RuleViolation("updatedAt", "lies before publishedAt");
        }
        return ToCopy(rules);
    }

    /// <summary>The id of the article that this identifies.</summary>
    public static Guid IdOf(string identity) => DeterministicId.Of($"newsplatform:import\n{identity}");

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
