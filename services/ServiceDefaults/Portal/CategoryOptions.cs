namespace NewsPlatform.ServiceDefaults;

public sealed class CategoryOptions
{
    /// <summary>Lower case; part of addresses.</summary>
    public string Code { get; set; } = "";

    /// <summary>By language.</summary>
    public Dictionary<string, string> Names { get; set; } = new Dictionary<string, string>();
}
