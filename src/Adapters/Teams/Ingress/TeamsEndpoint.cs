using System.Net;
using System.Text.Json;
using ChatOpsBot.Adapters.Teams.Inbound;
using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams.Ingress;

/// <summary>What Teams sends: verified, written down, acknowledged. The only way from this route to the dispatcher.</summary>
/// <param name="profile">Whom we believe.</param>
/// <param name="judge">Verifies.</param>
/// <param name="receiver">Takes it in.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsEndpoint(TeamsProfile profile, TokenJudge judge, TeamsReceiver receiver, ILogger<TeamsEndpoint> log)
{
    /// <summary>Teams' own limit is about 100 KB.</summary>
    private const int LargestBody = 256 * 1024;

    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 64 };

    /// <summary>A request to <c>/api/messages</c>.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            // Some clients look with HEAD whether anybody is there.
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "POST";
            return;
        }

        if (await RequestBody.ReadAsync(context.Request.Body, context.Request.ContentLength, LargestBody, context.RequestAborted) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var isJson = RequestBody.MediaType(context.Request.ContentType) == "application/json";
        var verdict = profile.IsAnonymous
            ? Anonymous(context, () => isJson ? Read(body) : null)
            : await judge.JudgeAsync(context.Request.Headers.Authorization, () => isJson ? Read(body) : null, context.RequestAborted);
        if (verdict.Activity is not { } activity)
        {
            log.Refused(verdict.Status, verdict.Why);
            context.Response.StatusCode = verdict.Status;
            return;
        }

        if (activity.ExpectsReplies)
        {
            // What is written down first and worked on later has no answer yet. A clear no, and nothing is done: silence would look like a bot without words.
            log.Refused(StatusCodes.Status501NotImplemented, "the sender wants all answers in the response (deliveryMode expectReplies)");
            context.Response.StatusCode = StatusCodes.Status501NotImplemented;
            return;
        }

        try
        {
            // Not ended by the caller's going away: what was accepted is written down.
            var receipt = await receiver.ReceiveAsync(activity with { Verdict = verdict.Why }, CancellationToken.None);
            context.Response.StatusCode = receipt.Status;
            if (receipt.Body is { } answer)
            {
                context.Response.ContentType = "application/json; charset=utf-8";
                await context.Response.Body.WriteAsync(answer.Bytes(), context.RequestAborted);
            }
        }
        catch (StoreException failure)
        {
            log.NotWrittenDown(failure);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    /// <summary>Without tokens only a program on this machine is listened to, on an address of this machine, and only as a test client.</summary>
    private TokenVerdict Anonymous(HttpContext context, Func<TeamsActivity?> read)
    {
        if (!IsLoopback(context.Connection.LocalIpAddress) || !IsLoopback(context.Connection.RemoteIpAddress))
        {
            return TokenVerdict.Unknown("without tokens nobody but this machine is listened to");
        }

        return read() is not { } activity ? new(400, "the body is no activity", null)
            : !profile.IsChannel(activity.Channel) ? TokenVerdict.NotHere("without tokens only the channel emulator is listened to")
            : activity.Service is not { } service || !profile.IsService(service) ? TokenVerdict.NotHere("the activity names a service address that is not on this machine")
            : new(200, "no token: a test client on this machine", activity);
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static TeamsActivity? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, s_json);
            return TeamsActivity.Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
