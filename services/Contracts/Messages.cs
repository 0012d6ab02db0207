namespace NewsPlatform.Contracts;

// Sent at least once, in the order of an article's versions; the AMQP message-id is the event's id.

/// <summary>Readers have it for the first time, or again after it was withheld.</summary>
/// <param name="Imported">It came from an archive: it is to be shown, and nobody is to be told.</param>
public sealed record ArticlePublished(PublicArticle Article, bool Imported = false);

/// <summary>
/// For the trade alone, on <see cref="Topology.Trade"/>: the article as readers will have it, to prepare with, and not to be passed on
/// before the time. Sent again when the copy or the time changes; a time that is past says that the embargo was lifted.
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
/// <param name="Masked">It was withdrawn before, and personal data is gone from it: what was said of the article before is to be
/// forgotten.</param>
public sealed record ArticleWithdrawn(PublicArticle Article, PubStatus PubStatus, string? Reason = null, bool Masked = false);

/// <summary>
/// On <see cref="Topology.Rebuilds"/>: the state of every article that readers ever had is about to be sent again, for a service to make
/// what it keeps anew from nothing. It answers by <see cref="RebuildStep"/> when it is ready for the first of them.
/// </summary>
public sealed record RebuildBegun(Guid RebuildId);

/// <summary>All of them were sent. The service answers by <see cref="RebuildStep"/> when it goes by what it made of them.</summary>
/// <param name="Articles">How many were sent.</param>
public sealed record RebuildEnded(Guid RebuildId, long Articles);

/// <summary>On <see cref="Topology.Rebuilt"/>: how far a service is.</summary>
/// <param name="Step"><c>ready</c> or <c>done</c>.</param>
/// <param name="Stories">How many it has.</param>
public sealed record RebuildStep(Guid RebuildId, string Step, long Stories);

/// <summary>
/// With the key <see cref="Topology.DryRun"/>, for <see cref="Topology.Notifications"/> alone: nothing has happened, and what becomes of it
/// shows whether news would arrive. No reader's service knows it.
/// </summary>
/// <param name="Run">Its time in Unix milliseconds.</param>
public sealed record DryRunBegun(long Run, DateTimeOffset At);
