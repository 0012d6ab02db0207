namespace NewsPlatform.Contracts;

/// <summary>
/// How Feed lets the gateway keep its finished answers: it says with an answer what it depends on, and tells of every change the moment it
/// knows of it. The fields are for the two of them; the gateway neither takes them from clients nor passes them on.
/// </summary>
public static class EdgeProtocol
{
    /// <summary>
    /// The request's field by which the gateway asks for an answer to keep: the entity tag that it has, or <see cref="Anything"/>. What can
    /// be kept is then answered whole and as it is, whatever the client accepts and has; everything else as always.
    /// </summary>
    public const string AskField = "Edge-Ask";

    /// <summary>The gateway has nothing yet.</summary>
    public const string Anything = "*";

    /// <summary>The gateway keeps nothing of this one, and only wants to know <see cref="LatestField"/>.</summary>
    public const string Nothing = "-";

    /// <summary>The answer's field with an <see cref="EdgeEntry"/>, as JSON; it is there when the answer may be kept.</summary>
    public const string EntryField = "Edge-Entry";

    /// <summary>
    /// The answer's field with the number of the last change of any story that Feed knew of. Who gets the answer must find nothing older
    /// from then on.
    /// </summary>
    public const string LatestField = "Edge-Latest";

    /// <summary>On Feed's management port: <see cref="EdgeState"/>, a line of JSON whenever something changes, and else as often as
    /// <see cref="Heartbeat"/>.</summary>
    public const string ChangesPath = "/edge/changes";

    /// <summary>On Feed's management port: takes reads of stories that the gateway answered, an array of <see cref="EdgeRead"/>.</summary>
    public const string ReadsPath = "/edge/reads";

    /// <summary>Reads in one request at most.</summary>
    public const int MaxReads = 2_000;

    /// <summary>Bytes of an answer that is worth keeping at the edge.</summary>
    public const int MaxBytes = 2 << 20;

    public static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(300);
}

/// <summary>What an answer that may be kept depends on.</summary>
/// <param name="Address">The one address that it is kept for, relative to the portal's root; others are only spellings of it.</param>
/// <param name="Reads">The parameters that matter at the path; null when all do.</param>
/// <param name="IsHead">Whether the configuration bounds how many there are of its kind.</param>
/// <param name="Language">Of all its stories; empty when there may be several.</param>
/// <param name="Number">The last change of stories of the language; the answer is current as long as there is no later one.</param>
/// <param name="Until">When it ends although nothing has changed.</param>
/// <param name="ChangedAt">Its Last-Modified, once all changes up to then are known.</param>
/// <param name="Story">The story that who gets it reads, if it is one.</param>
public sealed record EdgeEntry(
    string Address,
    IReadOnlyList<string>? Reads,
    bool IsHead,
    string Language,
    long Number,
    DateTimeOffset Until,
    DateTimeOffset? ChangedAt,
    Guid? Story
);

/// <summary>What an instance of Feed knows of changes.</summary>
/// <param name="Numbers">The last change of the stories of each language; of any under the empty string.</param>
/// <param name="Complete">Whatever was dated up to this time is among them.</param>
public sealed record EdgeState(IReadOnlyDictionary<string, long> Numbers, DateTimeOffset Complete);

/// <summary>A reader's read of a story.</summary>
/// <param name="Client">The address that reads are counted by, as <c>ClientAddress</c> says it; it is not stored.</param>
public sealed record EdgeRead(string Client, Guid Story);
