namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// A format in which the portal's lines are syndicated: Feed writes it, pages link to it, and the WebSub hub takes subscriptions to it.
/// </summary>
/// <param name="FileName">The last part of the address.</param>
/// <param name="Name">As links to it are called.</param>
/// <param name="Standard">The standard that it follows.</param>
public sealed record FeedFormat(string FileName, string MediaType, string Name, string Standard)
{
    public static readonly FeedFormat Rss = new("rss.xml", "application/rss+xml", "RSS", "RSS 2.0");
    public static readonly FeedFormat Atom = new("atom.xml", "application/atom+xml", "Atom", "Atom 1.0");
    public static readonly FeedFormat Json = new("feed.json", "application/feed+json", "JSON Feed", "JSON Feed 1.1");

    /// <summary>In the order in which pages list them.</summary>
    public static readonly IReadOnlyList<FeedFormat> All = [Rss, Atom, Json];
}
