using System.Text;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>That the fuzz would see what it looks for.</summary>
public sealed class JudgeTests
{
    const string Problem = "application/problem+json";
    const string Right = """{"type":"urn:newsplatform:problem:unreadable","status":400,"detail":"a: is odd","errors":{"a":["is odd"]}}""";

    [Theory]
    [InlineData(400, Problem, Right, null)]
    [InlineData(500, Problem, """{"type":"urn:newsplatform:problem:internal","status":500,"detail":"x"}""", "500")]
    [InlineData(404, "text/plain", "Status Code: 404", "404 as text/plain")]
    [InlineData(404, "", "", "404 as nothing")]
    [InlineData(404, Problem, """{"type":"urn:newsplatform:problem:not-found","status":404}""", "404 without detail")]
    [InlineData(404, Problem, """{"type":"about:blank","status":404,"detail":"x"}""", "problem details without a type")]
    [InlineData(422, Problem, """{"type":"urn:newsplatform:problem:rule-broken","status":422,"detail":"x"}""", "422 without errors")]
    [InlineData(409, Problem, """{"type":"urn:newsplatform:problem:x","status":400,"detail":"x"}""", "problem details of another status")]
    [InlineData(
        409,
        Problem,
        """{"type":"urn:newsplatform:problem:x","status":409,"detail":"Npgsql.PostgresException"}""",
        "says of the inside: Npgsql"
    )]
    [InlineData(401, Problem, """{"type":"urn:newsplatform:problem:x","status":401,"detail":"x"}""", "401 without WWW-Authenticate")]
    [InlineData(429, Problem, """{"type":"urn:newsplatform:problem:x","status":429,"detail":"x"}""", "429 without Retry-After")]
    [InlineData(200, "application/json", """{"half":""", "JSON that is none")]
    public void Each_fault_of_an_answer_is_named_and_a_right_one_has_none(int status, string type, string body, string? fault)
    {
        var attempt = new Attempt(Operation.Get("/api/odd"), Player.Anonymous, "", "", () => new("GET", "/api/odd"));
        var answer = new RawAnswer(status, [("Content-Type", type), ("X-Content-Type-Options", "nosniff")], Encoding.UTF8.GetBytes(body));
        Assert.Equal(fault is null ? [] : [fault], Judge.Faults(attempt, answer));
    }

    [Fact]
    public void A_row_more_and_a_row_changed_are_seen_and_a_row_less_of_what_goes_by_itself_is_not()
    {
        var before = new Stored(
            new Dictionary<string, string>
            {
                ["Feed.a"] = "1 rows, sum 5",
                ["Feed.b"] = "1 rows, sum 5",
                ["Notifications.errand"] = "3",
                ["Notifications.outbox"] = "3",
            }
        );
        var after = new Stored(
            new Dictionary<string, string>
            {
                ["Feed.a"] = "1 rows, sum 6",
                ["Feed.b"] = "1 rows, sum 5",
                ["Notifications.errand"] = "2",
                ["Notifications.outbox"] = "4",
            }
        );
        Assert.Equal(["Feed.a: 1 rows, sum 5 → 1 rows, sum 6", "Notifications.outbox: 3 → 4"], after.Since(before));
    }
}
