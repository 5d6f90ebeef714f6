using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A bond below a bridge runs in a mode that rewrites or spreads addresses: 0 (balance-rr), 5 (balance-tlb) and 6 (balance-alb) make guests' addresses
/// wander at the switch. Mode 3 (broadcast) is forbidden by one vendor's manual and allowed by another's, so it is no finding.
/// Source: catalogue nic.bond-mode-unsupported; https://docs.redhat.com/de/documentation/red_hat_enterprise_Linux/7/html/virtualization_deployment_and_administration_guide/sect-bridge-mode ,
/// https://access.redhat.com/documentation/en-us/red_hat_virtualization/4.1/html/technical_reference/bond .
/// </summary>
public static class NicBondModeUnsupported
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.bond-mode-unsupported";

    private static FaultArticle Article { get; } = new()
    {
        What = "The bond below the bridge runs in a mode that does not go with bridged guests: their addresses wander between the switch's ports, so some guests or some destinations fail.",
        DecidedBy = "The uplink is a bond in mode balance-rr, balance-tlb or balance-alb (0, 5, 6). active-backup, balance-xor and 802.3ad are in order.",
        ConfusedWith = ["nic.bond-lacp-broken", "addr.duplicate-mac", "bridge.loop-storm"],
        RepairedBy = "The bond set to active-backup (mode 1), which needs nothing of the switch, through the network manager with a timed way back: it cuts the host off for seconds.",
        Messages = ["balance-alb", "balance-tlb", "balance-rr", "received packet with own address as source address*bond"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (_, topology) => Verdict.Join(
        from bridge in topology.Bridges
        from bond in bridge.Uplinks.SelectMany(uplink => NicUplinkAdminDown.LowerDevices(topology, uplink)).DistinctBy(link => link.Name)
        where bond.Kind == "bond"
        select Judge(topology, bridge, bond)));

    private static Verdict Judge(HostTopology topology, GuestBridge bridge, Evidence.Link bond)
    {
        var ports = topology.Links.Links.Where(link => link.Master == bond.Name).Select(link => link.Name).ToArray();
        return bond.BondMode switch
        {
            // With one port there is nothing to spread over.
            "balance-rr" or "balance-tlb" or "balance-alb" when ports.Length < 2 => Verdict.Ruled(Id, $"{bond.Name} is in mode {bond.BondMode} but has {ports.Length} ports"),
            "balance-rr" or "balance-tlb" or "balance-alb" => Verdict.From([Found(bridge, bond, ports)]),
            "broadcast" => Verdict.Ruled(Id, $"{bond.Name} is in mode broadcast, which some vendors allow below a bridge and others do not"),
            { } mode => Verdict.Ruled(Id, $"{bond.Name} is in mode {mode}, which goes with bridged guests"),
            null => Verdict.CannotTell(Id, "e.link", $"the mode of {bond.Name} was not printed"),
        };
    }

    private static Finding Found(GuestBridge bridge, Evidence.Link bond, string[] ports) => new()
    {
        Id = Id,
        Subject = bond.Name,
        Bridge = bridge.Name,
        Scope = Scope.Bridge,
        Certainty = Certainty.Certain,
        Summary = $"{bond.Name}, the uplink of {bridge.Name}, runs in mode {bond.BondMode}: guests' addresses wander between its ports",
        Because = [new("e.link", $"{bond.Name}: mode {bond.BondMode}, ports {string.Join(' ', ports)}")],
        Question = $"When may {bond.Name} be set to active-backup (mode 1)? It needs nothing of the switch, but the host is cut off for seconds: use the network manager's own way with a timed"
            + " rollback (netplan try, a NetworkManager checkpoint) from a console.",
        Risk = Risk.D3,
        Touches = [bond.Name],
    };
}
