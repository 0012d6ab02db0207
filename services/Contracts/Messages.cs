namespace NewsPlatform.Contracts;

// Sent at least once, in the order of an article's versions; the AMQP message-id is the event's id.

/// <summary>Readers have it for the first time, or again after it was withheld.</summary>
/// <param name="Imported">It came from an archive: it is to be shown, and nobody is to be told.</param>
public sealed record ArticlePublished(PublicArticle Article, bool Imported = false);

/// <summary>
/// For the trade alone, on <see cref="Topology.Trade"/>: the article as readers will have it, to prepare with, and not to be passed on before
/// the time. Sent again when the copy or the time changes; a time that is past says that the embargo was lifted.
/// </summary>
/// <param name="EditorNote">For the trade's editors, not for readers.</param>
public sealed record ArticleEmbargoed(PublicArticle Article, DateTimeOffset EmbargoedUntil, string? EditorNote = null);

/// <summary>There are new facts.</summary>
/// <param name="Masked">There are none, but personal data is gone from it: what was said of the article before is to be forgotten.</param>
public sealed record ArticleUpdated(PublicArticle Article, string? Note = null, bool Masked = false);

/// <summary>A fault in what was said is mended.</summary>
public sealed record ArticleCorrected(PublicArticle Article, string Note);

/// <summary>Readers have it no more. Summary, body, media and notes are empty; the headline tells subscribers which one it was.</summary>
/// <param name="PubStatus"><see cref="PubStatus.Withheld"/> or <see cref="PubStatus.Canceled"/>.</param>
/// <param name="Reason">Public; always there for what was withdrawn for good.</param>
/// <param name="Masked">It was withdrawn before, and personal data is gone from it: what was said of the article before is to be forgotten.</param>
public sealed record ArticleWithdrawn(PublicArticle Article, PubStatus PubStatus, string? Reason = null, bool Masked = false);
