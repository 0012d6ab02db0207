namespace NewsPlatform.Feed.Ready;

/// <summary>
/// What a cache before the portal knows an answer by, so that it can be told to forget all that may have changed: the language of its
/// stories, or <see cref="Any"/> where there may be several; and for operators, who may want to forget less, the line and the story.
/// </summary>
public static class SurrogateKeys
{
    public const string Any = "any";

    public static string OfLanguage(string language) => language.Length == 0 ? Any : $"language-{language}";

    /// <summary>Says them, and for how long a cache that is told to forget may keep the answer, in the fields of each kind.</summary>
    public static void Say(IHeaderDictionary headers, string keys, PurgeOptions options, TimeSpan ends)
    {
        var seconds = (long)Math.Clamp(ends.TotalSeconds, 0, options.MaxAgeSeconds);
        headers["Surrogate-Key"] = keys;
        headers["Cache-Tag"] = keys.Replace(' ', ',');
        headers["Surrogate-Control"] = headers["CDN-Cache-Control"] = $"max-age={seconds}";
    }

    /// <summary>Those of an answer, parted by spaces.</summary>
    public static string Of(CacheKey key, string? language, Guid? story)
    {
        var keys = new List<string> { OfLanguage(language ?? "") };
        if (key.IsHead)
        {
            keys.Add(string.Join('-', new[] { "line", key.Line.Language, key.Line.Category }.Where(part => part is not null)));
        }
        if (story is { } its)
        {
            keys.Add($"story-{its}");
        }
        return string.Join(' ', keys);
    }
}
