using System.Text.Json;
using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Slack.Inbound;
using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack.Ingress;

/// <summary>What Slack sends over HTTP: verified over the raw bytes, written down, acknowledged. The only way from these routes to the dispatcher.</summary>
internal sealed class SlackEndpoint
{
    /// <summary>No request of Slack is larger.</summary>
    private const int LargestBody = 256 * 1024;

    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 64 };

    private readonly RequestSignature _signature;
    private readonly ReplayCache _replays;
    private readonly SlackReceiver _receiver;
    private readonly ILogger<SlackEndpoint> _log;

    /// <summary>The options were checked before.</summary>
    public SlackEndpoint(IOptions<SlackOptions> options, SlackReceiver receiver, TimeProvider time, ILogger<SlackEndpoint> log)
    {
        _signature = new([options.Value.SigningSecret, options.Value.PreviousSigningSecret], time);
        _replays = new(time);
        _receiver = receiver;
        _log = log;
    }

    /// <summary>A request to one of the three routes.</summary>
    public async Task HandleAsync(HttpContext context, SlackDoor door)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (await RequestBody.ReadAsync(context.Request.Body, context.Request.ContentLength, LargestBody, context.RequestAborted) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var form = door != SlackDoor.Events && RequestBody.MediaType(context.Request.ContentType) == "application/x-www-form-urlencoded" ? FormBody.Read(body.Span) : null;
        if (form?.GetValueOrDefault("ssl_check") == "1")
        {
            // Slack asks without a signature whether the certificate is good. Nothing else of this body is looked at, whatever it holds.
            return;
        }

        var headers = context.Request.Headers;
        if (_signature.Problem(headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"], body.Span) is { } problem)
        {
            Refuse(context, StatusCodes.Status401Unauthorized, problem);
            return;
        }

        // The base string of the signature holds the timestamp, so the signature alone names the request.
        var signature = headers["X-Slack-Signature"].ToString();
        if (!_replays.TryTake(signature))
        {
            Refuse(context, StatusCodes.Status401Unauthorized, "the same signed request came before");
            return;
        }

        try
        {
            await AnswerAsync(context, await ReceiveAsync(context, door, form, body, $"signature v0 verified over the raw body, sent at {headers["X-Slack-Request-Timestamp"]}"));
        }
        catch (StoreException failure)
        {
            _replays.Return(signature);
            _log.NotWrittenDown(failure);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (OperationCanceledException)
        {
            _replays.Return(signature);
            throw;
        }
    }

    private async Task<SlackReceipt> ReceiveAsync(HttpContext context, SlackDoor door, Dictionary<string, string>? form, ReadOnlyMemory<byte> body, string verdict)
    {
        try
        {
            switch (door)
            {
                case SlackDoor.Commands when form is not null:
                    var command = new JsonObject(form.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, JsonValue.Create(field.Value))));
                    using (var document = JsonDocument.Parse(command.Bytes(), s_json))
                    {
                        // Not ended by the caller's going away: what was accepted is written down.
                        return await _receiver.ReceiveAsync(door, document.RootElement, verdict, CancellationToken.None);
                    }

                case SlackDoor.Interactivity when form?.GetValueOrDefault("payload") is { } payload:
                    using (var document = JsonDocument.Parse(payload, s_json))
                    {
                        return await _receiver.ReceiveAsync(door, document.RootElement, verdict, CancellationToken.None);
                    }

                case SlackDoor.Events when RequestBody.MediaType(context.Request.ContentType) == "application/json":
                    using (var document = JsonDocument.Parse(body, s_json))
                    {
                        return document.RootElement.Text("type") == "url_verification" && document.RootElement.Text("challenge") is { } challenge
                            ? new(StatusCodes.Status200OK, new JsonObject { ["challenge"] = challenge })
                            : await _receiver.ReceiveAsync(door, document.RootElement, verdict, CancellationToken.None);
                    }

                default:
                    return new(StatusCodes.Status400BadRequest, null);
            }
        }
        catch (JsonException)
        {
            return new(StatusCodes.Status400BadRequest, null);
        }
    }

    private static async Task AnswerAsync(HttpContext context, SlackReceipt receipt)
    {
        context.Response.StatusCode = receipt.Status;
        if (receipt.Body is { } json)
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.Body.WriteAsync(json.Bytes(), context.RequestAborted);
        }
    }

    private void Refuse(HttpContext context, int status, string why)
    {
        _log.Refused(context.Request.Path, why);
        context.Response.StatusCode = status;
    }
}
