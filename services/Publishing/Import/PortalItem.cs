namespace NewsPlatform.Publishing.Import;

/// <summary>One story of a portal page: the article itself, the featured item or an item of the news line.</summary>
/// <param name="LineNumber">Where its headline begins in the file, from 1.</param>
/// <param name="Headline">One line of plain text, without its media markers.</param>
/// <param name="Rubric">The portal's own word for the category; only the article has one.</param>
/// <param name="PublishedAt">In UTC; the page knows no more than the minute.</param>
/// <param name="Body">HTML made of p, blockquote and h2; empty for all but the article.</param>
/// <param name="Badges">"video" and "photos", each at most once, in the order of the headline's markers.</param>
/// <param name="HasPicture">The headline stood twice: once as the text of its picture.</param>
public sealed record PortalItem(
    int LineNumber,
    string Headline,
    string? Rubric,
    DateTimeOffset PublishedAt,
    string Body,
    IReadOnlyList<string> Badges,
    bool HasPicture
);

/// <summary>Something on a page that could not be taken over; all the rest was.</summary>
/// <param name="LineNumber">Where it stands in the file, from 1.</param>
/// <param name="Reason">For a person to read.</param>
public sealed record PortalFault(int LineNumber, string Reason);
