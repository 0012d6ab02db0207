using System.Text.RegularExpressions;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>What is wrong with an answer, whatever was asked.</summary>
public static partial class Judge
{
    const string Problem = "application/problem+json";

    public static IEnumerable<string> Faults(Attempt attempt, RawAnswer answer)
    {
        if (answer.Status == 0 || answer.Fault is not null)
        {
            return [$"no whole answer: {answer.Fault}"];
        }
        if (IsOfTheServer(answer))
        {
            return [];
        }
        return
        [
            .. OfStatus(answer),
            .. OfHeaders(answer),
            .. answer.Status >= 400 && attempt.Request.Method != "HEAD" ? OfRefusal(attempt, answer) : OfContent(answer),
        ];
    }

    /// <summary>
    /// Kestrel itself refuses what is no HTTP/1.1 and closes the connection, before the platform has a request to say anything of: 400, 405
    /// (the address `*`), 408, 411, 414, 431, 505.
    /// </summary>
    static bool IsOfTheServer(RawAnswer answer) =>
        answer.Status is 400 or 405 or 408 or 411 or 414 or 431 or 505
        && answer.Body.Length == 0
        && answer.Header("Connection") == "close"
        && answer.Header("X-Content-Type-Options") is null;

    /// <summary>Made for a browser, also by what its dots or slashes lead to.</summary>
    static bool IsPage(Attempt attempt) =>
        attempt.Operation.IsPage
        || attempt.Request.Method is "GET" or "HEAD"
            && Uri.TryCreate($"http://127.0.0.1{attempt.Request.Target}", UriKind.Absolute, out var address)
            && !address.AbsolutePath.StartsWith("/api/", StringComparison.OrdinalIgnoreCase)
            && !Path.HasExtension(address.AbsolutePath);

    /// <summary>Several are under way at once, and two that want the same address or name are told to come back.</summary>
    static bool IsOfTheMoment(RawAnswer answer) =>
        answer.Status == 503
        && answer.Header("Retry-After") is not null
        && answer.Text.Contains("at the same moment", StringComparison.Ordinal);

    static IEnumerable<string> OfStatus(RawAnswer answer)
    {
        if (answer.Status >= 500 && !IsOfTheMoment(answer))
        {
            yield return $"{answer.Status}";
        }
        if (answer.Status is 429 or 503 && answer.Header("Retry-After") is null)
        {
            yield return $"{answer.Status} without Retry-After";
        }
        if (answer.Status == 401 && answer.Header("WWW-Authenticate") is null)
        {
            yield return "401 without WWW-Authenticate";
        }
        if (answer.Status == 405 && answer.Header("Allow") is null)
        {
            yield return "405 without Allow";
        }
    }

    static IEnumerable<string> OfHeaders(RawAnswer answer)
    {
        foreach (var told in new[] { "Server", "X-Powered-By", "X-AspNet-Version" })
        {
            if (answer.Header(told) is { } value)
            {
                yield return $"says {told}: {value}";
            }
        }
        if (answer.Header("X-Odd") is not null || answer.Header("X-Other") is not null)
        {
            yield return "a header field of the request's making";
        }
    }

    static IEnumerable<string> OfContent(RawAnswer answer)
    {
        if (
            answer.Status is >= 200 and < 300
            && answer.MediaType.EndsWith("json", StringComparison.Ordinal)
            && answer.MediaType != "application/x-ndjson"
            && answer.Body.Length > 0
            && answer.Json() is null
            && answer.Text != "null"
        )
        {
            yield return "JSON that is none";
        }
    }

    static IEnumerable<string> OfRefusal(Attempt attempt, RawAnswer answer)
    {
        var text = answer.Text;
        if (Internals().Match(text) is { Success: true } found)
        {
            yield return $"says of the inside: {found.Value}";
        }
        if (answer.MediaType == "text/html" && IsPage(attempt) && text.Contains("</html>", StringComparison.Ordinal))
        {
            yield break;
        }
        if (answer.MediaType != Problem)
        {
            yield return $"{answer.Status} as {(answer.MediaType.Length == 0 ? "nothing" : answer.MediaType)}";
            yield break;
        }
        var problem = answer.Json();
        if (problem is null)
        {
            yield return "problem details that are no JSON";
            yield break;
        }
        if ((string?)problem["type"] is not { } type || !type.StartsWith("urn:newsplatform:problem:", StringComparison.Ordinal))
        {
            yield return "problem details without a type";
        }
        if ((int?)problem["status"] != answer.Status)
        {
            yield return "problem details of another status";
        }
        if (string.IsNullOrWhiteSpace((string?)problem["detail"]))
        {
            yield return $"{answer.Status} without detail";
        }
        if (answer.Status is 400 or 422 && problem["errors"] is not System.Text.Json.Nodes.JsonObject { Count: > 0 })
        {
            yield return $"{answer.Status} without errors";
        }
    }

    [GeneratedRegex(
        @"^ +at [A-Z][\w.]+\(|\b[A-Z]\w+Exception\b"
            + @"|\b(Npgsql|Marten|MassTransit|Yarp|Microsoft\.(AspNetCore|Extensions)"
            + @"|System\.(Text|Private|Collections|Net|IO|Int32|String|Guid|Nullable)"
            + @"|NewsPlatform\.(Feed|Publishing|Notifications|ServiceDefaults|Gateway))\b"
            + @"|Failed to bind parameter|\b(SELECT|select) .+ (FROM|from) |(INSERT INTO|insert into) "
            + @"|mt_(doc|events|streams)|StackTrace|\.cs:line",
        RegexOptions.Multiline
    )]
    private static partial Regex Internals();
}
