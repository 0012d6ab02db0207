using Microsoft.AspNetCore.Mvc;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// A request that is answered with problem details (RFC 9457) and changes nothing. <see cref="Code"/> ends the problem's
/// <c>type</c> and is what clients may rely on; the texts are for people.
/// </summary>
public sealed class ProblemException(int status, string code, string detail) : Exception(detail)
{
    public int Status => status;
    public string Code => code;

    /// <summary>Further members of the problem, such as <c>errors</c> or <c>currentVersion</c>.</summary>
    public Dictionary<string, object?> Members { get; } = [];

    /// <summary>Header fields of the answer.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>400: what cannot be read, named by the member, parameter or header at fault.</summary>
    public static ProblemException BadRequest(string name, string rule) =>
        new(400, "unreadable", $"{name}: {rule}") { Members = { ["errors"] = new Dictionary<string, string[]> { [name] = [rule] } } };

    /// <summary>422 that names the one member that breaks a rule.</summary>
    public static ProblemException RuleViolation(string member, string rule) =>
        RuleViolations(new Dictionary<string, string[]> { [member] = [rule] });

    /// <summary>422: what can be read and breaks a rule.</summary>
    public static ProblemException RuleViolations(IDictionary<string, string[]> errors) =>
        new(
            422,
            "rule-broken",
            "The request breaks a rule: " + string.Join("; ", errors.Select(e => $"{e.Key}: {string.Join(", ", e.Value)}"))
        )
        {
            Members = { ["errors"] = errors },
        };

    /// <summary>404, also for what there is but not for this reader.</summary>
    public static ProblemException NotFound(string what) => new(404, "not-found", $"There is no such {what}.");

    /// <summary>429 (RFC 6585, section 4).</summary>
    /// <param name="after">When to come again; said in whole seconds, one at the least.</param>
    public static ProblemException TooMany(string detail, TimeSpan after) => Later(429, "too-many-requests", detail, after);

    /// <summary>503: it would be possible at another time.</summary>
    /// <inheritdoc cref="TooMany"/>
    public static ProblemException Unavailable(string detail, TimeSpan after) => Later(503, "unavailable", detail, after);

    static ProblemException Later(int status, string code, string detail, TimeSpan after) =>
        new(status, code, detail) { Headers = { ["Retry-After"] = $"{Math.Max(1, (long)Math.Ceiling(after.TotalSeconds))}" } };

    /// <summary>428: a write must say which version it changes (RFC 6585, section 3).</summary>
    public static ProblemException PreconditionRequired() =>
        new(428, "precondition-required", "Say which version you change: If-Match with the ETag you read, or * for any.");

    /// <summary>412: somebody else was faster (RFC 9110, section 13.1.1).</summary>
    public static ProblemException Stale(long currentVersion) =>
        new(412, "version-stale", $"The article is at version {currentVersion} by now; read it again and repeat your change on it.")
        {
            Members = { ["currentVersion"] = currentVersion },
            Headers = { ["ETag"] = $"\"{currentVersion}\"" },
        };

    public ProblemDetails ToProblem()
    {
        var problem = new ProblemDetails
        {
            Status = Status,
            Type = Problems.Type(Code),
            Detail = Message,
        };
        foreach (var (name, value) in Members)
        {
            problem.Extensions[name] = value;
        }
        return problem;
    }
}
