using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The bridge follows its ports' addresses and has taken over a guest's tap: the host's own address changes its owner whenever that guest starts or stops,
/// and the host loses its network (or its lease, or its place in a provider's MAC lock) for a while.
/// Source: catalogue bridge.mac-changed; https://backreference.org/2010/07/28/linux-bridge-mac-addresses-and-dynamic-ports/index.html , libvirt commit 6ea90b84,
/// https://github.com/systemd/systemd/issues/25555 ; Linux net/bridge/br_stp_if.c (the lowest address wins unless one was set).
/// </summary>
public static class BridgeMacChanged
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.mac-changed";

    /// <summary><c>addr_assign_type</c> of an address that somebody set.</summary>
    private const int Fixed = 3;

    private static FaultArticle Article { get; } = new()
    {
        What = "The bridge has the hardware address of a guest's tap, so the host's own network breaks for a while whenever that guest starts or stops.",
        DecidedBy = "addr_assign_type of the bridge is not 3, its address is that of a tap, it has an uplink, and the host has an address on it.",
        ConfusedWith = ["addr.duplicate-ip", "bridge.stp-forward-delay", "switch.port-security"],
        RepairedBy = "ip link set BRIDGE address ADDRESS-OF-UPLINK, which pins it; written down as macaddress in netplan, hwaddress in ifupdown, or a .link file with MACAddressPolicy=none.",
        Messages = ["MACAddressPolicy=persistent", "Could not set MAC address policy"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(view, topology, bridge))));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var tap = topology.GuestsOf(bridge).FirstOrDefault(port => port.Link.Address is not null && port.Link.Address == bridge.Link.Address);
        if (tap is null)
        {
            return Verdict.Clear;
        }

        if (bridge.Uplinks.FirstOrDefault(port => port.Master == bridge.Name && port.Address is not null) is not { } uplink)
        {
            return Verdict.Ruled(Id, $"{bridge.Name} has the address of {tap.Link.Name} for want of an uplink");
        }

        if (view.Optional(AddressEvidence.Source)?.Of(bridge.Name).Any(address => address.Scope == "global") != true)
        {
            return Verdict.Ruled(Id, $"{bridge.Name} has the address of {tap.Link.Name}, but the host has none of its own on it");
        }

        return view.Read(SysctlEvidence.Source) switch
        {
            FactReading<SysctlFacts>.Known(var kernel) when kernel.BridgeAddressTypes.TryGetValue(bridge.Name, out var type)
                => type == Fixed ? Verdict.Ruled(Id, $"the address of {bridge.Name} was set by somebody and stays") : Verdict.From([Found(bridge, tap, uplink, type)]),
            FactReading<SysctlFacts>.Missing(var reason) => Verdict.CannotTell(Id, "e.sysctl", reason),
            _ => Verdict.CannotTell(Id, "e.sysctl", $"addr_assign_type of {bridge.Name} was not read"),
        };
    }

    private static Finding Found(GuestBridge bridge, GuestPort tap, Link uplink, int type) => new()
    {
        Id = Id,
        Subject = bridge.Name,
        Bridge = bridge.Name,
        Scope = Scope.Bridge,
        Certainty = Certainty.Certain,
        Summary = $"{bridge.Name} has taken over the address of {tap.Link.Name}, so the host's network breaks when that guest starts or stops",
        Because =
        [
            new("e.link", $"{bridge.Name}: address {bridge.Link.Address}, as {tap.Link.Name}"),
            new("e.sysctl", $"{bridge.Name}: addr_assign_type {type}"),
            new("e.link", $"{uplink.Name}: address {uplink.Address}"),
        ],
        Repair = "bridge/pin-address",
        Risk = Risk.D3,
        Probe = SymptomProbe.GatewayArp,
        Touches = [bridge.Name],
    };
}
