namespace NewsPlatform.ServiceDefaults;

/// <summary>HTML that needs more work than it is worth. <see cref="Exception.Message"/> is the rule that it breaks.</summary>
public sealed class HtmlBoundExceeded(string rule) : Exception(rule);
