using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Probes;

/// <summary>How far a check may go beyond reading.</summary>
public enum ProbeMode
{
    /// <summary>Nothing but the one read.</summary>
    None,

    /// <summary>Listening, and a second read.</summary>
    Passive,

    /// <summary>Asking as well: ARP, pings, DISCOVERs.</summary>
    Active,
}

/// <summary>What a check may do and what was said about it.</summary>
/// <param name="Mode">How far.</param>
/// <param name="Rules">What the policy says about each probe.</param>
public sealed record ProbeWish(ProbeMode Mode, ProbeRules Rules)
{
    /// <summary>What an operator at the host's own command line may do.</summary>
    public static ProbeRules Everything { get; } = new(ProbeRules.Usual.ToImmutableSortedDictionary(pair => pair.Key, _ => ProbeUse.Allow, StringComparer.Ordinal));

    /// <summary>Nothing but the one read.</summary>
    public static ProbeWish Nothing { get; } = new(ProbeMode.None, Everything);

    /// <summary>Whether a frame with a guest-style address may leave although a switch with port security may then shut the port.</summary>
    public bool MayTakePortDown { get; init; }

    /// <summary>What people have approved, as <see cref="ProbeRequest.Line"/>; nothing else is sent of a probe that the policy puts under approval.</summary>
    public ImmutableArray<string> Approved { get; init; } = [];

    /// <summary>The engineer's words; an IPv4 address in them is asked for by ARP.</summary>
    public string? Because { get; init; }
}

/// <summary>Which probes a host's state calls for, and which are left out although they would help. Pure.</summary>
public sealed partial record ProbePlan
{
    /// <summary>How long P.trace listens.</summary>
    public static readonly TimeSpan TraceFor = TimeSpan.FromSeconds(9.5);

    /// <summary>What the arguments of <see cref="ProbeProgram.Watch"/> begin with: how long it listens, and the most that it says.</summary>
    public static readonly ImmutableArray<string> WatchHead = [TraceFor.TotalSeconds.ToString(CultureInfo.InvariantCulture), DhcpTraceRequest.MostMessages.ToString(CultureInfo.InvariantCulture)];

    private const int MostTaps = 64;
    private const int MostTargets = 32;

    /// <summary>Arguments of <see cref="ProbeProgram.Watch"/>; empty when nobody listens.</summary>
    public ImmutableArray<string> Watch { get; init; } = [];

    /// <summary>DISCOVERs.</summary>
    public ImmutableArray<DhcpAsk> Dhcp { get; init; } = [];

    /// <summary>ARP.</summary>
    public ImmutableArray<WhoAsk> Who { get; init; } = [];

    /// <summary>Pings.</summary>
    public ImmutableArray<DfAsk> DontFragment { get; init; } = [];

    /// <summary>Whether a few rows are read a second time.</summary>
    public bool ReadsAgain { get; init; }

    /// <summary>Probes that are not run, with the reason.</summary>
    public ImmutableArray<(string Section, string Why)> Withheld { get; init; } = [];

    /// <summary>What would be sent as well if people approved it.</summary>
    public ImmutableArray<ProbeRequest> ToApprove { get; init; } = [];

    /// <summary>Whether nothing is to be done.</summary>
    public bool IsEmpty => Watch.IsEmpty && Dhcp.IsEmpty && Who.IsEmpty && DontFragment.IsEmpty && !ReadsAgain;

    /// <summary>
    /// Plans the probes. None when a finding is certain: the cause is known, and the probes would only see it. None when a host shows nothing odd and every guest's address is known.
    /// A host that runs otherwise than configured may do so for years while all is well: that drift explains nobody's silence, so it neither calls for probes nor keeps them from being sent.
    /// </summary>
    public static ProbePlan For(HostView view, Diagnosis.Diagnosis diagnosis, ProbeWish wish)
    {
        ImmutableArray<Finding> causes = [.. diagnosis.Findings.Where(finding => finding.Id != HostConfigDrift.Id)];
        if (wish.Mode == ProbeMode.None || causes.Any(finding => finding.Certainty == Certainty.Certain) || view.Topology is not FactReading<HostTopology>.Known(var topology))
        {
            return new();
        }

        ImmutableArray<GuestBridge> bridges = [.. topology.Bridges.Where(bridge => InFocus(bridge, topology, view.Focus) && !bridge.WaysOut.IsEmpty && bridge.Link.IsUp && DhcpTraceRequest.IsLink(bridge.Name))];
        ImmutableArray<GuestPort> guests =
        [
            .. topology.GuestPorts.Where(port => (port.Link.Master is { } master && bridges.Any(bridge => bridge.Name == master))
                && (view.Focus.Guest is not { } name || port.Guest == name || port.Link.Name == name)).Take(MostTaps),
        ];
        var isOdd = !causes.IsEmpty || !diagnosis.Undecided.IsEmpty || wish.Because is not null || view.Focus.Guest is not null;
        var unknown = guests.Any(port => !diagnosis.Guests.Any(line => line.Tap == port.Link.Name && line.Address is not null));
        if (wish.Mode == ProbeMode.Passive && !isOdd && !unknown)
        {
            return new();
        }

        var plan = new ProbePlan { ReadsAgain = true };
        plan = Listening(plan, wish, bridges, guests);
        return wish.Mode == ProbeMode.Active ? Asking(plan, view, topology, wish, bridges) : plan;
    }

    private static ProbePlan Listening(ProbePlan plan, ProbeWish wish, ImmutableArray<GuestBridge> bridges, ImmutableArray<GuestPort> guests)
    {
        if (bridges.IsEmpty)
        {
            return plan;
        }

        // What it listens to follows the guests that there are; the approval is for the listening.
        var listening = new ProbeRequest(ProbeSections.Trace, [], $"Listen to DHCP, ARP and the switch's announcements on the links of {string.Join(", ", bridges.Select(bridge => bridge.Name))} for {TraceFor.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s; nothing is sent");
        if (WhyNot(wish, listening) is { } why)
        {
            return plan with { Withheld = plan.Withheld.Add((ProbeSections.Trace, why)), ToApprove = [.. plan.ToApprove, .. Waiting(wish, [listening])] };
        }

        var links = guests.Where(port => DhcpTraceRequest.IsLink(port.Link.Name)).SelectMany(port => new[] { "tap", port.Link.Name, port.Mac is { } mac && DhcpTraceRequest.IsMac(mac) ? mac : "-" })
            .Concat(bridges.SelectMany(bridge => bridge.Uplinks.Where(link => DhcpTraceRequest.IsLink(link.Name)).SelectMany(link => new[] { "up", link.Name, "-" })))
            .Concat(bridges.SelectMany(bridge => new[] { "br", bridge.Name, "-" }));
        return plan with
        {
            Watch = [.. WatchHead, .. links],
        };
    }

    private static ProbePlan Asking(ProbePlan plan, HostView view, HostTopology topology, ProbeWish wish, ImmutableArray<GuestBridge> bridges)
    {
        var withheld = plan.Withheld.ToBuilder();
        ImmutableArray<(DhcpAsk Ask, ProbeRequest Request)> dhcp =
        [
            .. bridges.Select(bridge => new DhcpAsk(bridge.Name, GuestStyleMac(bridge, topology, wish, out _), [.. bridge.Uplinks.Select(link => link.Name).Where(DhcpTraceRequest.IsLink)]))
                .Select(ask => (ask, ProbeRequests.Of(ask))),
        ];
        ImmutableArray<(WhoAsk Ask, ProbeRequest Request)> who = [.. bridges.Select(bridge => WhoOn(view, wish, bridge)).OfType<WhoAsk>().Select(ask => (ask, ProbeRequests.Of(ask)))];
        ImmutableArray<(DfAsk Ask, ProbeRequest Request)> pings = [.. bridges.SelectMany(bridge => PingsOn(view, bridge)).Select(ask => (ask, ProbeRequests.Of(ask)))];
        ImmutableArray<ProbeRequest> requests = [.. dhcp.Select(pair => pair.Request), .. who.Select(pair => pair.Request), .. pings.Select(pair => pair.Request)];
        foreach (var refused in requests.Select(request => (request.Probe, Why: WhyNot(wish, request))).Where(pair => pair.Why is not null).Distinct())
        {
            withheld.Add((refused.Probe, refused.Why ?? ""));
        }

        foreach (var bridge in dhcp.Where(pair => WhyNot(wish, pair.Request) is null).Select(pair => pair.Ask.Bridge))
        {
            if (GuestStyleMac(bridges.First(there => there.Name == bridge), topology, wish, out var why) is null)
            {
                withheld.Add((ProbeSections.Dhcp, $"{bridge}: not asked with a guest's hardware address: {why}"));
            }
        }

        return plan with
        {
            Dhcp = [.. dhcp.Where(pair => WhyNot(wish, pair.Request) is null).Select(pair => pair.Ask)],
            Who = [.. who.Where(pair => WhyNot(wish, pair.Request) is null).Select(pair => pair.Ask)],
            DontFragment = [.. pings.Where(pair => WhyNot(wish, pair.Request) is null).Select(pair => pair.Ask)],
            Withheld = withheld.ToImmutable(),
            ToApprove = [.. plan.ToApprove, .. Waiting(wish, requests)],
        };
    }

    /// <summary>The gateway that the host has on a bridge, where it has one.</summary>
    public static string? GatewayOn(HostView view, string bridge)
        => view.Optional(RouteEvidence.Source)?.Defaults.Where(route => route.Device == bridge).Select(route => ProbeText.Address(route.Gateway ?? "")).FirstOrDefault(gateway => gateway is not null);

    private static bool InFocus(GuestBridge bridge, HostTopology topology, DiagnosisFocus focus)
        => (focus.Bridge is null || focus.Bridge == bridge.Name)
            && (focus.Guest is not { } name || topology.GuestsOf(bridge).Any(port => port.Guest == name || port.Link.Name == name));

    private static string? WhyNot(ProbeWish wish, ProbeRequest request) => wish.Rules.For(request.Probe) switch
    {
        ProbeUse.Allow => null,
        ProbeUse.Approve when wish.Approved.Contains(request.Line) => null,
        ProbeUse.Approve => "the policy wants an approval for it, and there was none yet when the host was read; in chat it is asked for",
        _ => "the policy forbids it",
    };

    private static IEnumerable<ProbeRequest> Waiting(ProbeWish wish, IEnumerable<ProbeRequest> requests)
        => requests.Where(request => wish.Rules.For(request.Probe) == ProbeUse.Approve && !wish.Approved.Contains(request.Line));

    /// <summary>
    /// 02, two octets of ours, and the end of the bridge's own address: the same at each check, so that no server keeps more than one address for it and no switch learns more than one.
    /// </summary>
    private static string? GuestStyleMac(GuestBridge bridge, HostTopology topology, ProbeWish wish, out string why)
    {
        why = "";
        if (!wish.MayTakePortDown)
        {
            why = "a switch with port security may take the port down (allow it with --may-take-port-down)";
        }
        else if (topology.SessionLinks is not { } session || session.Contains(bridge.Name) || bridge.Uplinks.Any(link => session.Contains(link.Name)))
        {
            why = "our own session runs over this uplink, or it is not known which it runs over";
        }
        else if (bridge.Link.Address is not { Length: 17 } own || !DhcpTraceRequest.IsMac(own))
        {
            why = "the bridge has no Ethernet address";
        }
        else
        {
            return "02:c0:b0" + own[8..];
        }

        return null;
    }

    private static WhoAsk? WhoOn(HostView view, ProbeWish wish, GuestBridge bridge)
    {
        var own = view.Optional(AddressEvidence.Source)?.Of(bridge.Name).FirstOrDefault(address => address.Family == "inet");
        var neighbours = view.Optional(NeighbourEvidence.Source)?.Entries.Where(entry => entry.Device == bridge.Name && entry.Mac is not null).Select(entry => entry.Address) ?? [];
        var leased = view.Optional(ServerEvidence.Source)?.Leases.Where(lease => lease.State == "active").Select(lease => lease.Address) ?? [];
        var reported = view.Optional(AgentEvidence.Source)?.Guests.SelectMany(guest => guest.Addresses).Select(address => address.Address).OfType<string>() ?? [];
        var named = Address().Matches(wish.Because ?? "").Select(match => match.Value);
        string?[] first = [GatewayOn(view, bridge.Name), .. named, .. reported, .. neighbours, .. leased];
        string[] targets =
        [
            .. first.OfType<string>().Select(ProbeText.Address).OfType<string>()
                .Where(target => target != own?.Address && (own is null || ProbeText.SameSubnet(target, own.Address, own.PrefixLength) == true)).Distinct().Take(MostTargets),
        ];
        if (targets.Length == 0)
        {
            return null;
        }

        // Who answers for addresses that nobody has answers for all: proxy ARP, no duplicate.
        return new(bridge.Name, own?.Address, [.. targets, .. Unused(own, [.. first.OfType<string>()])]);
    }

    /// <summary>Two addresses near the end of the host's subnet that nothing here knows.</summary>
    internal static IEnumerable<string> Unused(InterfaceAddress? own, ImmutableArray<string> known)
    {
        if (own is null || own.PrefixLength is < 8 or > 28 || ProbeText.Number(own.Address) is not { } number)
        {
            return [];
        }

        var last = number | (uint.MaxValue >> own.PrefixLength);
        return Enumerable.Range(2, 12).Select(back => ProbeText.Dotted(last - (uint)back)).Where(address => address != own.Address && !known.Contains(address)).Take(2);
    }

    private static IEnumerable<DfAsk> PingsOn(HostView view, GuestBridge bridge)
    {
        if (GatewayOn(view, bridge.Name) is not { } gateway)
        {
            return [];
        }

        int[] sizes = [1500, bridge.Link.Mtu];
        return sizes.Where(size => size is >= 576 and <= 65535 && size <= bridge.Link.Mtu).Distinct().Select(size => new DfAsk(bridge.Name, gateway, size));
    }

    [GeneratedRegex(@"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")]
    private static partial Regex Address();
}
