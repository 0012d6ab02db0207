using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NewsPlatform.Platform.Tests.Documentation;

/// <summary>The documentation comments of an assembly as plain Markdown, from the XML file that the compiler leaves beside it.</summary>
sealed partial class DocComments(string assembly)
{
    readonly Dictionary<string, string> summaries = XDocument
        .Load(Path.ChangeExtension(assembly, ".xml"))
        .Descendants("member")
        .ToDictionary(member => (string)member.Attribute("name")!, member => Text(member.Element("summary")));

    public string Of(Type type) => summaries.GetValueOrDefault($"T:{Named(type)}", "");

    public string Of(System.Reflection.PropertyInfo property) =>
        summaries.GetValueOrDefault($"P:{Named(property.DeclaringType!)}.{property.Name}", "");

    static string Named(Type type) => type.FullName!.Replace('+', '.');

    static string Text(XElement? summary) =>
        summary is null ? "" : Space().Replace(summary.Nodes().Aggregate(new StringBuilder(), Append).ToString(), " ").Trim();

    static StringBuilder Append(StringBuilder text, XNode node) =>
        node switch
        {
            XElement { Name.LocalName: "c" } code => text.Append('`').Append(code.Value).Append('`'),
            XElement element when (string?)element.Attribute("cref") is { } cref => text.Append('`')
                .Append(cref.Split('.', ':')[^1])
                .Append('`'),
            XElement element => element.Nodes().Aggregate(text.Append(' '), Append),
            XText words => text.Append(words.Value),
            _ => text,
        };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
