using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Adapters.Slack.Inbound;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Slack.SocketMode;

/// <summary>How a connection came to its end.</summary>
internal enum SocketEnd
{
    /// <summary>Slack asks for the next one; this one still works.</summary>
    Refresh,

    /// <summary>Socket Mode was switched off.</summary>
    Disabled,

    /// <summary>Closed or broken.</summary>
    Lost,
}

/// <summary>One connection: reads envelopes, hands them in, acknowledges each once it is written down.</summary>
/// <param name="receiver">Takes envelopes.</param>
/// <param name="hosts">Connects to public addresses only.</param>
/// <param name="time">The clock.</param>
/// <param name="log">For operators.</param>
/// <param name="pingEvery">Time between pings; <see langword="null"/> for 15 s.</param>
internal sealed class SocketConnection(SlackReceiver receiver, SlackHosts hosts, TimeProvider time, ILogger log, TimeSpan? pingEvery = null) : IAsyncDisposable
{
    private const int LargestFrame = 1024 * 1024;

    private static readonly TimeSpan s_greeting = TimeSpan.FromSeconds(15);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<(SocketEnd Reason, string Why)> _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpMessageInvoker? _invoker;

    /// <summary>Ends when nothing more comes.</summary>
    public Task Finished { get; private set; } = Task.CompletedTask;

    /// <summary>Connects and waits for Slack's greeting. Returns how many connections the app has.</summary>
    public async Task<int> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        // A peer that does not answer two pings in a row is gone, whatever the network says.
        _socket.Options.KeepAliveInterval = pingEvery ?? TimeSpan.FromSeconds(15);
        _socket.Options.KeepAliveTimeout = 2 * _socket.Options.KeepAliveInterval;
        _invoker = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectCallback = hosts.ConnectAsync });
        using var deadline = new CancellationTokenSource(s_greeting, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await _socket.ConnectAsync(address, _invoker, both.Token);
        while (true)
        {
            using var frame = await ReadAsync(both.Token) ?? throw new WebSocketException("closed before the greeting");
            if (frame.RootElement.Text("type") == "hello")
            {
                var connections = frame.RootElement.Member("num_connections") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var count) ? count : 1;
                Finished = RunAsync();
                return connections;
            }

            // Nothing is known to come before the greeting; what does is not acknowledged and comes again.
        }
    }

    /// <summary>Ends when another connection is needed.</summary>
    public Task<(SocketEnd Reason, string Why)> UntilReplacedAsync() => _replaced.Task;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Abort();
        await Finished;
        _socket.Dispose();
        _invoker?.Dispose();
        _sending.Dispose();
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        var handling = new List<Task>();
        var why = "closed";
        try
        {
            while (await ReadAsync(_closing.Token) is { } frame)
            {
                handling.RemoveAll(task => task.IsCompleted);
                if (frame.RootElement.Text("type") == "disconnect")
                {
                    using (frame)
                    {
                        Leave(frame.RootElement.Text("reason") ?? "no reason");
                    }

                    continue;
                }

                // One slow write must not keep the others from being acknowledged.
                handling.Add(HandleAsync(frame));
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            why = failure.GetType().Name;
        }

        await Task.WhenAll(handling);
        _replaced.TrySetResult((SocketEnd.Lost, why));
    }

    private void Leave(string reason) => _replaced.TrySetResult(reason switch
    {
        "link_disabled" => (SocketEnd.Disabled, "Socket Mode is switched off for the app (link_disabled)"),
        "too_many_websockets" => (SocketEnd.Lost, "too many connections of this app"),
        _ => (SocketEnd.Refresh, reason is "warning" or "refresh_requested" ? reason : "another reason"),
    });

    private async Task HandleAsync(JsonDocument frame)
    {
        using (frame)
        {
            if (frame.RootElement.Text("envelope_id") is not { } envelope)
            {
                return;
            }

            try
            {
                var receipt = await TakeAsync(receiver, envelope, frame.RootElement);
                await AcknowledgeAsync(envelope, receipt, frame.RootElement.Flag("accepts_response_payload"));
            }
            catch (StoreException failure)
            {
                log.NotWrittenDown(failure);
            }
            catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
            {
                // The acknowledgement did not get through: the envelope comes again on another connection and is known then.
            }
            catch (Exception failure)
            {
                // A bug with one envelope must not cost the connection.
                log.NotWrittenDown(failure);
            }
        }
    }

    /// <summary>Hands an envelope in.</summary>
    /// <param name="receiver">Takes it.</param>
    /// <param name="envelope">Its id.</param>
    /// <param name="frame">The whole frame.</param>
    internal static Task<SlackReceipt> TakeAsync(SlackReceiver receiver, string envelope, JsonElement frame)
    {
        SlackDoor? door = frame.Text("type") switch
        {
            "slash_commands" => SlackDoor.Commands,
            "interactive" => SlackDoor.Interactivity,
            "events_api" => SlackDoor.Events,
            _ => null,
        };

        // What is not known is acknowledged and left alone, or it would come again for ever.
        return door is { } known && frame.Member("payload") is { } payload
            ? receiver.ReceiveAsync(known, payload, $"over our Socket Mode connection, envelope {envelope}", CancellationToken.None)
            : Task.FromResult(SlackReceipt.Silent);
    }

    private async Task AcknowledgeAsync(string envelope, SlackReceipt receipt, bool takesPayload)
    {
        var ack = new JsonObject { ["envelope_id"] = envelope };
        if (takesPayload && receipt.Body is { } body)
        {
            ack["payload"] = body;
        }

        await _sending.WaitAsync(_closing.Token);
        try
        {
            await _socket.SendAsync(ack.Bytes(), WebSocketMessageType.Text, endOfMessage: true, _closing.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next frame; <see langword="null"/> when the other side closed.</summary>
    private async Task<JsonDocument?> ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            using var bytes = new MemoryStream();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close || bytes.Length + part.Count > LargestFrame)
                {
                    return null;
                }

                bytes.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);

            try
            {
                return JsonDocument.Parse(bytes.ToArray());
            }
            catch (JsonException)
            {
                // One unreadable frame is no reason to lose the next ones.
            }
        }
    }
}
