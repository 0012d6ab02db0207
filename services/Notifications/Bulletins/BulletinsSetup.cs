using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Bulletins;

public static class BulletinsSetup
{
    public static void AddBulletins(this IHostApplicationBuilder builder)
    {
        builder.Require<BulletinOptions>("Bulletins");
        builder.Services.ConfigureMarten(BulletinLog.Configure);
        builder.Services.ConfigureMarten(DryRuns.Configure);
        builder.Services.AddSingleton<BulletinLog>().AddSingleton<DryRuns>();
    }
}
