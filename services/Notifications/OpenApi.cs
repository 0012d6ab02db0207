using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications;

/// <summary>What <c>/openapi/notifications.json</c> says besides what the endpoints say of themselves.</summary>
public static class OpenApi
{
    public const string Name = "notifications";

    public static void AddDocument(this IServiceCollection services) => services.AddOpenApi(Name, document => document
        .Describe("Notifications", "What is pushed: a bulletin for each change of what readers see.", new Dictionary<string, string>
        {
            ["Stream"] = "Live bulletins.",
            ["Trade"] = "What only the trade may know yet.",
        }));
}
