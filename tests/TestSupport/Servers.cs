using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;
using Xunit;

namespace NewsPlatform.TestSupport;

/// <summary>
/// A real PostgreSQL and a real RabbitMQ for the tests of an assembly: from Testcontainers where a container engine answers, else the
/// private instances that <c>deploy/test.sh</c> started and named by TEST_SERVERS_DIR.
/// </summary>
public sealed class Servers : IAsyncLifetime
{
    static int port = Random.Shared.Next(10_000);

    readonly HttpClient management = new();
    readonly Lazy<Task> users;
    Func<string, string, Task> control = (_, _) => Task.CompletedTask;
    Func<Task> end = () => Task.CompletedTask;
    string postgresUser = "postgres";
    string postgresPassword = "";
    int postgresPort;

    public Servers() => users = new(CreateUsersAsync);

    public string Host { get; private set; } = "127.0.0.1";
    public int RabbitPort { get; private set; }
    public string RabbitUser { get; private set; } = "news";
    public string RabbitPassword { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_SERVERS_DIR") is { Length: > 0 } folder)
        {
            UsePrivateInstances(folder);
        }
        else
        {
            await StartContainersAsync();
        }
    }

    /// <summary>An empty database; the connection string to it.</summary>
    public async Task<string> CreateDatabaseAsync(string service)
    {
        var name = $"{service}_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name}", connection);
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name, pooling: true);
    }

    /// <summary>
    /// A virtual host of its own, so that no test sees another one's messages; the services may do in it what they may in operation.
    /// </summary>
    public async Task<string> CreateVirtualHostAsync()
    {
        await users.Value;
        var name = $"test-{Guid.NewGuid():N}";
        await ManageAsync(() => management.PutAsync(new Uri($"/api/vhosts/{name}", UriKind.Relative), null), "a virtual host");
        await PermitAsync(name, new(RabbitUser, ".*", ".*", ".*"));
        foreach (var permissions in BrokerPermissions.All)
        {
            await PermitAsync(name, permissions);
        }
        return name;
    }

    /// <summary>The broker's password of a service's user.</summary>
    public string PasswordOf(string user) => $"{user}-{RabbitPassword}";

    /// <summary>What the broker's management answers to a service's user who asks who it is.</summary>
    public async Task<HttpStatusCode> ManagementSaysAsync(string user)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, "/api/whoami");
        question.Headers.Authorization = Basic(user, PasswordOf(user));
        using var answer = await management.SendAsync(question);
        return answer.StatusCode;
    }

    /// <summary>Who is connected to a virtual host, as far as the management has heard of it, which takes it some seconds.</summary>
    public async Task<IReadOnlyList<string>> ConnectedUsersAsync(string virtualHost)
    {
        var connections = await management.GetFromJsonAsync<JsonArray>($"/api/vhosts/{virtualHost}/connections");
        return [.. connections!.Select(connection => (string)connection!["user"]!).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The services' users, made once, since two test classes that put the same one at the same time disturb each other.</summary>
    async Task CreateUsersAsync()
    {
        foreach (var user in BrokerPermissions.All.Select(permissions => permissions.User))
        {
            // With no tag: no right to ask the management anything.
            var password = new { password = PasswordOf(user), tags = "" };
            await ManageAsync(() => management.PutAsJsonAsync($"/api/users/{user}", password), $"the user {user}");
        }
    }

    Task<string> PermitAsync(string virtualHost, BrokerPermissions its) =>
        ManageAsync(
            () =>
                management.PutAsJsonAsync(
                    $"/api/permissions/{virtualHost}/{its.User}",
                    new
                    {
                        its.Configure,
                        its.Write,
                        its.Read,
                    }
                ),
            $"the permissions of {its.User}"
        );

    /// <summary>Asks the management for something; a broker that is busy may say that it could not, and then it can.</summary>
    static Task<string> ManageAsync(Func<Task<HttpResponseMessage>> ask, string what) =>
        Eventually.Get(
            async () =>
            {
                using var answer = await ask();
                return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
            },
            said => said.StartsWith('2'),
            $"{what} at RabbitMQ"
        );

    /// <summary>
    /// Its queues hold files of the broker, of which it has about a thousand: with the sixtieth stack it would take no more connections. A
    /// broker that a test has stopped keeps it.
    /// </summary>
    public async Task DeleteVirtualHostAsync(string name)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            (await management.DeleteAsync(new Uri($"/api/vhosts/{name}", UriKind.Relative), patience.Token)).Dispose();
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            // It ends with the broker.
        }
    }

    /// <summary>What only an operator of the database server would do.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own words.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Messages that wait in a queue; none in one that there is not yet.</summary>
    public async Task<int> MessagesAsync(string virtualHost, string queue)
    {
        var factory = new RabbitMQ.Client.ConnectionFactory
        {
            HostName = Host,
            Port = RabbitPort,
            UserName = RabbitUser,
            Password = RabbitPassword,
            VirtualHost = virtualHost,
        };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (int)(await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException absent)
            when (absent.ShutdownReason?.ReplyCode == RabbitMQ.Client.Constants.NotFound)
        {
            return 0;
        }
    }

    /// <summary>Stops the broker in order, as an operator does; what it holds is on its disk.</summary>
    public Task StopRabbitAsync() => control("stop", "rabbitmq");

    /// <summary>
    /// Ends the broker without a word. A quorum queue whose declaration is not a second old has lost its name then and starts anew without
    /// an election (Ra saves its directory only that often), so restart the broker in order before, which saves it.
    /// </summary>
    public Task KillRabbitAsync() => control("kill", "rabbitmq");

    public Task StartRabbitAsync() => control("start", "rabbitmq");

    /// <summary>Every connection breaks, and for a moment there is no server.</summary>
    public async Task RestartPostgresAsync()
    {
        await control("stop", "postgres");
        await control("start", "postgres");
    }

    public async ValueTask DisposeAsync()
    {
        management.Dispose();
        await end();
    }

    string ConnectionString(string database, bool pooling = false) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = postgresPort,
            Username = postgresUser,
            Password = postgresPassword,
            Database = database,
            Pooling = pooling,
        }.ConnectionString;

    void Manage(int port)
    {
        management.BaseAddress = new Uri($"http://{Host}:{port}");
        management.DefaultRequestHeaders.Authorization = Basic(RabbitUser, RabbitPassword);
    }

    static System.Net.Http.Headers.AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    void UsePrivateInstances(string folder)
    {
        var settings = File.ReadLines(Path.Combine(folder, "servers.env"))
            .Select(line => line.Replace("export ", "", StringComparison.Ordinal).Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim().Trim('\'', '"'));
        Host = settings["POSTGRES_HOST"];
        postgresPort = int.Parse(settings["POSTGRES_PORT"], null);
        postgresUser = settings["POSTGRES_USER"];
        postgresPassword = settings["POSTGRES_PASSWORD"];
        RabbitPort = int.Parse(settings["RABBITMQ_PORT"], null);
        RabbitUser = settings["RABBITMQ_USER"];
        RabbitPassword = settings["RABBITMQ_PASSWORD"];
        Manage(int.Parse(settings["RABBITMQ_MANAGEMENT_PORT"], null));
        control = async (act, server) =>
        {
            using var script = Process.Start(
                new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "servers.sh"), [act, server, folder])
            )!;
            await script.WaitForExitAsync();
            if (script.ExitCode != 0)
            {
                throw new InvalidOperationException($"deploy/servers.sh {act} {server} ended with {script.ExitCode}.");
            }
        };
    }

    async Task StartContainersAsync()
    {
        RabbitPassword = postgresPassword = Guid.NewGuid().ToString("N");
        // Ports that stay the same when a container is stopped and started again.
        postgresPort = FreePort();
        RabbitPort = FreePort();
        var managementPort = FreePort();
        var postgres = new PostgreSqlBuilder(Environment.GetEnvironmentVariable("POSTGRES_IMAGE") ?? "postgres:17")
            .WithUsername(postgresUser)
            .WithPassword(postgresPassword)
            .WithPortBinding(postgresPort, 5432)
            .WithCommand("-c", "max_connections=300", "-c", "idle_in_transaction_session_timeout=60s")
            // As in operation, and not as Testcontainers has it by itself: what was committed outlives a crash.
            .WithCommand("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on")
            .Build();
        var rabbit = new RabbitMqBuilder(Environment.GetEnvironmentVariable("RABBITMQ_IMAGE") ?? "rabbitmq:4-management")
            .WithUsername(RabbitUser)
            .WithPassword(RabbitPassword)
            .WithPortBinding(RabbitPort, 5672)
            .WithPortBinding(managementPort, 15672)
            .WithHostname("rabbitmq")
            .Build();
        await Task.WhenAll(postgres.StartAsync(), rabbit.StartAsync());
        Host = postgres.Hostname == "localhost" ? "127.0.0.1" : postgres.Hostname;
        Manage(managementPort);
        await ManagedAsync();
        control = async (act, server) =>
        {
            DotNet.Testcontainers.Containers.IContainer container = server == "postgres" ? postgres : rabbit;
            if (server == "rabbitmq" && act != "start")
            {
                // Stopping the container would be a kill or not by the image's script.
                await EndAsync(
                    rabbit,
                    act == "stop" ? ["rabbitmqctl", "stop"] : ["rabbitmqctl", "eval", "erlang:halt(137, [{flush, false}])."]
                );
            }
            await (act == "start" ? container.StartAsync() : container.StopAsync());
            if (act == "start" && server == "rabbitmq")
            {
                await ManagedAsync();
            }
        };
        end = async () =>
        {
            await postgres.DisposeAsync();
            await rabbit.DisposeAsync();
        };
    }

    static async Task EndAsync(RabbitMqContainer container, string[] command)
    {
        await container.ExecAsync(command);
        await container.GetExitCodeAsync();
    }

    Task ManagedAsync() =>
        Eventually.True(
            async () => (await management.GetAsync(new Uri("/api/vhosts", UriKind.Relative))).IsSuccessStatusCode,
            "RabbitMQ's management"
        );

    /// <summary>
    /// Never the same twice, and below the range from which the kernel takes ports for outgoing connections, so that none of those has it
    /// before its server starts, or while it is stopped.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var free = 10_000 + Interlocked.Increment(ref port) % 10_000;
            using var listener = new TcpListener(IPAddress.Any, free);
            try
            {
                listener.Start();
                return free;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }
}
