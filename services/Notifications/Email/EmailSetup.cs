using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

public static class EmailSetup
{
    public static void AddEmail(this IHostApplicationBuilder builder)
    {
        builder.Require<EmailOptions>("Email");
        builder.Services.AddSingleton<AddressHashes>().AddSingleton<SubscribedAddresses>().AddSingleton<RequestCounter>();
        builder.Services.AddSingleton<MailHistory>().AddSingleton<DigestStore>();
        builder.Services.AddSingleton<MailComposer>().AddSingleton<Mailer>();
        builder
            .AddChannel<EmailChannel, EmailTarget>(EmailTarget.Kind)
            .WithRequest<MakeEmail, MakeEmailHandler>(
                "a mail address",
                "A mail belongs to whoever has the secret that this answers with; it is 202 and waits for the reader to confirm; "
                    + "501 where no mail is sent."
            )
            .WithStorage(EmailTables.Configure)
            .WithStorage(AddressHashes.Configure)
            .WithEndpoints(Confirm.Map)
            .WithEndpoints(Unsubscribe.Map)
            .WithDryRun<EmailDryRun>();
        builder.AddJob<SendConfirmation>();
        builder.AddJob<ExpireUnconfirmed>();
        builder.AddJob<SendDigest>();
        builder.Services.AddHostedService<Tidying>();
    }
}
