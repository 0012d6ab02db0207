using NewsPlatform.Contracts;

namespace NewsPlatform.Notifications.Bulletins;

/// <summary>What a dry run tells, which is nothing: one article that has a new version each time, and no topic but its own.</summary>
public static class DryRunArticle
{
    public static readonly Guid Id = new("00000000-0000-8000-8000-000000000d72");

    public static PublicArticle Of(DryRunBegun begun, string language) =>
        new()
        {
            ArticleId = Id,
            StoryId = Id,
            Version = begun.Run,
            Headline = "Dry run",
            Body = "",
            Category = "general",
            Language = language,
            Slug = Topics.DryRun,
            Breaking = true,
            PublishedAt = begun.At,
            UpdatedAt = begun.At,
        };
}
