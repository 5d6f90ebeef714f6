using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChatOpsBot.Domain.Probes;

/// <summary>Reads the output of <see cref="ProbeProgram.Trace"/> as it arrives. Never throws: lines that are not understood are left out.</summary>
public sealed class DhcpTraceReader
{
    private readonly ProbeLines _lines = new();
    private bool _begun;

    /// <summary>What was seen so far.</summary>
    public DhcpTrace Trace { get; private set; } = DhcpTrace.Nothing;

    /// <summary>Takes the next bytes of standard output.</summary>
    public void Append(ReadOnlyMemory<byte> chunk)
    {
        foreach (var line in _lines.Append(chunk))
        {
            Take(line);
        }
    }

    private void Take(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!_begun)
        {
            // A banner of the login may stand before it.
            _begun = words is ["cob-trace", "1"];
            return;
        }

        Trace = words switch
        {
            ["on", var link] => Trace with { Links = Trace.Links.Add(link) },
            ["off", var link, .. var why] => Trace with { Links = Trace.Links.Remove(link), Lost = Trace.Lost.Add((link, string.Join(' ', why))) },
            ["ready"] => Trace with { Listening = true },
            ["dhcp", ..] when Message(words) is { } message && Trace.Messages.Length < DhcpTraceRequest.MostMessages => Trace with { Messages = Trace.Messages.Add(message) },
            ["end", "ack"] => Trace with { End = TraceEnd.Acknowledged },
            ["end", "time"] => Trace with { End = TraceEnd.Time },
            ["end", "lines"] => Trace with { End = TraceEnd.Messages },
            ["end", "links"] => Trace with { End = TraceEnd.Links },
            _ => Trace,
        };
    }

    private static DhcpMessage? Message(string[] words)
        => words is ["dhcp", var after, var link, ("in" or "out") and var way, var type, var mac, var address, var server, ("all" or "one") and var to, var whole]
            && long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= 1_000_000_000
            && DhcpTraceRequest.IsMac(mac) && DhcpTraceRequest.IsLink(link) && type.Length <= 8 && type.All(char.IsAsciiLetterUpper)
            ? new(TimeSpan.FromMilliseconds(milliseconds), link, way == "out", type, mac, Address(address), Address(server), to == "all", whole == "whole")
            : null;

    private static string? Address(string text)
        => text != "0.0.0.0" && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() : null;
}
