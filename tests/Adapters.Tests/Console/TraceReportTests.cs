using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatOpsBot.Adapters.Console.Chat;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Json;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Console;

public class TraceReportTests
{
    private static GuestTrace Cut { get; } = new(
        "vm1", "vnet0", "52:54:00:aa:bb:01", "br0", "eno2",
        new("DHCP DISCOVER",
        [
            new("vnet0", "tap", "up, carrier, port of br0", HopVerdict.Passes, new("e.link", "vnet0: UP,LOWER_UP")),
            new("br0", "ip forward", "the policy of ip filter FORWARD drops it", HopVerdict.Stops, new("e.nft", "ip filter FORWARD policy DROP")),
        ]),
        new("DHCP OFFER", [new("eno2", "wire", "arrives from the network", HopVerdict.Passes, null), new("br0", "port", "not read", HopVerdict.CannotTell, null)]));

    [Fact]
    public void Write_StoppedFrame_NamesThePlaceFirstAndThenEachHop()
        => Assert.Equal(
            """
            host42 vm1: STOPS the DHCP DISCOVER stops at br0: the policy of ip filter FORWARD drops it

            DHCP DISCOVER
              ok vnet0 [tap] up, carrier, port of br0
                   e.link vnet0: UP,LOWER_UP
              STOP br0 [ip forward] the policy of ip filter FORWARD drops it
                   e.nft: ip filter FORWARD policy DROP

            DHCP OFFER if there were one
              ok eno2 [wire] arrives from the network
              ? br0 [port] not read

            read in 412 ms at 1970-01-01 00:00:00 UTC; nothing was sent

            """,
            Written(Cut));

    [Fact]
    public void Write_HostileDevices_NeverReachTheTerminal()
    {
        foreach (var hostile in Diagnoses.HostileTexts)
        {
            var text = Written(Cut with { Guest = hostile, Discover = new("DHCP DISCOVER", [new(hostile, hostile, hostile, HopVerdict.Stops, new("e.nft", hostile))]) });

            Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || char.GetUnicodeCategory(c) == UnicodeCategory.Format);
        }
    }

    [Fact]
    public void Json_StoppedFrame_HasTheStableMembersAndTheBreak()
    {
        using var json = JsonDocument.Parse(Json(Cut));
        var root = json.RootElement;

        Assert.Equal(["schema", "host", "guest", "observedAt", "durationMs", "verdict", "paths"], root.EnumerateObject().Select(member => member.Name));
        Assert.Equal((1, "stops"), (root.GetProperty("schema").GetInt32(), root.GetProperty("verdict").GetString()));
        var path = root.GetProperty("paths")[0];
        Assert.Equal(["guest", "tap", "mac", "bridge", "uplink", "verdict", "discover", "offer"], path.EnumerateObject().Select(member => member.Name));
        Assert.Equal(1, path.GetProperty("discover").GetProperty("break").GetInt32());
        Assert.Equal(JsonValueKind.Null, path.GetProperty("offer").GetProperty("break").ValueKind);
        Assert.Equal("e.nft: ip filter FORWARD policy DROP", path.GetProperty("discover").GetProperty("hops")[1].GetProperty("evidence").GetString());
    }

    [Fact]
    public void Card_DiagnosisWithAPath_ShowsItWithTheBreakMarked()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in new[] { ("id", "I-1"), ("host", "host42"), ("state", "escalated"), ("head", "0"), ("decide", null), ("endedAt", null), ("plan", null) })
            {
                json.WriteString(name, value);
            }

            json.WriteNumber("events", 3);
            json.WriteStartArray("approvals");
            json.WriteEndArray();
            json.WritePropertyName("diagnosis");
            DiagnosisJson.Write(json, Diagnoses.Fault with { Path = Cut });
            json.WriteEndObject();
        }

        var card = IncidentCard.Read(buffer.ToArray());

        Assert.Equal("DHCP DISCOVER of vm1", card?.Path.Guest);
        Assert.Equal(["passes", "stops"], card!.Path.Hops.Select(hop => hop.Verdict)); // asserted the line before
    }

    private static string Json(GuestTrace path)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var followed = new TraceAnswer.Followed([path]);
            TraceJson.Write(json, new("host42", DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(412), followed), "vm1", followed);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Written(GuestTrace path)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var followed = new TraceAnswer.Followed([path]);
        new TraceReport(new(TerminalLook.Plain.Open(text), TerminalLook.Plain.Width)).Write(new("host42", DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(412), followed), followed);
        return text.ToString();
    }
}
