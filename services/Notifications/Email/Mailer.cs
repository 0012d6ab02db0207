using System.Collections.Concurrent;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using NewsPlatform.Notifications.Deliveries;

namespace NewsPlatform.Notifications.Email;

/// <summary>What became of a mail.</summary>
/// <param name="Status">SMTP's reply code; null when there was none.</param>
/// <param name="Fault">Never more than the recipient may know.</param>
public sealed record Posted(Outcome Outcome, int? Status = null, string? Fault = null);

/// <summary>Hands mails to the SMTP server (RFC 5321), over connections that are kept for the next mail.</summary>
public sealed class Mailer(EmailOptions options, TimeProvider clock, ILogger<Mailer> log) : IDisposable
{
    /// <summary>How long a mail waits for a connection, so that whoever sends it keeps its turn meanwhile.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    /// <summary>After which a connection is asked whether it still is one.</summary>
    static readonly TimeSpan fresh = TimeSpan.FromSeconds(2);

    readonly SemaphoreSlim slots = new(options.MaxConnections);
    readonly ConcurrentStack<Line> idle = new();

    public async Task<Posted> SendAsync(MimeMessage message, CancellationToken ct)
    {
        if (!await slots.WaitAsync(patience, ct))
        {
            return new(Outcome.Postponed);
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.SendSeconds));
        Line? line = null;
        try
        {
            line = await LineAsync(timeout.Token);
            await line.Client.SendAsync(message, timeout.Token);
            Keep(ref line);
            return new(Outcome.Delivered, 250);
        }
        catch (SmtpCommandException refused)
        {
            Keep(ref line);
            var status = (int)refused.StatusCode;
            // Whatever is wrong with the sender is not the recipient's fault.
            return refused.ErrorCode == SmtpErrorCode.RecipientNotAccepted && status is >= 500 and < 600
                ? new(Outcome.Gone, status, $"the recipient's server refused the address ({status})")
                : new(Outcome.Failed, status, $"the mail was not taken ({status})");
        }
        catch (Exception fault)
            when (fault
                    is ProtocolException
                        or AuthenticationException
                        or ServiceNotAuthenticatedException
                        or ServiceNotConnectedException
                        or SslHandshakeException
                        or SocketException
                        or IOException
                        or NotSupportedException
                || fault is OperationCanceledException && !ct.IsCancellationRequested
            )
        {
            log.LogWarning(
                "The SMTP server took no mail: {Fault}",
                fault is OperationCanceledException ? $"no answer within {options.SendSeconds} s" : fault.Message
            );
            return new(Outcome.Failed, null, "the mail server does not answer");
        }
        finally
        {
            line?.Client.Dispose();
            slots.Release();
        }
    }

    public void Dispose()
    {
        while (idle.TryPop(out var line))
        {
            line.Client.Dispose();
        }
        slots.Dispose();
    }

    async Task<Line> LineAsync(CancellationToken ct)
    {
        while (idle.TryPop(out var kept))
        {
            try
            {
                if (clock.GetUtcNow() - kept.UsedAt > fresh)
                {
                    await kept.Client.NoOpAsync(ct);
                }
                return kept;
            }
            catch (Exception fault)
                when (fault is ProtocolException or CommandException or IOException or SocketException or ServiceNotConnectedException)
            {
                // The server has closed it meanwhile.
                kept.Client.Dispose();
            }
        }
        var client = new SmtpClient { Timeout = options.SendSeconds * 1_000 };
        try
        {
            await client.ConnectAsync(
                options.Host,
                options.Port,
                options.Security switch
                {
                    Protection.Tls => SecureSocketOptions.SslOnConnect,
                    Protection.StartTls => SecureSocketOptions.StartTls,
                    _ => SecureSocketOptions.None,
                },
                ct
            );
            if (options.User.Length > 0)
            {
                await client.AuthenticateAsync(options.User, options.Password, ct);
            }
            return new(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    void Keep(ref Line? line)
    {
        if (line is { Client.IsConnected: true } && ++line.Mails < options.MailsPerConnection)
        {
            line.UsedAt = clock.GetUtcNow();
            idle.Push(line);
            line = null;
        }
    }

    sealed class Line(SmtpClient client)
    {
        public SmtpClient Client => client;
        public int Mails { get; set; }
        public DateTimeOffset UsedAt { get; set; }
    }
}
