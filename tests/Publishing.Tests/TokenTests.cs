using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Publishing with an OpenID Connect issuer that the tests host.</summary>
public sealed class IssuedService(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;
    public Issuer Issuer { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Issuer = await Issuer.StartAsync();
        Stack = await Stack.StartAsync(servers, Issuer.Settings, "Publishing");
    }

    public async ValueTask DisposeAsync()
    {
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Issuer.DisposeAsync();
    }
}

public sealed class TokenTests(IssuedService service) : IClassFixture<IssuedService>
{
    Stack Stack => service.Stack;
    Issuer Issuer => service.Issuer;

    async Task<HttpResponseMessage> DraftAsync(string token)
    {
        using var bearer = Stack.Bearer(token);
        return await bearer.PostAsJsonAsync("api/articles", Stack.Copy("By token"));
    }

    async Task RefusedAsync(string token, HttpStatusCode status = HttpStatusCode.Unauthorized)
    {
        using var answer = await DraftAsync(token);
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task A_token_of_the_issuer_lets_in_and_its_subject_is_on_the_event()
    {
        using var answer = await DraftAsync(Issuer.Token(sub: "anna@example.org"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var id = Stack.Id((await answer.Content.ReadFromJsonAsync<JsonNode>())!);
        Assert.Equal(
            ["anna@example.org"],
            await Stack.QueryAsync("Publishing", $"select user_name from mt_events where stream_id = '{id}'")
        );
    }

    [Fact]
    public async Task Whose_subject_reads_like_a_key_s_name_has_nothing_of_that_key()
    {
        using var key = await Stack.KeyAsync("reporter", name: "partner");
        using var person = Stack.Bearer(Issuer.Token(sub: "key:partner"));
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Whose lock")));
        using var taken = await key.Client.SendAsync(Stack.Write(HttpMethod.Put, $"api/articles/{id}/lock"));
        using var released = await person.SendAsync(Stack.Write(HttpMethod.Delete, $"api/articles/{id}/lock"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Locked), (taken.StatusCode, released.StatusCode));

        using var drafted = await person.PostAsJsonAsync("api/articles", Stack.Copy("By a person"));
        var own = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>())!);
        Assert.Equal(
            ["token:key:partner token:key:partner"],
            await Stack.QueryAsync(
                "Publishing",
                $"select user_name || ' ' || (headers ->> 'actor') from mt_events where stream_id = '{own}'"
            )
        );
    }

    [Fact]
    public async Task Keys_open_beside_tokens()
    {
        await Stack.DraftAsync(Stack.Copy("By key"));
        await RefusedAsync("np_no-key");
    }

    [Theory]
    [InlineData("reporter", 201, 403)]
    [InlineData("editor", 201, 200)]
    [InlineData("admin", 201, 200)]
    [InlineData("subscriber", 403, 403)]
    [InlineData("owner", 403, 403)]
    [InlineData("", 403, 403)]
    public async Task A_token_may_do_what_its_role_may(string role, int draft, int publish)
    {
        var token = Issuer.Token(roles: role.Length == 0 ? Array.Empty<string>() : new[] { "offline_access", role });
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("To publish")));
        using var bearer = Stack.Bearer(token);
        using var drafted = await DraftAsync(token);
        using var published = await bearer.SendAsync(Stack.Write(HttpMethod.Post, $"api/articles/{id}/publish"));
        Assert.Equal((draft, publish), ((int)drafted.StatusCode, (int)published.StatusCode));
    }

    [Fact]
    public async Task A_token_without_a_role_is_forbidden_and_says_which_it_takes()
    {
        using var answer = await DraftAsync(Issuer.Token(roles: "none of these"));
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((403, "urn:newsplatform:problem:forbidden"), ((int)answer.StatusCode, (string?)problem["type"]));
        Assert.Contains("reporter or editor or admin", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public Task A_token_of_another_issuer_is_refused() => RefusedAsync(Issuer.Token(issuer: "https://other.example.org"));

    [Fact]
    public Task A_token_for_another_audience_is_refused() => RefusedAsync(Issuer.Token(audience: "payroll"));

    [Fact]
    public Task A_token_for_nobody_in_particular_is_refused() => RefusedAsync(Issuer.Token(audience: null));

    [Fact]
    public Task A_token_that_has_expired_is_refused() => RefusedAsync(Issuer.Token(expires: DateTimeOffset.UtcNow.AddMinutes(-2)));

    [Fact]
    public Task A_token_that_is_not_good_yet_is_refused() =>
        RefusedAsync(Issuer.Token(notBefore: DateTimeOffset.UtcNow.AddMinutes(2), expires: DateTimeOffset.UtcNow.AddMinutes(9)));

    [Fact]
    public Task A_token_that_names_nobody_is_refused() => RefusedAsync(Issuer.Token(sub: null));

    [Fact]
    public async Task A_token_that_was_signed_by_somebody_else_is_refused()
    {
        using var rsa = RSA.Create(2048);
        await RefusedAsync(
            Issuer.Token(signing: new(new RsaSecurityKey(rsa) { KeyId = "of somebody else" }, SecurityAlgorithms.RsaSha256))
        );
    }

    [Fact]
    public async Task A_token_whose_words_were_changed_is_refused()
    {
        var parts = Issuer.Token(roles: new[] { "reporter" }).Split('.');
        var words = Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1])).Replace("reporter", "admin", StringComparison.Ordinal);
        await RefusedAsync($"{parts[0]}.{Base64UrlEncoder.Encode(words)}.{parts[2]}");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    public async Task A_token_that_says_it_needs_no_signature_is_refused(string algorithm)
    {
        var words = Issuer.Token().Split('.')[1];
        await RefusedAsync($"{Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{words}.");
        await RefusedAsync(
            $"{Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{words}.{Base64UrlEncoder.Encode("signature")}"
        );
    }

    [Fact]
    public async Task A_token_that_was_signed_with_the_public_key_as_a_shared_secret_is_refused()
    {
        var shared = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Issuer.PublicKey));
        await RefusedAsync(Issuer.Token(signing: new(shared, SecurityAlgorithms.HmacSha256)));
    }

    [Fact]
    public async Task A_token_is_not_logged()
    {
        var token = Issuer.Token(expires: DateTimeOffset.UtcNow.AddMinutes(-2));
        await RefusedAsync(token);
        Assert.DoesNotContain(Stack["Publishing"].Output, line => line.Contains(token.Split('.')[2], StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_issuer_changes_its_key_the_new_one_is_taken_without_a_restart()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var own = await Stack.StartAsync(Stack.Servers, issuer.Settings, "Publishing");
        await TakenAsync(own, issuer);
        issuer.Roll();
        await TakenAsync(own, issuer);
    }

    static async Task TakenAsync(Stack stack, Issuer issuer)
    {
        using var bearer = stack.Bearer(issuer.Token());
        await Eventually.True(
            async () =>
            {
                using var answer = await bearer.PostAsJsonAsync("api/articles", Stack.Copy("By token"));
                return answer.StatusCode == HttpStatusCode.Created;
            },
            "the token is taken"
        );
    }

    [Fact]
    public async Task While_the_issuer_is_away_at_first_tokens_are_told_to_come_back_and_keys_go_on()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.Leave();
        await using var own = await Stack.StartAsync(Stack.Servers, issuer.Settings, "Publishing");
        using var bearer = own.Bearer(issuer.Token());
        using var away = await bearer.PostAsJsonAsync("api/articles", Stack.Copy("By token"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull(away.Headers.RetryAfter);
        await own.DraftAsync(Stack.Copy("By key"));
        issuer.Return();
        await TakenAsync(own, issuer);
    }
}
