using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Gives problem details to what Kestrel cannot parse, such as <c>/%00</c> or a request without Host. Kestrel answers that by its status
/// alone, before any middleware is asked, and says so to a diagnostic listener first: the listener writes the whole answer, and what
/// Kestrel writes after it is dropped.
/// </summary>
public static class UnparsedRequests
{
    const string Refused = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void AnswerUnparsed(this IConnectionBuilder endpoint) =>
        endpoint.Use(next =>
            connection =>
            {
                var output = new Output(connection.Transport.Output);
                connection.Transport = new Duplex(connection.Transport.Input, output);
                connection.Features.Set(output);
                return next(connection);
            }
        );

    public static void UseUnparsedAnswers(this WebApplication app) =>
        app.Services.GetRequiredService<DiagnosticListener>().Subscribe(new Listener(), name => name == Refused);

    static byte[] Answer(int status, string? allow, bool hasBody)
    {
        var problem = Problems.Complete(
            new()
            {
                Status = status,
                Title = ReasonPhrases.GetReasonPhrase(status),
                Detail =
                    status == StatusCodes.Status400BadRequest
                        ? "This is no request as HTTP/1.1 writes it: its address, its Host or one of its header fields cannot be read."
                        : null,
            }
        );
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, json);
        var head = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                HTTP/1.1 {status} {problem.Title}
                Content-Type: {ProblemWriter.MediaType}
                Content-Length: {body.Length}
                Connection: close
                Date: {DateTimeOffset.UtcNow:R}
                Cache-Control: no-store
                X-Content-Type-Options: nosniff{(allow is null ? "" : $"\nAllow: {allow}")}


                """
            )
            .ReplaceLineEndings("\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. hasBody ? body : []];
    }

    sealed class Listener : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> said)
        {
            if (
                said.Value is IFeatureCollection features
                && features.Get<Output>() is { } output
                && features.Get<IHttpResponseFeature>() is { HasStarted: false } response
            )
            {
                var allow = response.Headers.Allow is { Count: > 0 } methods ? methods.ToString() : null;
                output.Say(Answer(response.StatusCode, allow, features.Get<IHttpRequestFeature>()?.Method != HttpMethods.Head));
            }
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }

    sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>What goes to the client, until the last word is said; after it nothing does.</summary>
    sealed class Output(PipeWriter client) : PipeWriter
    {
        byte[]? dropped;

        public void Say(byte[] lastWord)
        {
            client.Write(lastWord);
            dropped = [];
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => dropped is null ? client.GetMemory(sizeHint) : Room(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => dropped is null ? client.GetSpan(sizeHint) : Room(sizeHint);

        byte[] Room(int sizeHint) => dropped = dropped!.Length >= Math.Max(sizeHint, 1) ? dropped : new byte[Math.Max(sizeHint, 4096)];

        public override void Advance(int bytes)
        {
            if (dropped is null)
            {
                client.Advance(bytes);
            }
        }

        public override bool CanGetUnflushedBytes => client.CanGetUnflushedBytes;
        public override long UnflushedBytes => client.UnflushedBytes;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            client.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => client.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => client.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => client.CompleteAsync(exception);
    }
}
