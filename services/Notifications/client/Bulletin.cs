using NewsPlatform.Contracts;

namespace NewsPlatform.Client;

public enum BulletinKind
{
    Published,
    Updated,
    Corrected,
    Withdrawn,
}

/// <summary>One thing that subscribers are told.</summary>
public sealed record Bulletin
{
    /// <summary>Its place in the log; <see cref="NewsStreamOptions.After"/> of it resumes behind it.</summary>
    public required long Position { get; init; }

    public required BulletinKind Kind { get; init; }
    public required LineItem Article { get; init; }

    /// <summary>Why, such as a correction's note.</summary>
    public string? Reason { get; init; }
}

/// <summary>Bulletins before <paramref name="Oldest"/> are not there any more.</summary>
public sealed record Gap(long Oldest, long Newest);

/// <summary>An event with a position.</summary>
public sealed record StreamEvent<T>(long Position, string Kind, T Data);
