using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NewsPlatform.TestSupport;

/// <summary>The services on databases and a virtual host of their own, and what their users do with them through the gateway.</summary>
public sealed class Stack : IAsyncDisposable
{
    public const string AdminKey = "a-key-of-the-tests-that-is-long-enough-for-it";

    /// <summary>Before the name of a setting that is the gateway's alone.</summary>
    public const string OfGateway = "Gateway__";

    static readonly string[] all = ["Publishing", "Feed", "Notifications", "Gateway"];
    readonly Dictionary<string, ServiceProcess> services = [];
    readonly Dictionary<string, string> databases = [];
    readonly Dictionary<string, Dictionary<string, string>> environments = [];
    bool http2;

    Stack(Servers servers, string virtualHost) => (Servers, VirtualHost) = (servers, virtualHost);

    public Servers Servers { get; }
    public string VirtualHost { get; }

    /// <summary>Anybody, through the front door.</summary>
    public HttpClient Reader { get; private set; } = null!;

    /// <summary>Who holds the key.</summary>
    public HttpClient Editor { get; private set; } = null!;

    public ServiceProcess this[string service] => services[service];

    /// <param name="names">Which services; all of them when none is named. The front door is the gateway, or else the first of
    /// them.</param>
    public static async Task<Stack> StartAsync(Servers servers, IReadOnlyDictionary<string, string>? settings = null, params string[] names)
    {
        names = names.Length == 0 ? all : names;
        var stack = new Stack(servers, await servers.CreateVirtualHostAsync());
        // For tests that send by hand, before Publishing has declared it or without it.
        await stack.DeclareTopologyAsync();
        foreach (var name in names.Where(n => n != "Gateway"))
        {
            stack.databases[name] = await servers.CreateDatabaseAsync(name.ToLowerInvariant());
            var environment = new Dictionary<string, string>(
                (settings ?? new Dictionary<string, string>()).Where(s => !s.Key.StartsWith(OfGateway, StringComparison.Ordinal))
            )
            {
                ["Database__ConnectionString"] = stack.databases[name],
                ["Messaging__Host"] = servers.Host,
                ["Messaging__Port"] = $"{servers.RabbitPort}",
                ["Messaging__User"] = name.ToLowerInvariant(),
                ["Messaging__Password"] = servers.PasswordOf(name.ToLowerInvariant()),
                ["Messaging__VirtualHost"] = stack.VirtualHost,
                ["Security__AdminKey"] = AdminKey,
            };
            // Their bulletins would take places in the log that tests count.
            environment.TryAdd("DryRun__EverySeconds", "0");
            stack.environments[name] = environment;
            stack.services[name] = new(name, environment);
        }
        if (names.Contains("Gateway"))
        {
            var edge = stack.services.SelectMany(s => Destination(s.Key, s.Value)).ToDictionary(s => s.Name, s => s.Value);
            foreach (
                var (name, value) in (settings ?? new Dictionary<string, string>()).Where(s =>
                    s.Key.StartsWith(OfGateway, StringComparison.Ordinal)
                )
            )
            {
                edge[name[OfGateway.Length..]] = value;
            }
            stack.environments["Gateway"] = edge;
            stack.services["Gateway"] = new("Gateway", edge);
        }
        var door = stack.services.GetValueOrDefault("Gateway") ?? stack.services[names[0]];
        // What it names as the portal's addresses, its readers follow.
        foreach (var name in new[] { "Feed", "Notifications" })
        {
            stack.environments.GetValueOrDefault(name)?.TryAdd("Portal__PublicUrl", door.Address.ToString());
        }
        await stack.StartServicesAsync();
        stack.http2 = names is ["Publishing"];
        stack.Reader = Client(door.Address, stack.http2);
        stack.Editor = stack.Bearer(AdminKey);
        return stack;
    }

    /// <summary>Starts the services; when one does not start, none is left behind.</summary>
    async Task StartServicesAsync()
    {
        try
        {
            foreach (var service in services.Values)
            {
                service.Start();
            }
            await Task.WhenAll(services.Values.Select(s => s.ReadyAsync()));
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Somebody with a key or a token, through the front door or another one.</summary>
    public HttpClient Bearer(string token, Uri? door = null)
    {
        var client = Client(door ?? Reader.BaseAddress!, http2);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A gateway's settings that name an instance of a service.</summary>
    /// <param name="name">Of the instance, among those of its service; <c>service</c> is that of the stack.</param>
    public static (string Name, string Value)[] Destination(string service, ServiceProcess instance, string name = "service")
    {
        var destination = $"ReverseProxy__Clusters__{service.ToLowerInvariant()}__Destinations__{name}__";
        return [($"{destination}Address", $"{instance.Address}"), ($"{destination}Health", $"{instance.Management}")];
    }

    /// <summary>Another instance of a service, on the same database.</summary>
    /// <param name="different">Settings of its own.</param>
    public async Task<ServiceProcess> StartReplicaAsync(string service, params (string Name, string Value)[] different)
    {
        var environment = new Dictionary<string, string>(environments[service]);
        foreach (var (name, value) in different)
        {
            environment[name] = value;
        }
        var replica = new ServiceProcess(service, environment);
        replica.Start();
        await replica.ReadyAsync();
        return replica;
    }

    public string ConnectionString(string service) => databases[service];

    public static object Copy(
        string headline,
        string category = "world",
        string language = "en",
        string body = "<p>Body.</p>",
        string[]? keywords = null
    ) =>
        new
        {
            headline,
            category,
            language,
            body,
            keywords = keywords ?? [],
        };

    /// <summary>An article is begun; the answer's body.</summary>
    public async Task<JsonNode> DraftAsync(object copy) =>
        await ReadAsync(await Editor.PostAsJsonAsync("api/articles", copy), HttpStatusCode.Created);

    public async Task<JsonNode> ReviseAsync(Guid id, object copy) =>
        await ReadAsync(await Editor.SendAsync(Write(HttpMethod.Put, $"api/articles/{id}", JsonContent.Create(copy))), HttpStatusCode.OK);

    public async Task<JsonNode> PublishAsync(Guid id) =>
        await ReadAsync(await Editor.SendAsync(Write(HttpMethod.Post, $"api/articles/{id}/publish")), HttpStatusCode.OK);

    /// <summary>An act on an article, whatever its version; the answer as it comes.</summary>
    public Task<HttpResponseMessage> TryAsync(Guid id, string act, object? body = null) =>
        Editor.SendAsync(Write(HttpMethod.Post, $"api/articles/{id}/{act}", body is null ? null : JsonContent.Create(body)));

    public async Task<JsonNode> ActAsync(Guid id, string act, object? body = null) =>
        await ReadAsync(await TryAsync(id, act, body), HttpStatusCode.OK);

    public async Task<Guid> PublishAsync(object copy)
    {
        var id = Id(await DraftAsync(copy));
        await PublishAsync(id);
        return id;
    }

    /// <summary>The answers to the lines of an import.</summary>
    public async Task<IReadOnlyList<JsonNode>> ImportAsync(
        string body,
        string mediaType = "application/x-ndjson",
        string query = "publish=true"
    )
    {
        using var answer = await Editor.PostAsync(
            new Uri($"api/import?{query}", UriKind.Relative),
            new StringContent(body, Encoding.UTF8, mediaType)
        );
        var text = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.OK
            ? [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)]
            : throw new HttpRequestException($"{(int)answer.StatusCode} {text}", null, answer.StatusCode);
    }

    /// <summary>The items of a news line, from all its pages.</summary>
    public async Task<IReadOnlyList<JsonNode>> LineAsync(string query = "")
    {
        var items = new List<JsonNode>();
        string? after = null;
        do
        {
            var page = (await Reader.GetFromJsonAsync<JsonNode>($"api/news?limit=200&{query}{(after is null ? "" : $"&after={after}")}"))!;
            items.AddRange(page["items"]!.AsArray().Select(i => i!));
            after = (string?)page["next"];
        } while (after is not null);
        return items;
    }

    public Task<IReadOnlyList<JsonNode>> LineUntilAsync(Func<IReadOnlyList<JsonNode>, bool> enough, string what, string query = "") =>
        Eventually.Get(() => LineAsync(query), enough, what);

    /// <summary>What only an accident or an operator would do to a service's database.</summary>
    public async Task ExecuteAsync(string service, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(databases[service]);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own words.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What a service's database says.</summary>
    public async Task<IReadOnlyList<string?>> QueryAsync(string service, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(databases[service]);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own words.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var row = await command.ExecuteReaderAsync();
        var found = new List<string?>();
        while (await row.ReadAsync())
        {
            found.Add(await row.IsDBNullAsync(0) ? null : row.GetValue(0).ToString());
        }
        return found;
    }

    /// <summary>What a service's metrics say, summed over what is told apart besides.</summary>
    /// <param name="label">Such as <c>channel="email"</c>.</param>
    public Task<double> MetricAsync(string service, string name, string label = "") => services[service].MetricAsync(name, label);

    /// <summary>What an operator would look at when something does not arrive.</summary>
    public async Task<string> DiagnosisAsync()
    {
        var said = new StringBuilder();
        foreach (var (name, service) in services)
        {
            using var client = new HttpClient();
            using var health = await client.GetAsync(new Uri(service.Management, "health/ready"));
            said.AppendLine($"{name}: {await health.Content.ReadAsStringAsync()}");
        }
        foreach (var queue in new[] { "feed.articles", "feed.articles_error", "notifications.articles", "notifications.articles_error" })
        {
            said.AppendLine($"{queue}: {await Servers.MessagesAsync(VirtualHost, queue)}");
        }
        return said.ToString();
    }

    public static Guid Id(JsonNode node) => (Guid)node["id"]!;

    /// <summary>A request that says which version it changes.</summary>
    public HttpRequestMessage Write(HttpMethod method, string path, HttpContent? content = null, string ifMatch = "*")
    {
        var request = new HttpRequestMessage(method, path)
        {
            Content = content,
            Version = Editor.DefaultRequestVersion,
            VersionPolicy = Editor.DefaultVersionPolicy,
        };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        Reader?.Dispose();
        Editor?.Dispose();
        await Task.WhenAll(services.Values.Select(s => s.DisposeAsync().AsTask()));
        await Servers.DeleteVirtualHostAsync(VirtualHost);
    }

    static HttpClient Client(Uri address, bool http2) =>
        new()
        {
            BaseAddress = address,
            DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // How long something may take is no matter of these tests.
            Timeout = Timeout.InfiniteTimeSpan,
        };

    static async Task<JsonNode> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            return answer.StatusCode == expected
                ? JsonNode.Parse(text)!
                : throw new HttpRequestException($"{(int)answer.StatusCode} {text}", null, answer.StatusCode);
        }
    }
}
