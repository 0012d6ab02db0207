using NewsPlatform.Feed.Lines;

namespace NewsPlatform.Feed.Syndication;

/// <summary>A feed of a line, whatever it is written in: its newest stories, some older ones, or an archive (RFC 5005).</summary>
public sealed record FeedDocument
{
    public required Line Line { get; init; }
    public required string Title { get; init; }
    public required string Description { get; init; }

    /// <summary>Where it is itself.</summary>
    public required string Self { get; init; }

    /// <summary>Where people read the same.</summary>
    public required string Page { get; init; }

    /// <summary>Stays the same however the line's pages and archives are cut.</summary>
    public required string Id { get; init; }

    /// <summary>Empty where there is none.</summary>
    public required string Hub { get; init; }

    /// <summary>It will not grow any more.</summary>
    public bool IsArchive { get; init; }

    /// <summary>
    /// Its neighbours by their relation: <c>first</c>, <c>next</c>, <c>previous</c>, <c>current</c>, <c>prev-archive</c>,
    /// <c>next-archive</c>.
    /// </summary>
    public required IReadOnlyList<(string Relation, string Address)> Neighbours { get; init; }

    public required IReadOnlyList<Entry> Entries { get; init; }
    public required IReadOnlyList<Tombstone> Tombstones { get; init; }

    /// <summary>When something in it changed last.</summary>
    public DateTimeOffset Updated =>
        Entries.Select(e => e.UpdatedAt).Concat(Tombstones.Select(t => t.At)).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max();

    public IEnumerable<(string Relation, string Address)> Links =>
        [("self", Self), .. Hub.Length == 0 ? [] : new[] { ("hub", Hub) }, .. Neighbours];
}
