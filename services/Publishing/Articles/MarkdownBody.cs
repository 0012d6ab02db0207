using Markdig;
using Markdig.Syntax;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>A body that is written as Markdown: CommonMark 0.31 with pipe tables. Its headings stand below the headline.</summary>
public static class MarkdownBody
{
    static readonly MarkdownPipeline pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    /// <summary>HTML that is still to be cleaned, or the rule that it breaks; what would be much work is not begun.</summary>
    public static (string? Html, string? Fault) Try(string markdown)
    {
        if (MarkdownBounds.Fault(markdown) is { } fault)
        {
            return (null, fault);
        }
        try
        {
            var document = Markdown.Parse(markdown, pipeline);
            foreach (var heading in document.Descendants<HeadingBlock>())
            {
                heading.Level = Math.Clamp(heading.Level, 2, 4);
            }
            using var html = new BoundedWriter(CleanHtml.MaxBytes);
            document.ToHtml(html, pipeline);
            return (html.ToString(), null);
        }
        catch (HtmlBoundExceeded exceeded)
        {
            return (null, exceeded.Message);
        }
        catch (ArgumentException)
        {
            // Markdig's own limit of depth.
            return (null, "nests too deeply");
        }
    }
}
