using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// Which acts a state allows. An act that says again what is so already (submit what is submitted, unpublish what is unpublished, kill what
/// is killed) is allowed and is no event.
/// </summary>
public static class LifeCycle
{
    public const string Revise = "revise";
    public const string Submit = "submit";
    public const string Return = "return";
    public const string Schedule = "schedule";
    public const string Unschedule = "unschedule";
    public const string Embargo = "embargo";
    public const string Lift = "lift";
    public const string Publish = "publish";
    public const string Update = "update";
    public const string Correct = "correct";
    public const string Unpublish = "unpublish";
    public const string Kill = "kill";

    public static readonly IReadOnlyList<string> Acts =
    [
        Revise,
        Submit,
        Return,
        Schedule,
        Unschedule,
        Embargo,
        Lift,
        Publish,
        Update,
        Correct,
        Unpublish,
        Kill,
    ];

    public static IReadOnlyList<string> Allowed(ArticleState state) =>
        state switch
        {
            ArticleState.Draft => [Revise, Submit, Schedule, Embargo, Lift, Publish, Kill],
            ArticleState.Submitted => [Revise, Submit, Return, Schedule, Embargo, Lift, Publish, Kill],
            ArticleState.Scheduled => [Revise, Schedule, Unschedule, Embargo, Lift, Publish, Correct, Kill],
            ArticleState.Published => [Revise, Publish, Update, Correct, Unpublish, Kill],
            ArticleState.Unpublished => [Revise, Schedule, Publish, Unpublish, Kill],
            _ => [Kill],
        };

    /// <exception cref="ProblemException">409 with <c>state</c> and <c>allowed</c>.</exception>
    public static void Require(Article article, string act)
    {
        if (Allowed(article.State) is var allowed && !allowed.Contains(act))
        {
            throw new ProblemException(
                409,
                "state-forbids",
                $"An article that is {article.State.Word()} cannot be acted on by {act}; it can by {string.Join(", ", allowed)}."
            )
            {
                Members = { ["state"] = article.State.Word(), ["allowed"] = allowed },
            };
        }
    }

    /// <summary>What the trade was given under embargo is nobody else's before the time.</summary>
    /// <exception cref="ProblemException">409 with <c>embargoedUntil</c>.</exception>
    public static void RequireNoEmbargo(Article article, DateTimeOffset now)
    {
        if (article.Embargo is { } embargo && embargo.Until > now)
        {
            throw new ProblemException(
                409,
                "embargoed",
                $"The article is under embargo until {embargo.Until:O}; lift the embargo to publish it before."
            )
            {
                Members = { ["embargoedUntil"] = embargo.Until },
            };
        }
    }

    public static string Word(this ArticleState state) => state.ToString().ToLowerInvariant();
}
