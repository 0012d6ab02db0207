namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// What Markdown asks for, counted in one pass before it is parsed: a parser fills up every row of a table to its widest one, and looks at
/// each bracket, star or backtick of a paragraph together with those before it.
/// </summary>
public static class MarkdownBounds
{
    public const int MaxLines = 40_000;

    /// <summary>Quotes and lists that one line opens within each other.</summary>
    public const int MaxNesting = 40;

    /// <summary>Cells of all tables, those included that a row is filled up with.</summary>
    public const int MaxCells = 20_000;

    /// <summary>
    /// Pairs of delimiters, <c>[ ] ! * _ ` &lt;</c>, over all paragraphs; 4,000 of them in one paragraph are as many as may be.
    /// </summary>
    public const long MaxPairs = 16_000_000;

    /// <summary>The rule that it breaks; null when it may be parsed.</summary>
    public static string? Fault(ReadOnlySpan<char> markdown)
    {
        var (lines, cells, pairs) = (0, 0L, 0L);
        var block = new Block();
        while (!markdown.IsEmpty)
        {
            var end = markdown.IndexOfAny('\r', '\n');
            var line = end < 0 ? markdown : markdown[..end];
            markdown = end < 0 ? [] : markdown[(end + (markdown[end..].StartsWith("\r\n") ? 2 : 1))..];
            if (line.IndexOfAnyExcept(' ', '\t') < 0)
            {
                (cells, pairs, block) = (cells + block.Cells, pairs + block.Pairs, new());
                continue;
            }
            if (++lines > MaxLines)
            {
                return $"may have {MaxLines} lines at most";
            }
            if (Nesting(line) > MaxNesting)
            {
                return $"may have {MaxNesting} quotes and lists within each other at most";
            }
            block = block.With(line);
            // Looked at here, so that one block without an end is not counted to its end.
            if (cells + block.Cells > MaxCells)
            {
                return $"may have {MaxCells} cells of tables at most; every row has as many as the widest";
            }
            if (pairs + block.Pairs > MaxPairs)
            {
                return "has too many brackets, stars, underscores or backticks in one paragraph";
            }
        }
        return null;
    }

    /// <summary>The lines between two blank ones; no paragraph and no table goes beyond.</summary>
    readonly record struct Block(long Rows, long Columns, long Pipes, long Delimiters)
    {
        public long Cells => Pipes == 0 ? 0 : Rows * Columns;

        public long Pairs => Delimiters * (Delimiters + Pipes);

        public Block With(ReadOnlySpan<char> line)
        {
            var pipes = line.Count('|');
            return new(Rows + 1, Math.Max(Columns, pipes + 1), Pipes + pipes, Delimiters + line.CountAny("[]!*_`<~"));
        }
    }

    /// <summary>How many quotes and items of lists begin at the beginning of the line.</summary>
    static int Nesting(ReadOnlySpan<char> line)
    {
        // An item within an item stands two columns further in at least.
        var count = line.IndexOfAnyExcept(' ', '\t') / 4;
        while (true)
        {
            line = line.TrimStart(" \t");
            var digits = line.IndexOfAnyExceptInRange('0', '9');
            if (line is ['>', ..] or ['-' or '+' or '*', ' ' or '\t', ..])
            {
                line = line[1..];
            }
            else if (digits is > 0 and < 10 && line[digits..] is ['.' or ')', ' ' or '\t', ..])
            {
                line = line[(digits + 1)..];
            }
            else
            {
                return count;
            }
            count++;
        }
    }
}
