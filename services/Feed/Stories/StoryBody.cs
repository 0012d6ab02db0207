using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Stories;

/// <summary>
/// A story's body as it may be shown. It is cleaned once, as it is stored, in both forms in which it is given out; what was cleaned by
/// other rules, or for another address of the portal, is cleaned again when it is asked for.
/// </summary>
public static class StoryBody
{
    static readonly string[] addresses = ["href=", "src=", "poster="];

    /// <summary>The story as it is to be stored.</summary>
    public static Story Cleaned(this Story story, PortalOptions portal)
    {
        if (story.Rules == CleanHtml.Rules && (story.WholeBody is null || story.Site == portal.PublicUrl))
        {
            return story;
        }
        var body = CleanHtml.Of(story.Body);
        var whole = addresses.Any(name => body.Contains(name, StringComparison.Ordinal))
            ? CleanHtml.Of(story.Body, portal.PublicUrl)
            : body;
        return story with
        {
            Body = body,
            Rules = CleanHtml.Rules,
            WholeBody = whole == body ? null : whole,
            Site = whole == body ? null : portal.PublicUrl,
        };
    }

    /// <summary>For the portal's own pages.</summary>
    public static string Clean(this Story story) => story.Rules == CleanHtml.Rules ? story.Body : CleanHtml.Of(story.Body);

    /// <summary>For who reads it elsewhere: its addresses are whole.</summary>
    public static string CleanWhole(this Story story, PortalOptions portal) =>
        story.Rules != CleanHtml.Rules ? CleanHtml.Of(story.Body, portal.PublicUrl)
        : story.WholeBody is null ? story.Body
        : story.Site == portal.PublicUrl ? story.WholeBody
        : CleanHtml.Of(story.Body, portal.PublicUrl);
}
