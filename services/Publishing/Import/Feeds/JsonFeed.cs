using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>The items of a JSON Feed (version 1 and 1.1), numbered from 1, read one by one as they come in bounded memory.</summary>
public sealed class JsonFeed(Edition edition)
{
    readonly List<ImportLine> found = [];
    readonly Names names = new();
    JsonReaderState state = new(new() { MaxDepth = 64 });
    bool begun,
        inItems,
        hasItems;
    int number;
    string? language,
        home,
        author;

    public static async IAsyncEnumerable<ImportLine> ReadAsync(
        PipeReader body,
        Edition edition,
        int maxItemBytes,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var feed = new JsonFeed(edition);
        var fault = (string?)null;
        while (fault is null)
        {
            var result = await body.ReadAsync(ct);
            fault = feed.Read(result.Buffer, result.IsCompleted, out var rest);
            foreach (var line in feed.found)
            {
                yield return line;
            }
            feed.found.Clear();
            if (fault is not null || result.IsCompleted || rest.Length > maxItemBytes)
            {
                fault ??=
                    rest.Length > maxItemBytes ? $"nothing from here on was read: an item may have {maxItemBytes} bytes at most"
                    : feed.hasItems ? null
                    : "is no JSON Feed: it has no items";
                if (fault is not null)
                {
                    yield return ImportLine.Fault(feed.number + 1, fault);
                }
                yield break;
            }
            body.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <summary>Finds what there is in a piece; what is wrong with the file from there on.</summary>
    string? Read(ReadOnlySequence<byte> buffer, bool completed, out ReadOnlySequence<byte> rest)
    {
        rest = buffer;
        if (!begun)
        {
            var start = new SequenceReader<byte>(buffer);
            if (buffer.Length < 3 && !completed)
            {
                return null;
            }
            start.IsNext("\uFEFF"u8, advancePast: true);
            buffer = start.UnreadSequence;
            begun = true;
        }
        var reader = new Utf8JsonReader(buffer, completed, state);
        try
        {
            while (true)
            {
                var before = reader;
                if (!Step(ref reader))
                {
                    (rest, state) = (buffer.Slice(before.Position), before.CurrentState);
                    return null;
                }
            }
        }
        catch (JsonException fault)
        {
            return "the file is not well-formed, and nothing from here on was read: "
                + $"no JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}";
        }
    }

    /// <summary>One member of the feed or one item; false where it has not come whole.</summary>
    bool Step(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }
        if (reader.CurrentDepth == 0)
        {
            return reader.TokenType is JsonTokenType.StartObject or JsonTokenType.EndObject
                ? true
                : throw new JsonException(null, null, 0, 0);
        }
        if (inItems)
        {
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                inItems = false;
                return true;
            }
            var before = reader.TokenStartIndex;
            if (!JsonDocument.TryParseValue(ref reader, out var item))
            {
                return false;
            }
            Found(item.RootElement, (int)(reader.BytesConsumed - before));
            return true;
        }
        var name = Said(ref reader);
        if (!reader.Read())
        {
            return false;
        }
        if (name == "items" && reader.TokenType == JsonTokenType.StartArray)
        {
            inItems = hasItems = true;
            return true;
        }
        if (!JsonDocument.TryParseValue(ref reader, out var value))
        {
            return false;
        }
        using (value)
        {
            Say(name, value.RootElement);
        }
        return true;
    }

    /// <summary>The name of a member; none where half of a surrogate pair makes it no text.</summary>
    static string? Said(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    void Say(string? name, JsonElement value)
    {
        switch (name)
        {
            case "language" when value.ValueKind == JsonValueKind.String:
                language = JsonFeedItem.Said(value);
                break;
            case "home_page_url" when value.ValueKind == JsonValueKind.String:
                home = JsonFeedItem.Said(value);
                break;
            case "author"
                when value.ValueKind == JsonValueKind.Object
                    && value.TryGetProperty("name", out var its)
                    && its.ValueKind == JsonValueKind.String:
                author ??= JsonFeedItem.Said(its);
                break;
            case "authors" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0:
                Say("author", value[0]);
                break;
        }
    }

    void Found(JsonElement item, int size)
    {
        var (itsLanguage, itsHome, itsAuthor) = (language, home, author);
        var read = !Utf8.IsValid(JsonMarshal.GetRawUtf8Value(item))
            ? () => throw ProblemException.BadRequest("item", ImportItem.NoLetter)
            : names.Fault(Member("id"), Member("url"))
                ?? (() => JsonFeedItem.Read(item, edition, itsLanguage, itsHome, itsAuthor).For(edition));
        found.Add(new(++number, read) { Size = size });

        string? Member(string name) =>
            item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? JsonFeedItem.Said(value)
                : null;
    }
}
