namespace NewsPlatform.Contracts;

/// <summary>
/// Where groups of members stand in the JSON of an article, for <see cref="System.Text.Json.Serialization.JsonPropertyOrderAttribute"/>:
/// members of a base record would otherwise follow all those of its heirs. Members without an order stand behind these.
/// </summary>
public static class MemberOrder
{
    /// <summary>What a place says of its own before anything else: ids, versions, states.</summary>
    public const int Identity = -90;

    public const int Headline = -80;
    public const int Body = -70;
    public const int Category = -60;
    public const int Slug = -50;
    public const int Keywords = -40;
    public const int Bylines = -30;

    /// <summary>All bylines in one.</summary>
    public const int Byline = -20;

    /// <summary>Short texts such as the dateline; new ones belong here.</summary>
    public const int Details = -10;
}
