using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Probes;

/// <summary>One DHCP message at one hop.</summary>
/// <param name="After">Time since the trace began.</param>
/// <param name="Link">Which link it passed.</param>
/// <param name="Out">Whether the host sent it out by that link; on a tap that is towards the guest.</param>
/// <param name="Type">Its type in capitals, for example <c>DISCOVER</c>.</param>
/// <param name="Mac">The client's hardware address.</param>
/// <param name="Exchange">Its transaction id, in hexadecimal.</param>
public sealed record HopMessage(TimeSpan After, string Link, bool Out, string Type, string Mac, string Exchange)
{
    /// <summary>The address it gives; <see langword="null"/> when none.</summary>
    public string? Address { get; init; }

    /// <summary>The address that the client has already.</summary>
    public string? Client { get; init; }

    /// <summary>The server that it names.</summary>
    public string? Server { get; init; }

    /// <summary>The address that the client asks for.</summary>
    public string? Requested { get; init; }

    /// <summary>Subnet mask that is handed out.</summary>
    public string? Mask { get; init; }

    /// <summary>First router that is handed out.</summary>
    public string? Router { get; init; }

    /// <summary>Client id (option 61) in hexadecimal; <see langword="null"/> when there is none.</summary>
    public string? ClientId { get; init; }

    /// <summary>Hardware address that the frame came from.</summary>
    public string? Source { get; init; }

    /// <summary>Whether it was a broadcast frame.</summary>
    public bool ToAll { get; init; }

    /// <summary>Whether a client sent it.</summary>
    public bool IsFromClient => Type is "DISCOVER" or "REQUEST" or "DECLINE" or "RELEASE" or "INFORM";

    /// <summary>Whether a server sent it.</summary>
    public bool IsFromServer => Type is "OFFER" or "ACK" or "NAK";
}

/// <summary>An ARP packet between the host and one guest.</summary>
/// <param name="After">Time since the trace began.</param>
/// <param name="Link">The guest's link.</param>
/// <param name="Out">Towards the guest.</param>
/// <param name="IsReply">An answer, not a question.</param>
/// <param name="Mac">Hardware address of the sender.</param>
/// <param name="Sender">IPv4 address of the sender; 0.0.0.0 for a client that tests an address.</param>
/// <param name="Target">IPv4 address asked for.</param>
public sealed record HopArp(TimeSpan After, string Link, bool Out, bool IsReply, string Mac, string Sender, string Target);

/// <summary>What P.trace saw on the links of guests, bridges and uplinks.</summary>
public sealed record HopTrace
{
    /// <summary>Whether the program said that it listens.</summary>
    public bool Listening { get; init; }

    /// <summary>Links that it listened on.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    /// <summary>Links that it could not listen on, with the reason.</summary>
    public ImmutableArray<(string Link, string Why)> Lost { get; init; } = [];

    /// <summary>DHCP messages in order.</summary>
    public ImmutableArray<HopMessage> Messages { get; init; } = [];

    /// <summary>ARP packets of guests and to them, in order; repeated ones at most a few times.</summary>
    public ImmutableArray<HopArp> Arps { get; init; } = [];

    /// <summary>Guests' links by which the guest sent any frame.</summary>
    public ImmutableHashSet<string> Speaking { get; init; } = [];

    /// <summary>Guests' links by which the guest was sent a unicast frame that is no ARP.</summary>
    public ImmutableHashSet<string> SpokenTo { get; init; } = [];

    /// <summary>How long it listened; zero when it was cut off before it could say so.</summary>
    public TimeSpan Listened { get; init; }

    /// <summary>Whether it ended by itself; when not, something may have been missed.</summary>
    public bool Ended { get; init; }

    /// <summary>Whether that link was listened on to the end.</summary>
    public bool Heard(string link) => Links.Contains(link);

    /// <summary>Reads the output of <see cref="ProbeProgram.Watch"/>. Never throws: lines that are not understood are left out.</summary>
    public static HopTrace Read(PartOutput part)
    {
        var trace = new HopTrace();
        var begun = false;
        var (messages, arps) = (ImmutableArray.CreateBuilder<HopMessage>(), ImmutableArray.CreateBuilder<HopArp>());
        foreach (var words in ProbeSections.Words(part))
        {
            begun |= words is ["cob-watch", "1"];
            trace = words switch
            {
                _ when !begun => trace,
                ["on", var link] => trace with { Links = trace.Links.Add(link) },
                ["off", var link, .. var why] => trace with { Links = trace.Links.Remove(link), Lost = trace.Lost.Add((link, string.Join(' ', why))) },
                ["ready"] => trace with { Listening = true },
                ["heard", _, var link] => trace with { Speaking = trace.Speaking.Add(link) },
                ["unicast", _, var link] => trace with { SpokenTo = trace.SpokenTo.Add(link) },
                ["end", var after, _] when Time(after) is { } time => trace with { Ended = true, Listened = time },
                _ => trace,
            };
            if (begun && Message(words) is { } message)
            {
                messages.Add(message);
            }
            else if (begun && Arp(words) is { } arp)
            {
                arps.Add(arp);
            }
        }

        // Cut off, it listened at least until the last thing that it told.
        var last = messages.Select(message => message.After).Concat(arps.Select(arp => arp.After)).DefaultIfEmpty().Max();
        return trace with { Messages = messages.ToImmutable(), Arps = arps.ToImmutable(), Listened = trace.Ended ? trace.Listened : last };
    }

    internal static TimeSpan? Time(string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= 1_000_000_000 ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static HopMessage? Message(string[] words)
        => words is ["dhcp", var after, var link, ("in" or "out") and var way, var type, var mac, var exchange, var given, var client, var server, var requested, var mask, var router, var id, var source, ("all" or "one") and var to]
            && Time(after) is { } time && DhcpTraceRequest.IsMac(mac) && DhcpTraceRequest.IsLink(link) && type.Length <= 8 && type.All(char.IsAsciiLetterUpper)
            ? new(time, link, way == "out", type, mac, exchange)
            {
                Address = ProbeText.Address(given),
                Client = ProbeText.Address(client),
                Server = ProbeText.Address(server),
                Requested = ProbeText.Address(requested),
                Mask = ProbeText.Address(mask),
                Router = ProbeText.Address(router),
                ClientId = id != "-" && id.All(char.IsAsciiHexDigitLower) ? id : null,
                Source = DhcpTraceRequest.IsMac(source) ? source : null,
                ToAll = to == "all",
            }
            : null;

    private static HopArp? Arp(string[] words)
        => words is ["arp", var after, var link, ("in" or "out") and var way, ("ask" or "reply") and var kind, var mac, var sender, var target]
            && Time(after) is { } time && DhcpTraceRequest.IsMac(mac) && DhcpTraceRequest.IsLink(link)
            ? new(time, link, way == "out", kind == "reply", mac, ProbeText.Address(sender) ?? "0.0.0.0", ProbeText.Address(target) ?? "0.0.0.0")
            : null;
}
