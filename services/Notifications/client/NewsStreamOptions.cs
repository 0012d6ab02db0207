namespace NewsPlatform.Client;

public sealed class NewsStreamOptions
{
    /// <summary>Relative to the client's base address.</summary>
    public string Path { get; init; } = "api/stream";

    /// <summary>Such as <c>language:en,category:world</c>: OR-ed, a comma inside one is AND; everything when there is none.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>The position up to which everything is known; what is new only, when it is null.</summary>
    public long? After { get; init; }

    /// <summary>Instead of <see cref="After"/>: from the oldest bulletin that is kept.</summary>
    public bool FromEarliest { get; init; }

    /// <summary>Called when bulletins were missed that will not come.</summary>
    public Action<Gap>? OnGap { get; init; }

    /// <summary>Before the second try to come back, at most; doubled with each that fails. The server says when to try first.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Without a byte after which a connection is taken for dead: three heartbeats.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(45);

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
