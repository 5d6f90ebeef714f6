using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.Inbound;
using ChatOpsBot.Adapters.Slack.SocketMode;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.FakeSlack;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ChatOpsBot.Slack.Tests;

public class SocketModeTests
{
    [Fact]
    public async Task Stop_WhileConnected_ClosesTheConnectionAndDoesNotWaitForSlack()
    {
        await using var bench = await SlackBench.StartAsync(SlackMode.SocketMode);
        var start = TimeProvider.System.GetTimestamp();

        await bench.StopBotAsync();

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(40), "the service gave up waiting for its socket");
        await SlackBench.UntilAsync(() => bench.Slack.Sockets.Open == 0, "the connection is closed");
    }

    [Fact]
    [Trait("Requirement", "SL-18")]
    [Trait("Requirement", "SL-21")]
    public async Task Refresh_InTheMiddleOfFiftyEnvelopes_LosesAndRepeatsNothing()
    {
        await using var bench = await SlackBench.StartAsync(SlackMode.SocketMode);
        await bench.SayAsync("U1", "check host42");
        var start = TimeProvider.System.GetTimestamp();
        var slowest = TimeSpan.Zero;
        for (var number = 0; number < 50; number++)
        {
            if (number is 10 or 30)
            {
                // Slack warns, and goes on sending over the old connection; then it closes it.
                await bench.Slack.Sockets.DisconnectAsync(number == 10 ? "warning" : "refresh_requested");
                if (number == 30)
                {
                    await SlackBench.UntilAsync(() => bench.Slack.Sockets.Open >= 2, "the next connection");
                }
            }

            var before = TimeProvider.System.GetTimestamp();
            var ack = await bench.Slack.Sockets.SendAsync("slash_commands", bench.Slack.Sender.Slash("U1", "C1", $"note I-1 number {number}"));
            Assert.NotNull(ack["envelope_id"]);
            slowest = TimeProvider.System.GetElapsedTime(before) is var took && took > slowest ? took : slowest;
            if (number == 20)
            {
                await SlackBench.UntilAsync(() => bench.Slack.Sockets.Open >= 2, "the next connection");
                await bench.Slack.Sockets.CloseAsync(bench.Slack.Sockets.Numbers[0]);
            }
        }

        await SlackBench.UntilAsync(() => bench.Workspace.Ephemerals.Count == 51, "all answers");
        var notes = (await bench.Get<IIncidentStore>().LoadAsync(new(1), 0, CancellationToken.None)).Select(stored => stored.Read()).OfType<Domain.Incidents.IncidentEvent.NoteAdded>().ToArray();
        Assert.Equal(50, notes.Length);
        Assert.Equal(50, notes.Select(note => note.Text).Distinct().Count());
        Assert.True(bench.Slack.Sockets.MostAtOnce >= 2);
        Assert.True(slowest < TimeSpan.FromSeconds(3), $"{slowest}");
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    [Trait("Requirement", "SL-21")]
    [Trait("Requirement", "IN-4")]
    public async Task Envelope_AgainOnAnotherSocket_IsAcknowledgedAndNotDoneAgain()
    {
        await using var bench = await SlackBench.StartAsync(SlackMode.SocketMode);
        await bench.SayAsync("U1", "check host42");
        var payload = bench.Slack.Sender.Slash("U1", "C1", "note I-1 once");
        await bench.Slack.Sockets.SendAsync("slash_commands", (JsonObject)payload.DeepClone());
        bench.Slack.Sockets.Abort();
        await SlackBench.UntilAsync(() => bench.Slack.Sockets is { Open: > 0, Total: > 1 }, "the next connection");

        Assert.NotNull((await bench.Slack.Sockets.SendAsync("slash_commands", (JsonObject)payload.DeepClone()))["envelope_id"]);

        await bench.SayAsync("U1", "status");
        Assert.Equal(1, (await bench.Get<IIncidentStore>().LoadAsync(new(1), 0, CancellationToken.None)).Count(stored => stored.Read() is Domain.Incidents.IncidentEvent.NoteAdded));
    }

    [Fact]
    [Trait("Requirement", "SL-19")]
    public async Task LinkDisabled_EndsReconnecting()
    {
        await using var bench = await SlackBench.StartAsync(SlackMode.SocketMode);
        await bench.Slack.Sockets.DisconnectAsync("link_disabled");
        await SlackBench.UntilAsync(() => bench.Get<SlackSocket>().Ended is not null, "the end");
        Assert.Equal(1, bench.Slack.Sockets.Total);
        Assert.Contains(bench.Log.Lines, line => line.StartsWith("Critical", StringComparison.Ordinal) && line.Contains("link_disabled", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "SL-19")]
    public async Task TooManyOrBroken_IsTriedAgainAfterAWhile_AuthErrorIsNot()
    {
        await using var bench = await SlackBench.StartAsync(SlackMode.SocketMode);
        await bench.Slack.Sockets.DisconnectAsync("too_many_websockets");
        await SlackBench.UntilAsync(() => bench.Slack.Sockets.Total == 2 && bench.Get<SlackSocket>().Connected == 1, "the next connection");
        Assert.Contains(bench.Log.Lines, line => line.Contains("the next one in", StringComparison.Ordinal));

        bench.Slack.Fault = call => call.Method == "apps.connections.open" ? new FakeFault { Error = "invalid_auth" } : null;
        bench.Slack.Sockets.Abort();
        await SlackBench.UntilAsync(() => bench.Get<SlackSocket>().Ended is not null, "the end");
        Assert.Equal(2, bench.Slack.Sockets.Total);
    }

    [Fact]
    [Trait("Requirement", "SL-14")]
    public async Task Event_StoreFails_IsNotAcknowledgedAndRunsWhenItComesAgain()
    {
        await using var bench = await SlackBench.StartAsync(SlackMode.Http);
        var happened = new JsonObject { ["type"] = "app_mention", ["user"] = "U1", ["team"] = "T1", ["text"] = "<@U0BOT> whoami", ["ts"] = "1700000000.000900", ["channel"] = "C1" };
        bench.FailingInbox.Fails = true;
        Assert.Equal(503, (await bench.Slack.Sender.EventAsync((JsonObject)happened.DeepClone(), id: "Ev1")).Status);
        bench.FailingInbox.Fails = false;

        Assert.Equal(200, (await bench.Slack.Sender.EventAsync((JsonObject)happened.DeepClone(), id: "Ev1")).Status);
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Thread == "1700000000.000900"), "the answer");
    }

    [Fact]
    [Trait("Requirement", "SL-20")]
    public async Task Connection_PeerGoesSilent_IsGivenUpAfterTwoPings()
    {
        await using var bench = await SlackBench.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = GreetAndFallSilentAsync(listener);
        var address = new Uri($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/link");
        await using var connection = new SocketConnection(
            bench.Get<SlackReceiver>(), new(new() { ApiBaseUrl = "http://127.0.0.1:1/api/" }), TimeProvider.System, NullLogger.Instance, TimeSpan.FromMilliseconds(200));

        Assert.Equal(3, await connection.OpenAsync(address, TestContext.Current.CancellationToken));
        var (reason, _) = await connection.UntilReplacedAsync().WaitAsync(TimeSpan.FromSeconds(15), TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(SocketEnd.Lost, reason);
        (await peer).Dispose();
    }

    /// <summary>Shakes hands, says hello, and then only listens: the connection stays up, but nobody is there.</summary>
    private static async Task<TcpClient> GreetAndFallSilentAsync(TcpListener listener)
    {
        var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var request = "";
        var buffer = new byte[4096];
        while (!request.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            request += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }

        var key = request.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
#pragma warning disable CA5350 // the handshake of web sockets is defined so
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        var hello = Encoding.UTF8.GetBytes("""{"type":"hello","num_connections":3}""");
        await stream.WriteAsync((byte[])[0x81, (byte)hello.Length, .. hello]);
        return client;
    }
}
