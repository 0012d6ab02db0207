using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>The platform with push services on this machine.</summary>
public sealed class PushStack(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;
    public PushService Pushes { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Pushes = await PushService.StartAsync();
        Stack = await Stack.StartAsync(servers, new Dictionary<string, string> { ["Outbound__Allow"] = "127.0.0.0/8" });
    }

    public async ValueTask DisposeAsync()
    {
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Pushes.DisposeAsync();
    }
}

/// <summary>
/// Notifications as a reader has them: the page's control, the service worker in a real browser, and the very messages that the platform
/// encrypted. No browser's own push service can be reached from a test, so that the browser is given another one's endpoint, and its
/// messages through the developer tools.
/// </summary>
public sealed class NotificationTests(PushStack platform) : IClassFixture<PushStack>, IAsyncLifetime
{
    /// <summary>Instead of the browser's own push service, which is elsewhere.</summary>
    const string OtherPushService = """
        (() => {
          const given = GIVEN;
          let subscription = null;
          PushManager.prototype.subscribe = async function ({ userVisibleOnly, applicationServerKey }) {
            if (!userVisibleOnly || applicationServerKey.length !== 87) throw new Error("not as browsers want it");
            const unsubscribe = async () => { subscription = null; return true; };
            return subscription = { toJSON: () => ({ ...given, expirationTime: null }), unsubscribe };
          };
          PushManager.prototype.getSubscription = async () => subscription;
        })();
        """;

    Chromium? chromium;

    Stack Stack => platform.Stack;

    public async ValueTask InitializeAsync() => chromium = await Chromium.LaunchAsync();

    public async ValueTask DisposeAsync() => await (chromium?.DisposeAsync() ?? default);

    /// <summary>Breaking, so that the browser does not take the notification away by itself after some seconds.</summary>
    static object Copy(string headline) =>
        new
        {
            headline,
            category = "world",
            language = "en",
            body = "<p>Body.</p>",
            breaking = true,
        };

    [Fact]
    public async Task A_reader_turns_notifications_on_sees_a_story_its_correction_and_its_withdrawal_and_turns_them_off()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var reader = platform.Pushes.Reader();
        var page = await OpenAsync("/en", 1280, 900, reader);
        Assert.Equal(0, await page.EvaluateAsync<int>("async () => (await navigator.serviceWorker.getRegistrations()).length"));
        var off = await TurnOnAsync(page);
        await page.ReloadAsync();
        await Assertions.Expect(off).ToBeVisibleAsync(new() { Timeout = 60_000 });

        var worker = await Worker.AttachAsync(page, Stack["Gateway"].Address, platform.Pushes, reader);
        var id = await Stack.PublishAsync(Copy("Harbour opens"));
        await worker.DeliverNextAsync();
        await worker.ShowsAsync(("Harbour opens", id));

        await Stack.ReviseAsync(id, Copy("Harbour stays shut"));
        await Stack.ActAsync(id, "correct", new { note = "It does not open." });
        await worker.DeliverNextAsync();
        await worker.ShowsAsync(("Harbour stays shut", id));

        // What comes again, or late, changes nothing.
        await worker.DeliverAgainAsync(0);
        await worker.DeliverAgainAsync(1);
        var killed = await Stack.PublishAsync(Copy("Never happened"));
        await worker.DeliverNextAsync();
        await worker.ShowsAsync(("Harbour stays shut", id), ("Never happened", killed));

        await Stack.ActAsync(id, "unpublish");
        await worker.DeliverNextAsync();
        await worker.ShowsAsync(("Never happened", killed));
        await Stack.ActAsync(killed, "kill", new { reason = "It did not take place." });
        await worker.DeliverNextAsync();
        await worker.ShowsAsync(("A story has been withdrawn", killed));

        await off.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Notify me" })).ToBeVisibleAsync();
        await SubscriptionsAsync(0);
    }

    /// <summary>
    /// No test can click what the system shows, or have a push service move a browser: the worker is told of both by events of the test's,
    /// and is kept from opening windows.
    /// </summary>
    [Fact]
    public async Task A_click_opens_the_story_a_moved_endpoint_is_followed_and_the_notification_itself_turns_them_off()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var (reader, moved) = (platform.Pushes.Reader(), platform.Pushes.Reader());
        var page = await OpenAsync("/en", 1280, 900, reader);
        await TurnOnAsync(page);
        var worker = await Worker.AttachAsync(page, Stack["Gateway"].Address, platform.Pushes, reader);
        var script = await WorkerScript.AttachAsync(chromium!.Browser, "/sw.js");
        var id = await Stack.PublishAsync(Copy("Bridge closes"));
        await worker.DeliverNextAsync();
        await worker.ShowsAsync(("Bridge closes", id));
        Assert.Equal(
            "/en/world/bridge-closes",
            await script.RunAsync(
                $$"""
                let opened; self.clients.openWindow = async address => { opened = address; };
                {{Click("read")}}
                return new URL(opened).pathname;
                """
            )
        );
        await worker.ShowsAsync();

        await script.RunAsync(
            $$"""
            {{OtherPushService.Replace("GIVEN", Given(moved), StringComparison.Ordinal)}}
            {{Event("new ExtendableEvent('pushsubscriptionchange')")}}
            """
        );
        await SubscriptionsAsync(1);
        worker = await Worker.AttachAsync(page, Stack["Gateway"].Address, platform.Pushes, moved);
        id = await Stack.PublishAsync(Copy("Bridge opens"));
        await worker.DeliverNextAsync();
        await worker.ShowsAsync(("Bridge opens", id));
        Assert.Single(platform.Pushes.To(reader));

        await script.RunAsync(Click("stop"));
        await SubscriptionsAsync(0);
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Notify me" })).ToBeVisibleAsync(new() { Timeout = 60_000 });

        static string Click(string action) =>
            Event(
                $"new NotificationEvent('notificationclick', "
                    + $"{{ notification: (await registration.getNotifications())[0], action: '{action}' }})"
            );

        static string Event(string made) =>
            $$"""
                {
                  const event = {{made}}, waits = [];
                  event.waitUntil = promise => waits.push(promise);
                  dispatchEvent(event);
                  await Promise.all(waits);
                }
                """;
    }

    [Fact]
    public async Task A_reader_whose_browser_reaches_no_push_service_is_told_so()
    {
        var page = await OpenAsync("/en", 1280, 900, null);
        await page.GetByRole(AriaRole.Button, new() { Name = "Notify me" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "could not be turned on" }))
            .ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Turn notifications off" })).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("desktop", "/en/world", 1280, ColorScheme.Light)]
    [InlineData("desktop-dark", "/ru", 1280, ColorScheme.Dark)]
    [InlineData("phone", "/az", 390, ColorScheme.Light)]
    [InlineData("phone-dark", "/tr/world", 390, ColorScheme.Dark)]
    public async Task The_control_fits_phone_and_desktop(string name, string path, int width, ColorScheme scheme)
    {
        var page = await OpenAsync(path, width, 800, null, scheme);
        await Assertions.Expect(page.Locator(".notify-open")).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, $"notify-{name}.png") });
        await page.Locator(".notify-open").ClickAsync();
        await Assertions.Expect(page.Locator(".notify-dialog")).ToBeVisibleAsync();
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, $"notify-{name}-open.png") });
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator(".notify-dialog")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_service_worker_is_for_the_whole_portal_and_is_never_old()
    {
        using var answer = await Stack.Reader.GetAsync(new Uri("sw.js", UriKind.Relative));
        Assert.Equal(
            ("text/javascript", "no-cache", "/"),
            (
                answer.Content.Headers.ContentType!.MediaType,
                answer.Headers.CacheControl!.ToString(),
                answer.Headers.GetValues("Service-Worker-Allowed").Single()
            )
        );
        Assert.Contains("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    static string Given(PushReader reader) => JsonSerializer.Serialize(new { endpoint = reader.Endpoint, keys = reader.Keys });

    /// <summary>All news at every hour.</summary>
    /// <returns>The button by which it is turned off.</returns>
    static async Task<ILocator> TurnOnAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Notify me" }).ClickAsync();
        await page.GetByLabel("All news").CheckAsync();
        await page.GetByLabel("Quiet hours").UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        var off = page.GetByRole(AriaRole.Button, new() { Name = "Turn notifications off" });
        await Assertions.Expect(off).ToBeVisibleAsync(new() { Timeout = 60_000 });
        return off;
    }

    async Task SubscriptionsAsync(int count) =>
        await Eventually.Get(
            () => Stack.QueryAsync("Notifications", "select count(*) from mt_doc_subscription where data ->> 'kind' = 'webPush'"),
            rows => rows[0] == $"{count}",
            $"{count} subscriptions"
        );

    async Task<IPage> OpenAsync(string path, int width, int height, PushReader? reader, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await chromium!.Browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
                ReducedMotion = ReducedMotion.Reduce,
                ColorScheme = scheme,
            }
        );
        await context.GrantPermissionsAsync(["notifications"]);
        if (reader is not null)
        {
            await context.AddInitScriptAsync(OtherPushService.Replace("GIVEN", Given(reader), StringComparison.Ordinal));
        }
        var page = await context.NewPageAsync();
        var answer = await page.GotoAsync(
            new Uri(Stack["Gateway"].Address, path).ToString(),
            new() { WaitUntil = WaitUntilState.DOMContentLoaded }
        );
        Assert.Equal(200, answer!.Status);
        return page;
    }

    /// <summary>The page's service worker, which gets what came to its push service.</summary>
    sealed class Worker(IPage page, ICDPSession session, string origin, string registration, PushService pushes, PushReader reader)
    {
        readonly List<string> delivered = [];

        public static async Task<Worker> AttachAsync(IPage page, Uri origin, PushService pushes, PushReader reader)
        {
            var session = await page.Context.NewCDPSessionAsync(page);
            var registered = new TaskCompletionSource<string>();
            session.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, said) =>
            {
                if (said?.GetProperty("registrations").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } one)
                {
                    registered.TrySetResult(one.GetProperty("registrationId").GetString()!);
                }
            };
            await session.SendAsync("ServiceWorker.enable");
            return new(
                page,
                session,
                origin.GetLeftPart(UriPartial.Authority) + "/",
                await registered.Task.WaitAsync(TimeSpan.FromSeconds(120)),
                pushes,
                reader
            );
        }

        public async Task DeliverNextAsync()
        {
            var all = await pushes.UntilAsync(reader, delivered.Count + 1);
            delivered.Add((await reader.ReadAsync(all[delivered.Count].Body))[0]);
            await DeliverAgainAsync(delivered.Count - 1);
        }

        public async Task DeliverAgainAsync(int number)
        {
            await session.SendAsync(
                "ServiceWorker.deliverPushMessage",
                new Dictionary<string, object>
                {
                    ["origin"] = origin,
                    ["registrationId"] = registration,
                    ["data"] = delivered[number],
                }
            );
        }

        /// <summary>These notifications are shown in the end, and no others.</summary>
        public async Task ShowsAsync(params (string Title, Guid Tag)[] expected) =>
            await Eventually.Get(
                async () =>
                    JsonNode
                        .Parse(
                            await page.EvaluateAsync<string>(
                                """
                                async () => {
                                  const shown = await (await navigator.serviceWorker.ready).getNotifications();
                                  return JSON.stringify(shown.map(({ title, tag }) => ({ title, tag })));
                                }
                                """
                            )
                        )!
                        .AsArray(),
                shown => shown.Select(n => ((string)n!["title"]!, Guid.Parse((string)n["tag"]!))).ToHashSet().SetEquals(expected),
                $"shown: {string.Join(", ", expected)}"
            );
    }
}
