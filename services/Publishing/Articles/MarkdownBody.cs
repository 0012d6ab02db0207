using System.Diagnostics.CodeAnalysis;
using System.Text;
using Markdig;
using Markdig.Syntax;

namespace NewsPlatform.Publishing.Articles;

/// <summary>A body that is written as Markdown: CommonMark 0.31 with pipe tables. Its headings stand below the headline.</summary>
public static class MarkdownBody
{
    static readonly MarkdownPipeline pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    /// <summary>HTML that is still to be cleaned.</summary>
    public static string ToHtml(string markdown)
    {
        var document = Markdown.Parse(markdown, pipeline);
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            heading.Level = Math.Clamp(heading.Level, 2, 4);
        }
        return document.ToHtml(pipeline);
    }

    /// <summary>False where it nests without end, or comes to more than so many bytes of UTF-8.</summary>
    public static bool TryHtml(string markdown, int maxBytes, [NotNullWhen(true)] out string? html)
    {
        try
        {
            html = ToHtml(markdown);
            return Encoding.UTF8.GetByteCount(html) <= maxBytes && !ServiceDefaults.CleanHtml.IsTooDeep(html);
        }
        catch (ArgumentException)
        {
            // Markdig's own limit of depth.
            html = null;
            return false;
        }
    }
}
