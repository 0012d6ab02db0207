namespace NewsPlatform.Contracts;

/// <summary>What goes with the text of an article.</summary>
public sealed record Media
{
    /// <summary><c>video</c> and <c>photos</c>, in the order in which they are shown.</summary>
    public IReadOnlyList<string> Badges { get; init; } = [];

    public Picture? Picture { get; init; }
    public IReadOnlyList<Picture> Items { get; init; } = [];
}

/// <summary>A picture; without a <see cref="Url"/> it is only known to exist and pages draw one in its place.</summary>
public sealed record Picture
{
    public string? Url { get; init; }
    public string Alt { get; init; } = "";
    public string? Caption { get; init; }
    public string? Credit { get; init; }

    /// <summary>In pixels.</summary>
    public int? Width { get; init; }

    /// <summary>In pixels.</summary>
    public int? Height { get; init; }
}
