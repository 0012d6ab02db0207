using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Marten;
using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Localization;
using NewsPlatform.Feed.News;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>One story on its own page, with the news line beside it.</summary>
public sealed class ArticleModel(PortalOptions portal, IQuerySession session, LinePages lines, Rankings rankings) : EditionPage(portal)
{
    public const int LineLength = 20;

    // Escapes what could end the script element, and leaves every alphabet readable.
    static readonly JsonSerializerOptions json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public StoryView Story { get; private set; } = null!;
    public IReadOnlyList<LineItem> News { get; private set; } = [];
    public IReadOnlyList<LineItem> MostRead { get; private set; } = [];

    public override string Category => Story.Category;
    public override string Title => Story.Headline;
    public override string Description => Story.Summary.Length > 0 ? Story.Summary : Story.Headline;
    public override string Canonical => Story.Url;
    public override IReadOnlyDictionary<string, string> Alternates =>
        Story.Translations.Count == 0
            ? new Dictionary<string, string>()
            : Story
                .Translations.GroupBy(t => t.Language)
                .Select(t => (Language: t.Key, t.First().Url))
                .Append((Story.Language, Story.Url))
                .DistinctBy(t => t.Language)
                .OrderBy(t => Portal.Languages.IndexOf(t.Language))
                .ToDictionary(t => t.Language, t => t.Url);

    /// <summary>UTF-16 code units; longer than any that was ever given.</summary>
    public const int MaxSlug = 200;

    public async Task<IActionResult> OnGetAsync(string category, string slug, CancellationToken ct)
    {
        if (slug.Length > MaxSlug)
        {
            return NotFound();
        }
        var language = Language;
        var story = await session
            .Query<Story>()
            .Where(s => s.Language == language && s.Slug == slug)
            .OrderByDescending(s => s.PublishedAt)
            .FirstOrDefaultAsync(ct)
            ?? await MovedAsync(slug, ct);
        switch (story)
        {
            case null or { Status: PubStatus.Withheld }:
                return NotFound();
            case { Status: PubStatus.Canceled }:
                HttpContext.Items[MissingModel.Reason] = story.Reason;
                return StatusCode(StatusCodes.Status410Gone);
            case { Slug: var present, Category: var its } when present != slug || its != category:
                return RedirectPermanent(story.Item.Url);
        }
        Story = await session.ViewAsync(story, ct);
        News = (await lines.ReadAsync(new(language), new(LineLength), ct)).Items;
        MostRead = await rankings.OfEditionAsync(language, ct);
        HttpContext.Items[ReadyPage.Story] = Story.Id;
        return Page();
    }

    /// <summary>The story that had this address before; whatever it was called since, the way to it is one step.</summary>
    async Task<Story?> MovedAsync(string slug, CancellationToken ct) =>
        (
            await session.QueryAsync<Story>(
                $"where d.id = (select id from {StoryTags.Table} where tag = ? order by at desc, id desc limit 1)",
                ct,
                StoryTags.Former(Language, slug)
            )
        ).SingleOrDefault();

    /// <summary>The story for search engines (schema.org/NewsArticle).</summary>
    public string StructuredData() =>
        JsonSerializer.Serialize(
            new Dictionary<string, object?>
            {
                ["@context"] = "https://schema.org",
                ["@type"] = "NewsArticle",
                ["mainEntityOfPage"] = Absolute(Story.Url),
                ["headline"] = Story.Headline,
                ["description"] = Description,
                ["inLanguage"] = Story.Language,
                ["articleSection"] = Portal.CategoryName(Story.Category, Story.Language),
                ["keywords"] = Story.Keywords,
                ["datePublished"] = Times.Utc(Story.PublishedAt),
                ["dateModified"] = Times.Utc(Story.UpdatedAt),
                ["author"] =
                    Story.Bylines.Count == 0
                        ? [Named("Organization", Story.Source ?? Portal.Name)]
                        : Story.Bylines.Select(name => Named("Person", name)).ToArray(),
                ["publisher"] = Named("Organization", Portal.Name),
            },
            json
        );

    static Dictionary<string, string> Named(string type, string name) => new() { ["@type"] = type, ["name"] = name };
}
