using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// What is known of the articles that copies name, so that a key of some categories names none that it may not. A translation stands on
/// the pages of every article of its story, so it takes all of those. To feature a story, or to name it as related, is what any reader
/// could do who has it: it takes a story that is public, or else one that is the key's. A name that stood in the same place before is
/// not asked about again: the article may have gone to another desk since, and whoever has this one must be able to correct it.
/// </summary>
public sealed class ArticleLinks
{
    readonly Dictionary<Guid, DeskItem> known = [];
    readonly Caller caller;

    ArticleLinks(Caller caller) => this.caller = caller;

    bool All => caller.Categories.Count == 0;

    /// <summary>One query for all that the copies name; none for who may act on every category.</summary>
    public static async Task<ArticleLinks> LoadAsync(Caller caller, IQuerySession session, IEnumerable<Copy> copies, CancellationToken ct)
    {
        var links = new ArticleLinks(caller);
        var named = links.All ? [] : copies.ToArray();
        var originals = named.Select(copy => copy.TranslationOf).OfType<Guid>().Distinct().ToArray();
        var ids = named.SelectMany(copy => copy.Featured.Concat(copy.Related)).Concat(originals).Distinct().ToArray();
        if (ids.Length == 0)
        {
            return links;
        }
        foreach (var item in await session.QueryAsync<DeskItem>("where d.id = any(?) or d.story_id = any(?)", ct, ids, originals))
        {
            links.known[item.Id] = item;
        }
        foreach (var id in ids.Where(id => !links.known.ContainsKey(id)))
        {
            // The desk's lists may not be complete yet.
            if (await session.FetchEventsAsync(id, ct) is { Count: > 0 } events)
            {
                links.known[id] = DeskItem.Of(id, events);
            }
        }
        return links;
    }

    /// <summary>Of what an act makes of an article.</summary>
    /// <exception cref="ProblemException">403 that names the category; 422 for a translation of no article.</exception>
    public static async Task CheckAsync(Caller caller, IQuerySession session, Article? before, Article after, CancellationToken ct) =>
        (await LoadAsync(caller, session, after.Copies.OfType<Copy>(), ct)).Check(before, after);

    /// <summary>Counts as stored, for what the same transaction names next.</summary>
    public void Know(Article article, DateTimeOffset now)
    {
        if (!All)
        {
            known[article.Id] = DeskItem.Of(article, now);
        }
    }

    /// <inheritdoc cref="CheckAsync"/>
    public void Check(Article? before, Article after)
    {
        if (All)
        {
            return;
        }
        for (var place = 0; place < after.Copies.Count; place++)
        {
            if (after.Copies[place] is { } copy)
            {
                Check(after.Id, before?.Copies[place], copy);
            }
        }
    }

    void Check(Guid article, Copy? before, Copy after)
    {
        if (after.TranslationOf is { } original && original != before?.TranslationOf && original != article)
        {
            if (!known.ContainsKey(original))
            {
                throw ProblemException.RuleViolation("translationOf", "names no article");
            }
            CategoryAuthorization.Check(
                caller,
                known.Values.Where(item => item.Id == original || item.StoryId == original).SelectMany(item => item.AllCategories)
            );
        }
        foreach (var link in after.Featured.Concat(after.Related).Except((before?.Featured ?? []).Concat(before?.Related ?? [])))
        {
            if (known.GetValueOrDefault(link) is { } item && item.State != ArticleState.Published.Word() && link != article)
            {
                CategoryAuthorization.Check(caller, item.AllCategories);
            }
        }
    }
}
