using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Documentation;

public sealed class ConfigurationPageTests
{
    /// <summary>Behind it stands what is made; before it, what is written.</summary>
    const string Mark = "<!-- Made of the options themselves by UPDATE_DOCS=1 deploy/test.sh Platform -->\n\n";

    static readonly string path = Path.Combine(Repository.Root, "docs", "configuration.md");

    [Fact]
    public async Task The_page_says_of_every_setting_what_the_services_take()
    {
        var page = await File.ReadAllTextAsync(path);
        var undocumented = new List<string>();
        var made = ConfigurationPage.Make(undocumented).TrimEnd('\n') + "\n";
        var current = page[..page.IndexOf(Mark, StringComparison.Ordinal)] + Mark + made;
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is { Length: > 0 } && current != page)
        {
            await File.WriteAllTextAsync(path, current);
            page = current;
        }
        Assert.Equal(current, page);
        Assert.Equal([], undocumented);
    }
}
