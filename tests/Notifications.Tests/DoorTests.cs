using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Who may is asked before anything of a body is read, of every operation but those that are everybody's.</summary>
public sealed class DoorTests(ClosedService service) : IClassFixture<ClosedService>
{
    /// <summary>Only bounds a test that has failed: its body never comes, so whoever waits for it waits for good.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    /// <summary>Which an operator may close by <c>Stream__Public</c>, as here.</summary>
    static readonly string[] streams = ["GET /api/stream", "GET /api/bulletins"];

    static readonly string[] everybodys =
    [
        "GET /api/push/key",
        "GET /hub",
        "POST /hub",
        "POST /api/subscriptions",
        "GET /api/subscriptions/confirm",
        "POST /api/subscriptions/confirm",
        "GET /api/subscriptions/unsubscribe",
        "POST /api/subscriptions/unsubscribe",
    ];

    Stack Stack => service.Stack;

    async Task<IReadOnlyList<string>> OperationsAsync() =>
        [
            .. (await Stack.Reader.GetFromJsonAsync<JsonNode>("openapi/notifications.json"))!["paths"]!
                .AsObject()
                .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}")),
        ];

    static HttpRequestMessage Request(string operation, HttpContent? body = null) =>
        new(
            new(operation.Split(' ')[0]),
            operation.Split(' ')[1].TrimStart('/').Replace("{id}", $"{Guid.NewGuid()}", StringComparison.Ordinal)
        )
        {
            Content = body,
        };

    [Fact]
    public async Task Every_operation_without_a_key_is_refused_but_those_that_are_everybody_s()
    {
        var operations = await OperationsAsync();
        Assert.Equal([], everybodys.Concat(streams).Except(operations));
        foreach (var operation in operations)
        {
            using var request = Request(operation);
            using var answer = await Stack.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(
                (answer.StatusCode == HttpStatusCode.Unauthorized) != everybodys.Contains(operation),
                $"{operation}: {(int)answer.StatusCode}"
            );
        }
    }

    [Fact]
    public async Task Nothing_of_a_body_is_read_from_who_sends_no_proof_nor_where_there_is_nothing()
    {
        // The client asks whether to send (RFC 9110, section 10.1.1), and waits for an answer for as long as it takes.
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan })
        {
            BaseAddress = Stack.Reader.BaseAddress,
        };
        foreach (
            var operation in (await OperationsAsync())
                .Where(operation => operation[0] == 'P')
                .Except(everybodys)
                .Append("POST /api/subscriptions/nothing/at/all")
                .Append("POST /nowhere")
        )
        {
            using var body = new EndlessBody();
            using var request = Request(operation, body);
            request.Headers.ExpectContinue = true;
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(patience);
            Assert.Equal(
                (
                    operation,
                    operation.Contains("noth", StringComparison.Ordinal) || operation.Contains("nowhere", StringComparison.Ordinal)
                        ? HttpStatusCode.NotFound
                        : HttpStatusCode.Unauthorized
                ),
                (operation, answer.StatusCode)
            );
        }
    }
}
