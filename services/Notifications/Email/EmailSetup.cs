using Marten;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

public static class EmailSetup
{
    public static void ConfigureEmail(this StoreOptions options)
    {
        MailHistory.Configure(options);
        AddressHashes.Configure(options);
    }

    public static void AddEmail(this IHostApplicationBuilder builder)
    {
        builder.Require<EmailOptions>("Email");
        builder.Services.AddSingleton<MailHistory>().AddSingleton<AddressHashes>();
        builder.Services.AddSingleton<MailComposer>();
        builder.Services.AddSingleton<Mailer>();
        builder.AddChannel<EmailChannel>();
        builder.AddJob<SendConfirmation>();
        builder.AddJob<ExpireUnconfirmed>();
        builder.AddJob<SendDigest>();
        builder.Services.AddHostedService<Tidying>();
    }

    public static void MapEmail(this IEndpointRouteBuilder app)
    {
        Confirm.Map(app);
        Unsubscribe.Map(app);
    }
}
