using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What of an article's personal data is to be seen nowhere any more.</summary>
public sealed class Masking
{
    /// <summary>Of <c>text</c> and <c>replacement</c>, in UTF-16 code units.</summary>
    public const int MaxText = 200;

    public const int MinText = 2;

    /// <summary>User names in the events' metadata.</summary>
    public const string Actors = "actors";

    /// <summary>Stands in the trace for a text that was given with the request, and never for the text itself.</summary>
    public const string Text = "text";

    /// <summary>Stands for who did something.</summary>
    public const string Somebody = "masked";

    /// <summary>What can be asked for by name; a member of the copy is emptied in all versions.</summary>
    public static readonly IReadOnlyList<string> Known = [Actors, "byline", "source"];

    /// <summary>Not words but codes and addresses, which other things hang on.</summary>
    static readonly HashSet<string> codes =
    [
        "badges",
        "category",
        "contentType",
        "digest",
        "fields",
        "importDigest",
        "kind",
        "language",
        "type",
        "url",
    ];

    readonly HashSet<string> emptied;
    readonly Regex? text;
    readonly Regex? slug;
    readonly string replacement;

    Masking(IReadOnlyList<string> fields, string? text, string replacement)
    {
        Fields = text is null ? fields : [.. fields, Text];
        emptied = [.. fields.Where(field => field != Actors).SelectMany(field => new[] { field, field + "s" })];
        this.replacement = replacement;
        if (text is not null)
        {
            this.text = Pattern(text);
            slug = new($"(?<![a-z0-9]){Regex.Escape(Slug.Of(text))}(?![a-z0-9])");
        }
    }

    /// <summary>In the order of the alphabet, and <see cref="Text"/> last.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>The addresses that the article had and has no more, with what stands for each.</summary>
    public Dictionary<string, string> Moved { get; } = [];

    /// <exception cref="ProblemException">422 that names the member.</exception>
    public static Masking Of(MaskRequest request)
    {
        var fields = request.Fields ?? [];
        for (var i = 0; i < fields.Count; i++)
        {
            if (!Known.Contains(fields[i]) || fields.Take(i).Contains(fields[i]))
            {
                throw ProblemException.RuleViolation($"fields[{i}]", $"must be one of {string.Join(", ", Known)}, each once");
            }
        }
        var (text, replacement) = (
            Articles.TextRules.Optional("text", request.Text),
            Articles.TextRules.Optional("replacement", request.Replacement)
        );
        if (fields.Count == 0 && text is null)
        {
            throw ProblemException.RuleViolation("fields", "is empty, and there is no text: say what to mask");
        }
        if (text is not null && (text.Length is < MinText or > MaxText || !text.Any(char.IsLetterOrDigit)))
        {
            throw ProblemException.RuleViolation(
                "text",
                $"must have from {MinText} to {MaxText} characters, a letter or a digit among them"
            );
        }
        if (text is null != replacement is null)
        {
            throw ProblemException.RuleViolation(text is null ? "text" : "replacement", "is required, as the other one is there");
        }
        if (replacement?.Length > MaxText)
        {
            throw ProblemException.RuleViolation("replacement", $"may have {MaxText} characters at most");
        }
        var masking = new Masking([.. fields.Order(StringComparer.Ordinal)], text, replacement ?? "");
        if (replacement is not null && masking.text!.IsMatch(replacement))
        {
            throw ProblemException.RuleViolation("replacement", "may not contain the text");
        }
        return masking;
    }

    /// <summary>Whether it is said there.</summary>
    public bool IsIn(string words) => text?.IsMatch(words) ?? false;

    /// <summary>An address without what is masked.</summary>
    public string OfSlug(string address) => Moved.GetValueOrDefault(address) ?? slug?.Replace(address, Slug.Of(replacement)) ?? address;

    /// <summary>The same JSON, as an event's body or an answer has it, without what is masked.</summary>
    public JsonNode? Of(JsonNode? node, string member = "") =>
        node switch
        {
            JsonObject all => new JsonObject(
                all.Select(one => KeyValuePair.Create(one.Key, emptied.Contains(one.Key) ? Emptied(one.Value) : Of(one.Value, one.Key)))
            ),
            JsonArray all => new JsonArray([
                .. all.Where(one => one is not JsonObject file || !IsNamed((string?)file["url"])).Select(one => Of(one, member)),
            ]),
            JsonValue value when value.TryGetValue<string>(out var words) => JsonValue.Create(OfWords(member, words)),
            _ => node?.DeepClone(),
        };

    static JsonArray? Emptied(JsonNode? node) => node is JsonArray ? [] : null;

    string? OfWords(string member, string words)
    {
        if (member == "url" && IsNamed(words))
        {
            return null;
        }
        if (member == "slug")
        {
            return OfSlug(words);
        }
        if (member == "url" && words.StartsWith('/'))
        {
            return words[..(words.LastIndexOf('/') + 1)] + OfSlug(words[(words.LastIndexOf('/') + 1)..]);
        }
        if (text is null || codes.Contains(member) || Guid.TryParse(words, out _) || IsTime(words))
        {
            return words;
        }
        var masked =
            member == "body" ? OfHtml(words) : text.Replace(words, _ => member == "keywords" ? replacement.Replace(',', ' ') : replacement);
        var most = member switch
        {
            "headline" => CopyRules.MaxHeadline,
            "summary" => CopyRules.MaxSummary,
            _ => int.MaxValue,
        };
        return masked.Length <= most && (member != "body" || Encoding.UTF8.GetByteCount(masked) <= CopyRules.MaxBodyBytes)
            ? masked
            : throw ProblemException.RuleViolation("replacement", $"makes the {member} of a version too long");
    }

    /// <summary>A file whose address says it is not pointed to any more.</summary>
    bool IsNamed(string? url) =>
        text is not null
        && url is not (null or ['/', ..])
        && Uri.UnescapeDataString(url).ToLowerInvariant().Replace('_', '-') is var address
        && (text.IsMatch(address) || slug!.IsMatch(address));

    /// <summary>Finds it also where it is partly emphasized or a link, and in addresses of links.</summary>
    string OfHtml(string html)
    {
        var body = new HtmlParser().ParseDocument(html).Body!;
        var (all, parts) = (new StringBuilder(), new List<(IText Node, int Start)>());
        foreach (var node in body.Descendants())
        {
            if (node is IText part)
            {
                parts.Add((part, all.Length));
                all.Append(part.Data);
            }
            else if (node is IElement element && !HtmlVocabulary.IsInline(element.LocalName))
            {
                // No name goes on in another paragraph.
                all.Append(element.LocalName == "br" ? ' ' : '\uFFFC');
            }
        }
        var changed = Replace(all.ToString(), parts);
        foreach (var (element, attribute) in body.Descendants<IElement>().SelectMany(e => e.Attributes.Select(a => (e, a))).ToArray())
        {
            if (!text!.IsMatch(attribute.Value) && !text.IsMatch(Uri.UnescapeDataString(attribute.Value)))
            {
                continue;
            }
            changed = true;
            if (attribute.Name is "href" or "src")
            {
                element.RemoveAttribute(attribute.Name);
            }
            else
            {
                attribute.Value = text.Replace(attribute.Value, _ => replacement);
            }
        }
        return changed ? body.InnerHtml : html;
    }

    /// <summary>In one pass over both, since a megabyte can say it a hundred thousand times.</summary>
    bool Replace(string all, List<(IText Node, int Start)> parts)
    {
        var matches = text!.Matches(all);
        if (all.Length + (long)matches.Count * replacement.Length > 4L * CopyRules.MaxBodyBytes)
        {
            throw ProblemException.RuleViolation("replacement", "makes the body of a version too long");
        }
        var first = 0;
        var rest = new Dictionary<IText, (StringBuilder Before, int Done)>();
        foreach (var match in matches.AsEnumerable())
        {
            var (word, end) = (replacement, match.Index + match.Length);
            while (first < parts.Count && parts[first].Start + parts[first].Node.Data.Length <= match.Index)
            {
                first++;
            }
            for (var i = first; i < parts.Count && parts[i].Start < end; i++)
            {
                var (node, start) = parts[i];
                var (before, done) = rest.GetValueOrDefault(node, (new StringBuilder(), 0));
                var (from, to) = (int.Max(match.Index - start, 0), int.Min(end - start, node.Data.Length));
                rest[node] = (before.Append(node.Data, done, from - done).Append(word), to);
                word = "";
            }
        }
        foreach (var (node, kept) in rest)
        {
            node.Data = kept.Before.Append(node.Data, kept.Done, node.Data.Length - kept.Done).ToString();
        }
        return matches.Count > 0;
    }

    static bool IsTime(string words) =>
        words.Length >= 19 && words[10] == 'T' && DateTimeOffset.TryParse(words, System.Globalization.CultureInfo.InvariantCulture, out _);

    /// <summary>The words in every spelling, however the space between them is made and their letters are composed.</summary>
    static Regex Pattern(string text) =>
        new(ServiceDefaults.Folding.Pattern(text), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
