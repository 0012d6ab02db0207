using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Sends one signed message to an endpoint and says in plain words what became of it.</summary>
public sealed class WebhookSender(OutboundHttp http, WebhookOptions options, PortalOptions portal, TimeProvider clock)
{
    static readonly MediaTypeHeaderValue mediaType = new("application/json");
    readonly string userAgent = $"NewsPlatform-Webhooks/1 (+{portal.PublicUrl.TrimEnd('/')})";

    /// <param name="readBytes">Of the answer's body.</param>
    /// <returns>With the answer's body, when there was an answer. It is about the notices that are named.</returns>
    public async Task<(Attempt Attempt, ReadOnlyMemory<byte> Answer)> SendAsync(
        WebhookTarget target,
        string id,
        ReadOnlyMemory<byte> body,
        IReadOnlyList<PendingDelivery> notices,
        CancellationToken ct,
        int readBytes = 256
    )
    {
        var (began, now) = (clock.GetTimestamp(), clock.GetUtcNow());
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = mediaType } },
        };
        var timestamp = now.ToUnixTimeSeconds();
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", $"{timestamp}");
        request.Headers.Add("webhook-signature", WebhookSecret.Sign(target.Secrets, id, timestamp, body.Span, now));
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        try
        {
            var answer = await http.SendAsync(request, ct, readBytes);
            return (
                new(
                    notices,
                    answer.Succeeded ? Outcome.Delivered
                        : answer.Status == 410 ? Outcome.Gone
                        : Outcome.Failed
                )
                {
                    Status = answer.Status,
                    Fault = Fault(answer.Status),
                    Took = clock.GetElapsedTime(began),
                    Wait = answer.Status is 429 or 503 ? Patience(answer) : null,
                },
                answer.Body
            );
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TimeoutException or SocketException)
        {
            return (new(notices, Outcome.Failed) { Fault = Fault(fault), Took = clock.GetElapsedTime(began) }, default);
        }
    }

    TimeSpan? Patience(OutboundAnswer answer) =>
        answer.RetryAfter(clock.GetUtcNow()) is { } asked && asked > TimeSpan.Zero
            ? TimeSpan.FromSeconds(Math.Min(asked.TotalSeconds, options.MaxRetryAfterSeconds))
            : null;

    static string? Fault(int status) =>
        status switch
        {
            >= 200 and < 300 => null,
            >= 300 and < 400 => $"the endpoint answered {status}: redirects are not followed, the subscription needs the address itself",
            410 => "the endpoint answered 410: it is gone",
            _ => $"the endpoint answered {status}",
        };

    static string Fault(Exception fault) =>
        fault switch
        {
            OutboundRefused or TimeoutException => fault.Message,
            HttpRequestException { InnerException: AuthenticationException } => "its certificate or its TLS is not accepted",
            HttpRequestException
            {
                InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }
            } => "its host's name leads nowhere",
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                "the connection was refused",
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => "the answer is no HTTP",
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the answer's header is too long",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError } =>
                "there was no connection",
            _ => "the connection broke off before the answer was whole",
        };
}
