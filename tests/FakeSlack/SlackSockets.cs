using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.FakeSlack;

/// <summary>Socket Mode: one-time addresses, greeting, envelopes to any of the open connections, refresh.</summary>
/// <param name="server">The server.</param>
public sealed class SlackSockets(SlackServer server)
{
    private readonly ConcurrentDictionary<string, byte> _tickets = new();
    private readonly ConcurrentDictionary<int, Link> _links = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _waiting = new();
    private int _number;

    /// <summary>Connections open now.</summary>
    public int Open => _links.Count;

    /// <summary>Connections there have been.</summary>
    public int Total => Volatile.Read(ref _number);

    /// <summary>Most connections that were open at once.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Acknowledgements, in order.</summary>
    public ConcurrentQueue<JsonObject> Acks { get; } = new();

    /// <summary>Whether new connections are refused after the handshake by silence: no greeting.</summary>
    public bool Silent { get; set; }

    /// <summary>Sends an envelope over one of the connections and waits for its acknowledgement.</summary>
    /// <param name="type"><c>slash_commands</c>, <c>interactive</c> or <c>events_api</c>.</param>
    /// <param name="payload">What is in it.</param>
    /// <param name="envelope">Its id; a new one when <see langword="null"/>.</param>
    public async Task<JsonObject> SendAsync(string type, JsonObject payload, string? envelope = null)
    {
        var id = envelope ?? Guid.NewGuid().ToString();
        var acked = _waiting.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        var links = _links.Values.Where(link => !link.Leaving).ToArray();
        var link = links.Length > 0 ? links[Random.Shared.Next(links.Length)] : _links.Values.FirstOrDefault() ?? throw new InvalidOperationException("no connection is open");
        var frame = new JsonObject { ["envelope_id"] = id, ["payload"] = payload, ["type"] = type, ["accepts_response_payload"] = type != "events_api" };
        if (type == "events_api")
        {
            frame["retry_attempt"] = 0;
            frame["retry_reason"] = "";
        }

        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await link.SendAsync(frame);
                return await acked.Task.WaitAsync(TimeSpan.FromSeconds(attempt < 4 ? 3 : 15), TimeProvider.System);
            }
            catch (Exception e) when (attempt < 4 && e is TimeoutException or WebSocketException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // What is not acknowledged in time, or went to a connection that just closed, is sent again over another.
                link = _links.Values.FirstOrDefault(other => !other.Leaving && other != link) ?? _links.Values.FirstOrDefault() ?? link;
            }
        }
    }

    /// <summary>Tells every connection to leave; what is told nothing about stays open until <see cref="CloseAsync(int)"/>.</summary>
    public async Task DisconnectAsync(string reason)
    {
        foreach (var link in _links.Values)
        {
            // Slack goes on sending on the old connection for some seconds after its warning.
            link.Leaving = reason != "warning";
            await link.SendAsync(new() { ["type"] = "disconnect", ["reason"] = reason, ["debug_info"] = new JsonObject { ["host"] = "fake" } });
        }
    }

    /// <summary>The numbers of the open connections.</summary>
    public IReadOnlyList<int> Numbers => [.. _links.Keys.Order()];

    /// <summary>Closes one connection properly.</summary>
    public async Task CloseAsync(int number)
    {
        if (_links.TryGetValue(number, out var link))
        {
            await link.CloseAsync();
        }
    }

    /// <summary>Breaks every connection off.</summary>
    public void Abort()
    {
        foreach (var link in _links.Values)
        {
            link.Abort();
        }
    }

    /// <summary>Closes all.</summary>
    internal async Task CloseAsync()
    {
        foreach (var number in _links.Keys)
        {
            await CloseAsync(number);
        }
    }

    internal string NewTicket()
    {
        var ticket = Guid.NewGuid().ToString("N");
        _tickets[ticket] = 0;
        return $"ws://{server.Base}/link/?ticket={ticket}&app_id={SlackWorkspace.App}";
    }

    internal async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest || !_tickets.TryRemove(context.Request.Query["ticket"].ToString(), out _))
        {
            context.Response.StatusCode = 401;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var number = Interlocked.Increment(ref _number);
        using var link = new Link(socket);
        if (!Silent)
        {
            await link.SendAsync(new()
            {
                ["type"] = "hello",
                ["num_connections"] = _links.Count + 1,
                ["debug_info"] = new JsonObject { ["host"] = "fake", ["build_number"] = 1, ["approximate_connection_time"] = 18060 },
                ["connection_info"] = new JsonObject { ["app_id"] = SlackWorkspace.App },
            });
            _links[number] = link;
            MostAtOnce = Math.Max(MostAtOnce, _links.Count);
        }

        try
        {
            await ReadAsync(socket);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // Gone.
        }

        _links.TryRemove(number, out _);
    }

    private async Task ReadAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            using var bytes = new MemoryStream();
            WebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer, CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    if (socket.State == WebSocketState.CloseReceived)
                    {
                        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    }

                    return;
                }

                bytes.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);

            if (JsonNode.Parse(bytes.ToArray()) is JsonObject ack && ack["envelope_id"]?.GetValue<string>() is { } id)
            {
                Acks.Enqueue(ack);
                if (_waiting.TryGetValue(id, out var waiting))
                {
                    waiting.TrySetResult(ack);
                }
            }
        }
    }

    private sealed class Link(WebSocket socket) : IDisposable
    {
        private readonly SemaphoreSlim _sending = new(1);

        public bool Leaving { get; set; }

        public async Task SendAsync(JsonObject frame)
        {
            await _sending.WaitAsync();
            try
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
            }
            finally
            {
                _sending.Release();
            }
        }

        public async Task CloseAsync()
        {
            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException or IOException)
            {
                // Closed already.
            }
        }

        public void Abort() => socket.Abort();

        public void Dispose() => _sending.Dispose();
    }
}
