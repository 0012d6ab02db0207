using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Authorization;

/// <param name="Route">Such as <c>GET /api/keys</c>.</param>
/// <param name="Cells">By who asks: <c>yes</c>, <c>own</c> or the status of the refusal.</param>
/// <param name="Categories">On which copies a key's categories are checked.</param>
public sealed record AuthorizationRow(string Route, IReadOnlyDictionary<string, string> Cells, IReadOnlyList<string> Categories)
{
    public string Method => Route.Split(' ')[0];
    public string Path => Route.Split(' ')[1];
}

/// <summary>The tables of <c>docs/authorization.md</c>, which say who may what.</summary>
public static class AuthorizationTable
{
    public static readonly string[] Columns = ["anonymous", "subscriber", "trade", "reporter", "editor", "admin"];

    static readonly string[] cells = ["yes", "own", "401", "403"];
    static readonly string[] words = ["article", "copy", "version", "translations", "names"];

    /// <exception cref="InvalidDataException">A cell says what no cell may say.</exception>
    public static IReadOnlyList<AuthorizationRow> Read()
    {
        var rows = new List<AuthorizationRow>();
        string[]? columns = null;
        foreach (var line in File.ReadLines(System.IO.Path.Combine(Repository.Root, "docs", "authorization.md")))
        {
            string[] row = [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim().Trim('`'))];
            if (!line.StartsWith('|'))
            {
                columns = null;
            }
            else if (row[0] == "route")
            {
                columns = row;
            }
            else if (columns is not null && !row[0].StartsWith('-'))
            {
                rows.Add(Row(columns, row));
            }
        }
        return rows;
    }

    static AuthorizationRow Row(string[] columns, string[] row)
    {
        var said = columns.Zip(row).ToDictionary(pair => pair.First, pair => pair.Second);
        string[] categories = said["categories"] == "-" ? [] : [.. said["categories"].Split(',').Select(word => word.Trim())];
        return Columns.All(column => cells.Contains(said[column])) && categories.All(words.Contains)
            ? new(row[0], Columns.ToDictionary(column => column, column => said[column]), categories)
            : throw new InvalidDataException($"docs/authorization.md: {string.Join(" | ", row)}");
    }
}
