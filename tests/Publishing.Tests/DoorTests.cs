using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Desk;
using NewsPlatform.Publishing.Import;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.Publishing.Keys;
using NewsPlatform.Publishing.Rebuild;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Who may is asked before anything of a body is read, everywhere, and where nothing is said nobody may.</summary>
public sealed class DoorTests(PublishingService service) : IClassFixture<PublishingService>
{
    /// <summary>Only bounds a test that has failed: its body never comes, so whoever waits for it waits for good.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    static readonly string[] everybodys = ["/openapi/publishing.json"];

    Stack Stack => service.Stack;

    async Task<HttpStatusCode> AskAsync(HttpClient who, string method, string path)
    {
        using var request = Stack.Write(new(method), path, new EndlessBody());
        request.Headers.Add("Idempotency-Key", $"{Guid.NewGuid():N}{Guid.NewGuid():N}");
        using var answer = await who.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(patience);
        return answer.StatusCode;
    }

    async Task<IReadOnlyList<(string Method, string Path)>> OperationsAsync() =>
        [
            .. (await Stack.Reader.GetFromJsonAsync<JsonNode>("openapi/publishing.json"))!["paths"]!
                .AsObject()
                .SelectMany(path =>
                    path.Value!.AsObject()
                        .Select(operation =>
                            (
                                operation.Key.ToUpperInvariant(),
                                path.Key.TrimStart('/')
                                    .Replace("{id}", $"{Guid.NewGuid()}", StringComparison.Ordinal)
                                    .Replace("{version}", "1", StringComparison.Ordinal)
                            )
                        )
                ),
        ];

    [Fact]
    public async Task Nothing_of_a_body_is_read_from_who_has_no_key_or_one_of_another_role_nor_where_there_is_nothing()
    {
        using var subscriber = await Stack.KeyAsync("subscriber");
        foreach (var (method, path) in (await OperationsAsync()).Where(operation => operation.Method is "POST" or "PUT"))
        {
            Assert.Equal(
                (path, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden),
                (path, await AskAsync(Stack.Reader, method, path), await AskAsync(subscriber.Client, method, path))
            );
        }
        foreach (
            var path in new[]
            {
                "api/articles/nowhere/publish",
                "api/articles/1/2/3",
                "api/keys/nowhere/rotate",
                $"api/keys/{Guid.NewGuid()}/nothing",
                "api/nothing",
                "nothing",
            }
        )
        {
            Assert.Equal(
                (path, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
                (path, await AskAsync(Stack.Reader, "POST", path), await AskAsync(Stack.Editor, "POST", path))
            );
        }
        Assert.Equal(
            (HttpStatusCode.MethodNotAllowed, HttpStatusCode.MethodNotAllowed),
            (await AskAsync(Stack.Reader, "PUT", "api/articles/counts"), await AskAsync(Stack.Editor, "PUT", "api/articles/counts"))
        );
    }

    [Fact]
    public async Task Every_operation_without_a_key_is_refused()
    {
        var operations = await OperationsAsync();
        Assert.NotEmpty(operations);
        foreach (var (method, path) in operations)
        {
            using var answer = await Stack.Reader.SendAsync(Stack.Write(new(method), path));
            Assert.Equal(
                (method, path, HttpStatusCode.Unauthorized, "Bearer"),
                (method, path, answer.StatusCode, Assert.Single(answer.Headers.WwwAuthenticate).Scheme)
            );
        }
    }

    [Fact]
    public async Task Every_endpoint_says_who_may_use_it_or_is_on_the_list_of_what_is_everybody_s()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([
            new("Security:AdminKey", Stack.AdminKey),
            new("Database:ConnectionString", Stack.ConnectionString("Publishing")),
        ]);
        builder.AddStore(Storage.Configure);
        builder.AddSecurity();
        builder.Services.AddDocument();
        builder.Services.AddKeys();
        foreach (
            var its in new[]
            {
                typeof(CopyRules),
                typeof(PortalOptions),
                typeof(ImportOptions),
                typeof(MessagingOptions),
                typeof(ArticleLocks),
            }
        )
        {
            builder.Services.AddSingleton(its);
        }
        await using var app = builder.Build();
        app.MapKeys();
        app.MapArticles();
        app.MapDesk();
        app.MapImport();
        app.MapRebuild();
        app.MapReference(OpenApi.Name);

        var endpoints = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>().ToArray();
        Assert.True(endpoints.Length > 30);
        Assert.Equal(
            everybodys,
            endpoints
                .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                .Select(endpoint => endpoint.RoutePattern.RawText!)
        );
        Assert.All(endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null), endpoint =>
            Assert.Contains(endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy, new[] { Roles.Reporter, Roles.Editor, Roles.Admin })
        );
    }

    [Fact]
    public async Task An_endpoint_that_does_not_say_who_may_use_it_is_open_to_nobody_and_where_there_is_none_it_is_404()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([
            new("Security:AdminKey", Stack.AdminKey),
            new("Database:ConnectionString", Stack.ConnectionString("Publishing")),
        ]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblems();
        builder.AddStore(Storage.Configure);
        builder.AddSecurity();
        await using var app = builder.Build();
        app.UseProblems();
        app.UseSecurity();
        app.MapPost("/forgotten", (HttpContext context) => "for nobody");
        app.MapPost("/open", (HttpContext context) => "for everybody").AllowAnonymous();
        await app.StartAsync();
        using var nobody = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        using var admin = new HttpClient
        {
            BaseAddress = nobody.BaseAddress,
            DefaultRequestHeaders = { Authorization = new("Bearer", Stack.AdminKey) },
        };
        foreach (var (path, without, with) in new[] { ("forgotten", 401, 403), ("open", 200, 200), ("nothing", 404, 404) })
        {
            using var one = await nobody.PostAsync(new Uri(path, UriKind.Relative), null);
            using var other = await admin.PostAsync(new Uri(path, UriKind.Relative), null);
            Assert.Equal((path, without, with), (path, (int)one.StatusCode, (int)other.StatusCode));
        }
        await app.StopAsync();
    }

    [Fact]
    public async Task Bodies_that_are_kept_for_an_Idempotency_Key_are_bounded_one_by_one_and_in_all()
    {
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string> { ["Idempotency__MaxTotalBytes"] = $"{6 << 20}" },
            "Publishing"
        );
        static StringContent Sized(string headline, int bytes) =>
            new(System.Text.Json.JsonSerializer.Serialize(Stack.Copy(headline, body: new string('b', bytes))), null, "application/json");
        HttpRequestMessage Request(HttpContent content)
        {
            var request = own.Write(HttpMethod.Post, "api/articles", content);
            request.Headers.Add("Idempotency-Key", $"{Guid.NewGuid()}");
            return request;
        }
        using (var tooLong = await own.Editor.SendAsync(Request(Sized("Too long", 5 << 20))))
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
        }
        // As long as one of up to 4 MiB is under way, there is no room for another one.
        using var leaving = new CancellationTokenSource();
        // On a connection of its own, since the service gives up one whose body does not come, and then another one takes its place.
        using var slow = own.Bearer(Stack.AdminKey);
        var waiting = slow.SendAsync(Request(new EndlessBody()), leaving.Token);
        await Eventually.True(
            async () =>
            {
                waiting = waiting.IsCompleted ? slow.SendAsync(Request(new EndlessBody()), leaving.Token) : waiting;
                using var second = await own.Editor.SendAsync(Request(Sized("No room", 3 << 20)));
                return second.StatusCode == HttpStatusCode.ServiceUnavailable && second.Headers.RetryAfter is not null;
            },
            "no room for a second one"
        );
        using (var small = await own.Editor.SendAsync(Request(Sized("Room enough", 1))))
        {
            Assert.Equal(HttpStatusCode.Created, small.StatusCode);
        }
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => waiting);
        await Eventually.True(
            async () =>
            {
                using var second = await own.Editor.SendAsync(Request(Sized("Room again", 3 << 20)));
                return second.StatusCode == HttpStatusCode.UnprocessableEntity;
            },
            "room again"
        );
    }
}
