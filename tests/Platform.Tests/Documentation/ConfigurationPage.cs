using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Documentation;

/// <summary>
/// The part of <c>docs/configuration.md</c> that is made of the options themselves: their names, defaults, ranges and documentation
/// comments. Which class belongs to which section stands where a service requires it.
/// </summary>
static partial class ConfigurationPage
{
    const int Width = 140;

    /// <summary>The projects that have options, and the service whose build holds each.</summary>
    static readonly (string Project, string Service, string Title)[] projects =
    [
        ("ServiceDefaults", "Publishing", "What services share"),
        ("Publishing", "Publishing", "Publishing"),
        ("Feed", "Feed", "Feed"),
        ("Notifications", "Notifications", "Notifications"),
        ("Gateway", "Gateway", "Gateway"),
    ];

    /// <param name="undocumented">Takes the settings that say nothing of themselves.</param>
    public static string Make(ICollection<string> undocumented)
    {
        var page = new StringBuilder();
        var sections = projects
            .SelectMany(project => Sections(project.Project))
            .Distinct()
            .OrderBy(its => its.Section, StringComparer.Ordinal);
        foreach (var (project, service, title) in projects)
        {
            var assembly = Load(project, service);
            var comments = new DocComments(assembly.Location);
            page.Append($"## {title}\n");
            foreach (var (section, type) in sections)
            {
                if (assembly.GetTypes().SingleOrDefault(t => t.Name == type && !t.IsNested) is not { } options)
                {
                    continue;
                }
                page.Append($"\n### {section}\n\n");
                if (comments.Of(options) is { Length: > 0 } about)
                {
                    Fill(page, "", about, "");
                    page.Append('\n');
                }
                Append(page, Activator.CreateInstance(options)!, section + "__", comments, undocumented);
            }
            page.Append('\n');
        }
        return page.ToString();
    }

    static void Append(StringBuilder page, object options, string prefix, DocComments comments, ICollection<string> undocumented)
    {
        var nested = new Dictionary<Type, (object Options, List<string> Prefixes)>();
        foreach (var setting in Setting.Of(options))
        {
            var meaning = comments.Of(setting.Property);
            if (meaning.Length == 0)
            {
                undocumented.Add($"{prefix}{setting.Property.Name}");
            }
            Fill(page, "- ", $"`{prefix}{setting.Name}`{(setting.Facts is { Length: > 0 } facts ? $" ({facts})" : "")}: {meaning}", "  ");
            if ((setting.Nested ?? setting.NestedItem) is { } inner)
            {
                nested.TryAdd(inner.GetType(), (inner, []));
                nested[inner.GetType()].Prefixes.Add($"`{prefix}{setting.Name[..^1]}`");
            }
        }
        foreach (var (type, (inner, prefixes)) in nested)
        {
            page.Append('\n');
            Fill(page, "", $"Behind {string.Join(", ", prefixes)}: {comments.Of(type)}", "");
            page.Append('\n');
            foreach (var setting in Setting.Of(inner))
            {
                var meaning = comments.Of(setting.Property);
                if (meaning.Length == 0)
                {
                    undocumented.Add($"{type.Name}.{setting.Property.Name}");
                }
                Fill(page, "- ", $"`{setting.Name}`: {meaning}", "  ");
            }
        }
    }

    /// <summary>The sections that a project's sources require, with the class of each.</summary>
    static IEnumerable<(string Section, string Type)> Sections(string project) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "services", project), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Required().Matches(File.ReadAllText(file)))
            .Select(match => (match.Groups[2].Value.Replace(":", "__", StringComparison.Ordinal), match.Groups[1].Value));

    static Assembly Load(string project, string service)
    {
        var entry = Repository.Assembly(service);
        var context = new AssemblyLoadContext(project);
        var resolver = new AssemblyDependencyResolver(entry);
        context.Resolving += (_, name) => resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        return context.LoadFromAssemblyPath(Path.Combine(Path.GetDirectoryName(entry)!, $"NewsPlatform.{project}.dll"));
    }

    /// <summary>
    /// Writes a text in lines of at most <see cref="Width"/> characters; what stands between backticks stays in one line.
    /// </summary>
    static void Fill(StringBuilder page, string first, string text, string rest)
    {
        var line = first;
        foreach (var word in Word().Matches(text).Select(match => match.Value))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                page.Append(line).Append('\n');
                line = rest;
            }
            line += (line == first || line == rest ? "" : " ") + word;
        }
        page.Append(line).Append('\n');
    }

    [GeneratedRegex(@"Require<(\w+)>\(""([\w:]+)""\)")]
    private static partial Regex Required();

    [GeneratedRegex(@"(?:`[^`]*`|[^\s`])+")]
    private static partial Regex Word();
}
