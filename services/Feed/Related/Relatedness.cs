using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Related;

/// <summary>
/// Which stories are related. It depends on the stories alone and not on when it is asked, so that whoever asks again gets the same.
/// </summary>
public static class Relatedness
{
    /// <summary>How many of a line are looked at on each side of a story.</summary>
    public const int Reach = 20;

    /// <summary>Related stories that one has at most, unless its editors chose more.</summary>
    public const int Most = 6;

    const double SameCategory = 1.25;
    const double HalfWeightDays = 90;
    const int FewestSharedWords = 2;
    const double LeastLikeness = 1.0 / 3;
    const int ShortestWord = 4;
    const int LettersOfAWord = 5;

    static readonly TimeSpan month = TimeSpan.FromDays(30);

    /// <summary>
    /// The best of those that stand near it: each keyword that they share counts <c>1 / sqrt(n)</c>, n being how many near it in the
    /// keyword's line were published within 30 days of it; near in the line of their language and category, the likeness of their headlines
    /// (shared words by the mean of their numbers) counts from a third on. A quarter more for the same category; half of it at 90 days
    /// between them, a third at 180. Nothing in common is no relation, however near.
    /// </summary>
    /// <param name="known">What is known of those near it; who is not in it is not usable.</param>
    public static IReadOnlyList<Guid> Of(Kin story, IReadOnlyCollection<RelatedCandidate> near, IReadOnlyDictionary<Guid, Kin> known)
    {
        var byKeywords = new Dictionary<Guid, double>();
        // Always in the same order: sums of fractions depend on it.
        foreach (
            var line in near.Where(n => n.Keyword.Length > 0).GroupBy(n => n.Keyword).OrderBy(line => line.Key, StringComparer.Ordinal)
        )
        {
            var weight = 1 / Math.Sqrt(Math.Max(1, line.Count(n => (n.PublishedAt - story.PublishedAt).Duration() <= month)));
            foreach (var one in line)
            {
                byKeywords[one.Id] = byKeywords.GetValueOrDefault(one.Id) + weight;
            }
        }
        var beside = near.Where(n => n.Keyword.Length == 0).Select(n => n.Id).ToHashSet();
        return
        [
            .. byKeywords
                .Keys.Union(beside)
                .Select(id => known.GetValueOrDefault(id))
                .OfType<Kin>()
                .Where(other =>
                    other.Id != story.Id
                    && other.StoryId != story.StoryId
                    && other.Language == story.Language
                    && !story.Chosen.Contains(other.Id)
                )
                .Select(other =>
                    (
                        Other: other,
                        Score: (
                            byKeywords.GetValueOrDefault(other.Id) + (beside.Contains(other.Id) ? Likeness(story.Words, other.Words) : 0)
                        ) * Weight(story, other)
                    )
                )
                .Where(found => found.Score > 0)
                .OrderByDescending(found => found.Score)
                .ThenByDescending(found => found.Other.PublishedAt)
                .ThenByDescending(found => found.Other.Id)
                .Take(Most)
                .Select(found => found.Other.Id),
        ];
    }

    static double Weight(Kin one, Kin other) =>
        (one.Category == other.Category ? SameCategory : 1)
        / (1 + (one.PublishedAt - other.PublishedAt).Duration().TotalDays / HalfWeightDays);

    static double Likeness(IReadOnlySet<string> one, IReadOnlySet<string> other)
    {
        var shared = one.Count(other.Contains);
        return shared >= FewestSharedWords && shared / Math.Sqrt((double)one.Count * other.Count) is >= LeastLikeness and var likeness
            ? likeness
            : 0;
    }

    /// <summary>Words of four letters or more by their first five, since the endings of most languages change with the sentence.</summary>
    public static IReadOnlySet<string> Words(string headline)
    {
        var words = new HashSet<string>();
        headline = Folding.Of(headline);
        var start = 0;
        while (start < headline.Length)
        {
            var end = start;
            while (end < headline.Length && char.IsLetter(headline[end]))
            {
                end++;
            }
            if (end - start >= ShortestWord)
            {
                words.Add(headline[start..Math.Min(end, start + LettersOfAWord)]);
            }
            start = end + 1;
        }
        return words;
    }
}
