using Marten;

namespace NewsPlatform.Notifications.Embargoes;

public static class EmbargoesSetup
{
    public static void AddEmbargoes(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureMarten(Embargoed.Configure);
        builder.Services.ConfigureMarten(TradeLog.Configure);
        builder.Services.AddSingleton<TradeLog>();
    }
}
