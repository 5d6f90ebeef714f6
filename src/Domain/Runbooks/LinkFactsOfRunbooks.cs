using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Facts about links, bridges and ports.</summary>
internal static class LinkFactsOfRunbooks
{
    private static readonly ImmutableArray<ParameterType> s_link = [ParameterType.Link];
    private static readonly ImmutableArray<ParameterType> s_bridge = [ParameterType.Bridge];

    public static ImmutableArray<RunbookFact> All { get; } =
    [
        new("intended-uplink", s_bridge, "the free link that the inventory or the configuration gives the bridge as its port", IntendedUplink),
        new("several-uplinks", s_bridge, "`yes` when more than one port leads outside, else `no`", (context, of) => context.Topology.Bridge(of[0])?.Uplinks.Length > 1 ? "yes" : "no"),
        new("admin-state", s_link, "`up` or `down`, as set", OfLink(link => link.IsUp ? "up" : "down")),
        new("master", s_link, "`no master` or `master br0`", OfLink(link => link.Master is { } master ? $"master {master}" : "no master")),
        new("master-name", s_link, "name of the bridge that the link is a port of", OfLink(link => link.Master)),
        new("port-state", s_link, "`disabled`, `listening`, `learning`, `forwarding` or `blocking`", OfPort(port => port.State)),
        new("port-extras", s_link, "`none`, or the port settings that differ from those of a new port, such as `isolated on`", OfPort(Extras)),
        new("bpdu-guard", s_link, "`on` or `off`", OfPort(port => OnOff(port.Guard))),
        new("broadcast-flood", s_link, "`on` or `off`", OfPort(port => OnOff(port.BroadcastFlood))),
        new("isolated", s_link, "`on` or `off`", OfPort(port => OnOff(port.Isolated))),
        new("locked", s_link, "`on` or `off`", OfPort(port => OnOff(port.Locked))),
        new("learning-and-flood", s_link, "`learning off, flood off`", OfPort(port => (port.Learning, port.Flood) is ({ } learning, { } flood) ? $"learning {OnOff(learning)}, flood {OnOff(flood)}" : null)),
        new("stp", s_bridge, "`off`, `on`, or `user space` when a daemon does it", OfBridge(bridge => bridge.StpState switch { 0 => "off", 1 => "on", _ => "user space" })),
        new("stp-root", s_bridge, "`this bridge`, or the id of the bridge that sets the timers", OfBridge(bridge => bridge.RootId is { } root && bridge.BridgeId is { } own ? root == own ? "this bridge" : root : null)),
        new("forward-delay", s_bridge, "hundredths of a second", OfBridge(bridge => bridge.ForwardDelay.ToString(CultureInfo.InvariantCulture))),
        new("bridge-lends-frames", s_bridge, "`on` or `off`: the bridge's own nf_call_iptables", OfBridge(bridge => OnOff(bridge.NfCallIptables))),
        new("mtu", s_link, "bytes", OfLink(link => link.Mtu.ToString(CultureInfo.InvariantCulture))),
        new("guest-mtu", s_bridge, "the largest MTU that a guest of the bridge sends by its definition or its port, at most 1500, which every switch carries", GuestMtu),
        new("conntrack-max", [], "connections that can be tracked", (context, _) => Tracked(context, most => most)),
        new("conntrack-max-doubled", [], "twice as many, at least 1024", (context, _) => Tracked(context, most => Math.Max(1024, most * 2))),
        new("host-lends-frames", [], "`on` or `off`: the sysctl bridge-nf-call-iptables", (context, _) => context.View.Read(SysctlEvidence.Source) switch
        {
            FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Active { CallIptables: { } on } } => on ? "on" : "off",
            FactReading<SysctlFacts>.Missing(var reason) => FactValue.None($"the sysctls of net.bridge were not read: {reason}"),
            _ => FactValue.None("br_netfilter is not there, so no IP filter sees bridged frames"),
        }),
    ];

    private static FactValue IntendedUplink(FactContext context, ImmutableArray<string> of)
    {
        var intended = context.Topology.Bridge(of[0])?.IntendedUplinks ?? [];
        return intended.Select(context.Topology.Links.Find).FirstOrDefault(link => link is { Master: null })?.Name
            ?? (intended.IsEmpty
                ? FactValue.None($"neither inventory nor configuration says which port is the uplink of {of[0]}", $"add uplinks: {{ {of[0]}: PORT }} to the host in the inventory")
                : FactValue.None($"{string.Join(" or ", intended)}, the uplink of {of[0]}, is not there or is a port of something else", "check the host again; correct the inventory if it is out of date"));
    }

    private static FactValue GuestMtu(FactContext context, ImmutableArray<string> of)
    {
        if (context.Topology.Bridge(of[0]) is not { } bridge || context.Topology.GuestsOf(bridge).Select(guest => (int?)MtuPathMismatch.Sends(guest)).Max() is not { } largest)
        {
            return FactValue.None($"{of[0]} has no guest");
        }

        var wanted = Math.Min(largest, MtuPathMismatch.Usual);
        return bridge.Uplinks.All(uplink => uplink.Mtu >= wanted)
            ? FactValue.None($"no guest of {of[0]} sends more than its uplink carries", "check the host again")
            : wanted.ToString(CultureInfo.InvariantCulture);
    }

    private static FactValue Tracked(FactContext context, Func<long, long> change)
        => context.View.Optional(SysctlEvidence.Source)?.ConntrackMax is { } most
            ? change(most).ToString(CultureInfo.InvariantCulture)
            : FactValue.None("net.netfilter.nf_conntrack_max was not read");

    private static Func<FactContext, ImmutableArray<string>, FactValue> OfLink(Func<Link, string?> read)
        => (context, of) => context.Link(of[0]) is { } link ? FactValue.Of(read(link), $"{of[0]} has no master") : FactValue.None($"{of[0]} is not there");

    private static Func<FactContext, ImmutableArray<string>, FactValue> OfPort(Func<PortSettings, string?> read)
        => (context, of) => context.Link(of[0])?.Port is { } port
            ? FactValue.Of(read(port), $"that setting of {of[0]} was not read; its tools may be too old")
            : FactValue.None($"{of[0]} is not a port of a bridge");

    private static Func<FactContext, ImmutableArray<string>, FactValue> OfBridge(Func<BridgeSettings, string?> read)
        => (context, of) => context.Link(of[0])?.Bridge is { } bridge ? FactValue.Of(read(bridge), $"that setting of {of[0]} was not read") : FactValue.None($"{of[0]} is not a bridge");

    private static string Extras(PortSettings port)
    {
        var extras = string.Join(", ", new[]
        {
            port.Isolated == true ? "isolated on" : "",
            port.Guard == true ? "guard on" : "",
            port.Learning == false ? "learning off" : "",
            port.Flood == false ? "flood off" : "",
            port.BroadcastFlood == false ? "bcast_flood off" : "",
            port.Locked == true ? "locked on" : "",
            port.Hairpin == true ? "hairpin on" : "",
        }.Where(text => text.Length > 0));
        return extras.Length == 0 ? "none" : extras;
    }

    private static string? OnOff(bool? value) => value switch { true => "on", false => "off", null => null };
}
