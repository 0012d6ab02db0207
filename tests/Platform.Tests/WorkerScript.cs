using System.Text.Json;
using Microsoft.Playwright;

namespace NewsPlatform.Platform.Tests;

/// <summary>Runs script inside a service worker, as its developer tools would.</summary>
public sealed class WorkerScript
{
    readonly ICDPSession session;
    readonly string target;
    readonly TaskCompletionSource<JsonElement>?[] answers = new TaskCompletionSource<JsonElement>?[100];
    int sent;

    WorkerScript(ICDPSession session, string target)
    {
        (this.session, this.target) = (session, target);
        session.Event("Target.receivedMessageFromTarget").OnEvent += (_, said) =>
        {
            var message = JsonDocument.Parse(said!.Value.GetProperty("message").GetString()!).RootElement;
            if (said.Value.GetProperty("sessionId").GetString() == target && message.TryGetProperty("id", out var id))
            {
                answers[id.GetInt32()]!.SetResult(message.GetProperty("result"));
            }
        };
    }

    /// <param name="path">How the address of the worker's script ends.</param>
    public static async Task<WorkerScript> AttachAsync(IBrowser browser, string path)
    {
        var session = await browser.NewBrowserCDPSessionAsync();
        var targets = (await session.SendAsync("Target.getTargets"))!.Value.GetProperty("targetInfos").EnumerateArray();
        var worker = targets.Single(t =>
            t.GetProperty("type").GetString() == "service_worker"
            && t.GetProperty("url").GetString()!.EndsWith(path, StringComparison.Ordinal)
        );
        var attached = await session.SendAsync(
            "Target.attachToTarget",
            new() { ["targetId"] = worker.GetProperty("targetId").GetString()!, ["flatten"] = false }
        );
        return new(session, attached!.Value.GetProperty("sessionId").GetString()!);
    }

    /// <param name="body">Of an asynchronous function.</param>
    /// <returns>What it returns, as text.</returns>
    public async Task<string?> RunAsync(string body)
    {
        var answer = answers[++sent] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await session.SendAsync(
            "Target.sendMessageToTarget",
            new()
            {
                ["sessionId"] = target,
                ["message"] = JsonSerializer.Serialize(
                    new
                    {
                        id = sent,
                        method = "Runtime.evaluate",
                        @params = new
                        {
                            expression = $"(async () => {{ {body} }})()",
                            awaitPromise = true,
                            returnByValue = true,
                        },
                    }
                ),
            }
        );
        var result = await answer.Task.WaitAsync(TimeSpan.FromSeconds(120));
        return result.TryGetProperty("exceptionDetails", out var fault) ? throw new InvalidOperationException(fault.ToString())
            : result.GetProperty("result").TryGetProperty("value", out var value) ? value.ToString()
            : null;
    }
}
