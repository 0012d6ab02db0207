using NewsPlatform.ServiceDefaults;
using State = NewsPlatform.Publishing.Articles.ArticleState;

namespace NewsPlatform.Publishing.Articles;

/// <summary>Something that is done to an article: by whom, and in which states of the article.</summary>
/// <param name="Role">That its endpoint takes, or a higher one.</param>
/// <param name="Map">Maps its endpoint.</param>
public sealed record Act(string Name, string Role, Action<RouteGroupBuilder> Map, params IReadOnlyList<ArticleState> States);

/// <summary>
/// Every act, and which of them a state allows. An act that says again what is so already (submit what is submitted, unpublish what is
/// unpublished, kill what is killed) is allowed and is no event.
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

    /// <summary>In the order in which answers name them.</summary>
    public static readonly IReadOnlyList<Act> Acts =
    [
        new(Revise, Roles.Reporter, ReviseArticle.Map, State.Draft, State.Submitted, State.Scheduled, State.Published, State.Unpublished),
        new(Submit, Roles.Reporter, SubmitArticle.Map, State.Draft, State.Submitted),
        new(Return, Roles.Editor, ReturnArticle.Map, State.Submitted),
        new(Schedule, Roles.Editor, ScheduleArticle.Map, State.Draft, State.Submitted, State.Scheduled, State.Unpublished),
        new(Unschedule, Roles.Editor, UnscheduleArticle.Map, State.Scheduled),
        new(Embargo, Roles.Editor, EmbargoArticle.Map, State.Draft, State.Submitted, State.Scheduled),
        new(Lift, Roles.Editor, EmbargoArticle.MapLift, State.Draft, State.Submitted, State.Scheduled),
        new(Publish, Roles.Editor, PublishArticle.Map, State.Draft, State.Submitted, State.Scheduled, State.Published, State.Unpublished),
        new(Update, Roles.Editor, UpdateArticle.Map, State.Published),
        new(Correct, Roles.Editor, CorrectArticle.Map, State.Scheduled, State.Published),
        new(Unpublish, Roles.Editor, UnpublishArticle.Map, State.Published, State.Unpublished),
        new(Kill, Roles.Editor, KillArticle.Map, Enum.GetValues<State>()),
    ];

    static readonly Dictionary<ArticleState, string[]> allowed = Enum.GetValues<ArticleState>()
        .ToDictionary(state => state, state => Acts.Where(act => act.States.Contains(state)).Select(act => act.Name).ToArray());

    public static IReadOnlyList<string> Allowed(ArticleState state) => allowed[state];

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
