using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Feed.Search;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>What an edition has about something, the best first.</summary>
public sealed class SearchModel(PortalOptions portal, NewsSearch search) : EditionPage(portal)
{
    public const int Length = 20;

    /// <summary>What is looked for, as it was typed; empty before anything was.</summary>
    public string Query { get; private set; } = "";

    public SearchPage? Found { get; private set; }

    /// <summary>Whether what was typed cannot be looked for.</summary>
    public bool Refused { get; private set; }

    public override string Title => Query.Length == 0 ? Words.Search : $"{Words.Search}: {Query}";
    public override IReadOnlyDictionary<string, string> Alternates => InEveryEdition("/search");

    public string Address(string after) => $"/{Language}/search{new QueryBuilder { { "q", Query }, { "after", after } }}";

    public async Task OnGetAsync([FromQuery] string? q, [FromQuery] string? after, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(q))
        {
            return;
        }
        try
        {
            var text = SearchText.Parse(q);
            Query = text.Value;
            Found = await FindAsync(text, after, ct);
        }
        catch (ProblemException problem) when (problem.Status == StatusCodes.Status400BadRequest)
        {
            Refused = true;
            Response.StatusCode = problem.Status;
        }
    }

    // A reader whose address has suffered gets the first page, not a lecture.
    async Task<SearchPage> FindAsync(SearchText text, string? after, CancellationToken ct)
    {
        try
        {
            return await search.FindAsync(text, new(Language), Length, ct, after);
        }
        catch (ProblemException) when (after is not null)
        {
            return await search.FindAsync(text, new(Language), Length, ct);
        }
    }
}
