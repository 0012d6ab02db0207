using System.Globalization;
using System.Text.RegularExpressions;
using NewsPlatform.Publishing.Import.Items;

namespace NewsPlatform.Publishing.Import;

/// <summary>A portal page saved as text: an article, a featured item and the news line, each of which may be missing.</summary>
/// <param name="Line">In the order of the page, each headline and minute once.</param>
/// <param name="Faults">In the order of the page.</param>
public sealed record PortalPage(
    PortalItem? Article,
    PortalItem? Featured,
    IReadOnlyList<PortalItem> Line,
    IReadOnlyList<PortalFault> Faults
)
{
    const int LongestHeading = 100,
        LongestLink = 40,
        LongestHeadline = 500;

    const string SentenceEnds = ".!?…:;";
    const string Time = "[0-9]+:[0-9]+ [0-9]+[.][0-9]+[.][0-9]+";
    static readonly Regex Blank = Linear(@"[\s\p{Cc}\uFEFF]+");
    static readonly Regex TimeOnly = Linear($"^{Time}$");
    static readonly Regex Header = Linear($"^(?<rubric>.+) (?<time>{Time})$");

    // a file from outside must not be able to keep a backtracking matcher busy
    static Regex Linear(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    sealed record Row(int Number, string Text, bool AfterBlank, bool IsTime);

    sealed record Block(int FirstRow, int Number, string Text);

    /// <summary>
    /// Reads a page. Throws for no text whatever: what cannot be read is a fault and the rest goes in. Local times become UTC by the
    /// rules that the zone had at that time; one that the clock skipped moves forward by the gap, one that it showed twice is the first.
    /// </summary>
    public static PortalPage Parse(string text, TimeZoneInfo zone)
    {
        var faults = new List<PortalFault>();
        var rows = ReadRows(text);
        var firstTime = rows.FindIndex(row => row.IsTime);
        var blocks = ReadBlocks(firstTime < 0 ? rows : rows[..firstTime]);
        var header = blocks.FindIndex(block => block.FirstRow > 0 && IsHeader(block.Text));
        var between = blocks[(header + 1)..];

        PortalItem? article = null,
            featured = null;
        List<PortalItem> line = [];
        if (firstTime >= 0)
        {
            var own = BlocksOfFirstItem(rows, firstTime, between);
            line = ReadLine(rows[(own == 0 ? firstTime : between[^own].FirstRow)..], zone, faults);
            between = between[..^own];
            if (between is [.., var heading] && IsLineHeading(heading.Text))
                between = between[..^1];
        }

        if (header > 1)
            faults.Add(new(blocks[0].Number, "text before the article's headline"));
        if (header > 0)
            (article, featured) = ReadArticle(blocks[header - 1], blocks[header], between, firstTime >= 0, zone, faults);
        else if (firstTime >= 0 && between.Count > 0)
            faults.Add(new(between[0].Number, "text before the news line without an article"));

        if (article is null && line is [] && faults is [])
            faults.Add(new(1, "the page holds neither an article nor a news line"));
        return new(article, featured, line, [.. faults.OrderBy(fault => fault.LineNumber)]);
    }

    static List<Row> ReadRows(string text)
    {
        string[] lines = [.. text.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n').Select(line => Blank.Replace(line, " ").Trim())];
        return
        [
            .. lines
                .Select((line, i) => new Row(i + 1, line, i == 0 || lines[i - 1] == "", TimeOnly.IsMatch(line)))
                .Where(row => row.Text != ""),
        ];
    }

    static List<Block> ReadBlocks(List<Row> rows)
    {
        var starts = Enumerable.Range(0, rows.Count).Where(i => i == 0 || rows[i].AfterBlank).Append(rows.Count).ToList();
        return
        [
            .. starts.Zip(starts.Skip(1), (from, to) =>
                new Block(from, rows[from].Number, string.Join(' ', rows[from..to].Select(row => row.Text)))
            ),
        ];
    }

    // How many blocks before the first time are its headline and not yet the heading of the line. Where headlines touch their times,
    // a block that does not is the heading; on a page with a blank line after every line the nearest block is the headline.
    static int BlocksOfFirstItem(List<Row> rows, int firstTime, List<Block> between)
    {
        var touching = rows.Where((row, i) => i > 0 && row.IsTime && !row.AfterBlank && !rows[i - 1].IsTime).Any();
        if (between.Count == 0 || rows[firstTime].AfterBlank && touching)
            return 0;
        var own = 1;
        while (own < between.Count && between[^(own + 1)].Text == rows[firstTime - 1].Text)
            own++;
        return own;
    }

    static (PortalItem? Article, PortalItem? Featured) ReadArticle(
        Block headline,
        Block header,
        List<Block> body,
        bool beforeLine,
        TimeZoneInfo zone,
        List<PortalFault> faults
    )
    {
        var parts = Header.Match(header.Text).Groups;
        if (ToUtc(parts["time"].Value, zone) is not { } publishedAt)
        {
            faults.Add(new(header.Number, NoSuchTime(parts["time"].Value)));
            return (null, null);
        }
        var featured = beforeLine && body is [.., var last] && IsFeatured(last.Text) ? Item(last.Number, last.Text, publishedAt) : null;
        if (featured is not null)
            body = body[..^1];
        var article = Item(headline.Number, headline.Text, publishedAt);
        return (article with { Rubric = parts["rubric"].Value, Body = ToHtml(body) }, featured);
    }

    static List<PortalItem> ReadLine(List<Row> rows, TimeZoneInfo zone, List<PortalFault> faults)
    {
        var items = new OrderedDictionary<(string Headline, DateTimeOffset), PortalItem>();
        var waiting = new List<Row>();
        foreach (var row in rows)
        {
            if (!row.IsTime)
            {
                waiting.Add(row);
                continue;
            }
            var own = waiting.FindLastIndex(other => other.Text != waiting[^1].Text) + 1;
            for (var i = 0; i < own; i++)
                if (i == 0 || waiting[i].Text != waiting[i - 1].Text)
                    faults.Add(new(waiting[i].Number, "headline without a time"));

            if (ToUtc(row.Text, zone) is not { } publishedAt)
                faults.Add(new(row.Number, NoSuchTime(row.Text)));
            else if (waiting.Count == 0)
                faults.Add(new(row.Number, "time without a headline"));
            else
            {
                var item = Item(waiting[own].Number, waiting[own].Text, publishedAt, hasPicture: waiting.Count - own > 1);
                var key = (item.Headline, publishedAt);
                items[key] = items.TryGetValue(key, out var same)
                    ? same with
                    {
                        HasPicture = same.HasPicture || item.HasPicture,
                        Badges = [.. same.Badges.Union(item.Badges)],
                    }
                    : item;
            }
            waiting.Clear();
        }
        var isLinkToAll = ReadBlocks(waiting) is [{ Text.Length: <= LongestLink }];
        if (waiting.Count > 0 && !isLinkToAll)
            faults.Add(new(waiting[0].Number, "headline without a time"));
        return [.. items.Values];
    }

    static PortalItem Item(int number, string text, DateTimeOffset publishedAt, bool hasPicture = false)
    {
        var (headline, badges) = HeadlineMarkers.Cut(text);
        return new(number, headline, null, publishedAt, "", badges, hasPicture);
    }

    static string ToHtml(List<Block> blocks) =>
        string.Concat(
            blocks.Select(
                (block, i) =>
                {
                    var html = block.Text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
                    if (IsQuotation(block.Text))
                        return $"<blockquote><p>{html}</p></blockquote>";
                    var isHeading = i < blocks.Count - 1 && block.Text.Length <= LongestHeading && !EndsIn(SentenceEnds, block.Text);
                    return isHeading ? $"<h2>{html}</h2>" : $"<p>{html}</p>";
                }
            )
        );

    static bool IsHeader(string text) => Header.Match(text) is { Success: true } header && header.Groups["rubric"].Length <= LongestHeading;

    // Only what can be a heading is dropped as one: the last paragraph of an article whose line has none stays in the body.
    static bool IsLineHeading(string text) =>
        text.Length <= LongestHeading && !EndsIn(".…;", text) && HeadlineMarkers.Cut(text).Badges.Count == 0;

    static bool IsFeatured(string text) =>
        HeadlineMarkers.Cut(text).Badges.Count > 0 || text.Length <= LongestHeadline && !EndsIn(SentenceEnds, text);

    static bool EndsIn(string marks, string text) =>
        text.TrimEnd('"', '”', '“', '»', '’', '‘', '\'', ')', ']', ' ') is [.., var last] && marks.Contains(last);

    static bool IsQuotation(string text) =>
        text.AsSpan(1)
            .ContainsAny(
                text[0] switch
                {
                    '"' => "\"",
                    '“' => "”",
                    '«' => "»",
                    '„' => "“”",
                    '‘' => "’",
                    _ => "",
                }
            );

    static string NoSuchTime(string value) => $"no such time: {value}";

    static DateTimeOffset? ToUtc(string value, TimeZoneInfo zone)
    {
        if (!DateTime.TryParseExact(value, "H:mm d.M.yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return null;
        return LocalTime.ToUtc(local, zone);
    }
}
