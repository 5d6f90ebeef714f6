using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Hops;

/// <summary>Where a guest's DHCP exchange ends, by its hop signature (catalogue, section 3.3).</summary>
public enum HopEnd
{
    /// <summary>A link on the way was not listened on, or not long enough after the guest asked.</summary>
    CannotTell,

    /// <summary>The guest asked for nothing.</summary>
    Silent,

    /// <summary>The answer reached the guest, and the guest went on with it.</summary>
    Passed,

    /// <summary>The question enters by the guest's port and is not seen on the bridge.</summary>
    AtPort,

    /// <summary>The question is on the bridge and leaves by no port.</summary>
    InBridge,

    /// <summary>The question leaves by other guests' ports but by no uplink.</summary>
    BeforeUplink,

    /// <summary>The question leaves by the uplink, and nothing comes back.</summary>
    Upstream,

    /// <summary>The answer comes in by the uplink and does not reach the guest.</summary>
    AnswerLost,

    /// <summary>The answer reaches the guest, and the guest asks again.</summary>
    AnswerIgnored,
}

/// <summary>What a trace saw of one guest.</summary>
/// <param name="Bridge">Its bridge.</param>
/// <param name="Port">Its port.</param>
/// <param name="Mac">The hardware address that it asks with, or that it has.</param>
/// <param name="End">Where its exchange ends.</param>
/// <param name="Waited">How long was listened since it asked first.</param>
public sealed record GuestHops(GuestBridge Bridge, GuestPort Port, string? Mac, HopEnd End, TimeSpan Waited)
{
    /// <summary>Silence after less is no answer: a server that pings an address first answers after three seconds.</summary>
    public static readonly TimeSpan Enough = TimeSpan.FromSeconds(5);

    /// <summary>The way that was seen, for people.</summary>
    public string Way { get; init; } = "";

    /// <summary>Whether an OFFER, not only the renewal of a lease, was seen for it.</summary>
    public bool WasOffered { get; init; }

    /// <summary>Whether the question left by an uplink, whatever came of it.</summary>
    public bool LeftByUplink { get; init; }

    /// <summary>Whether an answer came in by an uplink.</summary>
    public bool AnswerFromUplink { get; init; }

    /// <summary>All guests of guest bridges that were listened to; empty without a trace.</summary>
    public static ImmutableArray<GuestHops> Of(HostView view)
        => view.Probes.Trace is { } trace && view.Topology is FactReading<HostTopology>.Known(var topology)
            ? [.. from bridge in topology.Bridges from port in topology.GuestsOf(bridge) where trace.Heard(port.Link.Name) select Read(trace, topology, bridge, port)]
            : [];

    /// <summary>The guest as an evidence line.</summary>
    public EvidenceLine Line => new(ProbeSections.Trace, $"{Port.Guest}: {Way}");

    private static GuestHops Read(HopTrace trace, HostTopology topology, GuestBridge bridge, GuestPort port)
    {
        var tap = port.Link.Name;
        var questions = trace.Messages.Where(message => message.Link == tap && !message.Out && message is { IsFromClient: true, ToAll: true } && (port.Mac is null || message.Mac == port.Mac)).ToArray();
        var mac = questions.FirstOrDefault()?.Mac ?? port.Mac;
        if (questions.Length == 0)
        {
            return new(bridge, port, mac, HopEnd.Silent, trace.Listened) { Way = $"no DHCP question on {tap} in {Seconds(trace.Listened)}" };
        }

        var uplinks = bridge.Uplinks.Select(link => link.Name).ToHashSet(StringComparer.Ordinal);
        var own = trace.Messages.Where(message => message.Mac == mac).ToArray();
        var left = own.FirstOrDefault(message => message is { Out: true, IsFromClient: true } && uplinks.Contains(message.Link));
        var elsewhere = own.Any(message => message is { Out: true, IsFromClient: true } && !uplinks.Contains(message.Link) && message.Link != bridge.Name);
        var onBridge = own.Any(message => message is { Out: false, IsFromClient: true } && message.Link == bridge.Name);
        var back = own.FirstOrDefault(message => message is { Out: false, IsFromServer: true } && uplinks.Contains(message.Link));
        var told = own.FirstOrDefault(message => message is { Out: true, IsFromServer: true } && message.Link == tap);
        var waited = trace.Listened - questions[0].After;
        var hops = new GuestHops(bridge, port, mac, EndOf(), waited)
        {
            WasOffered = own.Any(message => message is { Type: "OFFER", Out: true } && message.Link == tap),
            LeftByUplink = left is not null,
            AnswerFromUplink = back is not null,
            Way = string.Join(", ", Words().OfType<string>()),
        };
        return hops;

        HopEnd EndOf()
        {
            if (told is not null)
            {
                // A question right behind the answer may have been on its way already.
                var again = questions.Count(question => question.Type == "DISCOVER" && question.After > told.After + TimeSpan.FromMilliseconds(500));
                var wentOn = own.Any(message => message is { Type: "REQUEST", Out: false } && message.Link == tap && message.After >= told.After) || told.Type is "ACK" or "NAK";
                return wentOn || again == 0 ? HopEnd.Passed : HopEnd.AnswerIgnored;
            }

            if (back is not null)
            {
                return trace.Listened - back.After >= TimeSpan.FromMilliseconds(500) ? HopEnd.AnswerLost : HopEnd.CannotTell;
            }

            if (left is not null)
            {
                return waited >= Enough ? HopEnd.Upstream : HopEnd.CannotTell;
            }

            // What was not listened on proves nothing.
            if (!trace.Heard(bridge.Name) || uplinks.Any(uplink => !trace.Heard(uplink)))
            {
                return HopEnd.CannotTell;
            }

            return elsewhere ? HopEnd.BeforeUplink : onBridge ? HopEnd.InBridge : HopEnd.AtPort;
        }

        IEnumerable<string?> Words()
        {
            yield return $"{questions[0].Type} in by {tap}";
            yield return onBridge ? $"on {bridge.Name}" : left is null ? $"not on {bridge.Name}" : null;
            yield return left is not null ? $"out by {left.Link}" : uplinks.Count > 0 ? $"not out by {string.Join(" or ", uplinks.Order(StringComparer.Ordinal))}" : null;
            yield return back is not null ? $"{back.Type} in by {back.Link}" : left is not null && told is null ? $"nothing back in {Seconds(waited)}" : null;
            yield return told is not null ? $"{told.Type} out by {tap}" : back is not null ? $"not out by {tap}" : null;
        }
    }

    internal static string Seconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
