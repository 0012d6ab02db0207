using System.Text.RegularExpressions;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Documentation;

/// <summary>What newcomers read first.</summary>
public sealed partial class PagesTests
{
    static readonly string[] folders = ["docs", "services", "tests", "deploy", "seeds"];

    internal static IEnumerable<string> Pages =>
        Directory
            .EnumerateFiles(Repository.Root, "*.md")
            .Concat(
                folders.SelectMany(folder =>
                    Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)
                )
            )
            .Where(page => !page.Split(Path.DirectorySeparatorChar).Intersect(["bin", "obj", "node_modules"]).Any());

    [Fact]
    public void Every_link_leads_to_a_file_and_every_anchor_to_a_heading()
    {
        var lost = new List<string>();
        foreach (var page in Pages)
        {
            foreach (var link in Link().Matches(Code().Replace(File.ReadAllText(page), "")).Select(match => match.Groups[1].Value))
            {
                var (path, anchor) = link.Split('#') is [var one, var other] ? (one, other) : (link, null);
                var target = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
                if (!File.Exists(target) || (anchor is not null && !Anchors(target).Contains(anchor)))
                {
                    lost.Add($"{Path.GetRelativePath(Repository.Root, page)}: {link}");
                }
            }
        }
        Assert.Equal([], lost);
    }

    [Fact]
    public void The_README_is_a_door_and_no_house() =>
        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "README.md")).Length, 1, 130);

    /// <summary>As GitHub makes them of headings.</summary>
    static IEnumerable<string> Anchors(string page) =>
        File.ReadLines(page)
            .Where(line => line.StartsWith('#'))
            .Select(line => NoAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"(?:\]\(|^\[\w+\]: )((?!https?:|mailto:)[^)\s]+)", RegexOptions.Multiline)]
    private static partial Regex Link();

    [GeneratedRegex("(?s)```.*?```|`[^`\n]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();
}
