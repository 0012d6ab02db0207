using Microsoft.Extensions.DependencyInjection.Extensions;

namespace NewsPlatform.Notifications.Due;

public static class DueSetup
{
    /// <summary>Once, however many features need it.</summary>
    public static void AddDueWork(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<DueWork>();
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IHostedService, DueWork>(services => services.GetRequiredService<DueWork>())
        );
    }
}
