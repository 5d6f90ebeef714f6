using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The DHCP server runs on this host behind an ordinary socket, and the host's own INPUT filter drops the guests' requests. ISC dhcpd and Kea with raw sockets
/// read before that filter and do not suffer.
/// Source: catalogue nf.host-dhcp-blocked; libvirt docs/firewall.rst; wiki.libvirt.org PXE_boot_or_dhcp_on_guest_failed.
/// </summary>
public static class NfHostDhcpBlocked
{
    /// <summary>Fault id.</summary>
    public const string Id = "nf.host-dhcp-blocked";

    private static FaultArticle Article { get; } = new()
    {
        What = "The DHCP server runs on this host, and the host's own firewall drops the requests before they reach it: guests with static addresses work.",
        DecidedBy = "A program listens on UDP 67 with an ordinary socket, and a chain of the hook input drops a DHCP request that comes from the guests' bridge.",
        ConfusedWith = ["dhcp.no-answer", "nf.forward-drop-on-bridge", "libvirt.network-kind"],
        RepairedBy = "A rule accepts UDP 67 from the bridge. It belongs into the firewall's own configuration: with firewalld the zone libvirt, or a restart of the libvirt network so that its rules return.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.AllBridges
        where topology.GuestsOf(bridge).Any()
        select Judge(view, topology, bridge)));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        if (Listener(view, bridge) is not { } server)
        {
            return Verdict.Clear;
        }

        var guest = topology.GuestsOf(bridge).First();
        var addresses = view.Optional(AddressEvidence.Source);
        if (addresses is not null && !addresses.Of(bridge.Name).Any(address => address.Family == "inet"))
        {
            // A server that has no address on the bridge does not serve it.
            return Verdict.Clear;
        }

        var firewall = Firewall.Read(view);
        var input = ToHost(view, bridge, guest);
        switch (input.Fate)
        {
            case FrameFate.Dropped(var by):
                return Verdict.From([Found(firewall, bridge, server, by)]);
            case FrameFate.MayDrop(var at, var doubts) when IsOwn(view, bridge, server):
                return Verdict.CannotTell(Id, at[0].Section, $"the request to {server} may be dropped: {doubts[0]}");
        }

        var gap = firewall.Gaps.FirstOrDefault(gap => gap.Layer == PathLayer.Ip);
        return gap is not null && IsOwn(view, bridge, server) ? Verdict.CannotTell(Id, gap.Section, gap.Why)
            : input.Stations.IsEmpty ? Verdict.Clear
            : Verdict.Ruled(Id, $"{server} listens on this host, and its firewall lets requests from {bridge.Name} in");
    }

    /// <summary>The drop that a finding of this fault is about, for its repair.</summary>
    internal static DropPoint? DropOf(HostView view, HostTopology topology, GuestBridge bridge)
        => topology.GuestsOf(bridge).FirstOrDefault() is { } guest && ToHost(view, bridge, guest).Fate is FrameFate.Dropped(var by) ? by : null;

    private static FrameWalk ToHost(HostView view, GuestBridge bridge, GuestPort guest)
    {
        var frame = BridgedFrame.DhcpDiscover(bridge.Name, guest.Link.Name, bridge.Name, guest.Mac) with { BridgeHasAddress = true };
        var walk = FramePathEvaluator.WalkToHost(Firewall.Read(view).Tables, Firewall.LendingOf(view, bridge), frame);
        return new(frame, [.. walk.Stations.Where(station => station.Layer == PathLayer.Ip && station.Hook == FilterHook.Input)]);
    }

    /// <summary>A bridge with a way out may be served from outside, whoever listens here.</summary>
    private static bool IsOwn(HostView view, GuestBridge bridge, string server)
        => bridge.IsolatedByDesign is not null || view.Optional(SocketEvidence.Source)?.Sockets.Any(socket => socket.Device == bridge.Name && socket.Owners.Any(owner => owner.Program == server)) == true;

    /// <summary>The program with an ordinary socket on UDP 67 for that bridge. One whose name could not be read is named as such.</summary>
    private static string? Listener(HostView view, GuestBridge bridge)
    {
        var sockets = view.Optional(SocketEvidence.Source)?.Sockets ?? [];
        var mine = sockets.FirstOrDefault(socket => socket.Device == bridge.Name) ?? sockets.FirstOrDefault(socket => socket.Device is null);
        return mine is null ? null
            : mine.Owners.IsEmpty ? "a program"
            // ISC dhcpd holds a socket too, but reads from a raw one.
            : mine.Owners.Select(owner => owner.Program).FirstOrDefault(name => name is not "dhcpd" and not "dhcrelay");
    }

    private static Finding Found(Firewall firewall, GuestBridge bridge, string server, DropPoint by)
    {
        var byIptables = by is { Family: FilterFamily.Ip, Table: "filter", BaseChain: "INPUT" };
        var owner = FilterOwner.ContainerEngineOn(firewall.Tables);
        return new()
        {
            Id = Id,
            Subject = bridge.Name,
            Bridge = bridge.Name,
            Scope = Scope.Bridge,

            // Where the bridge has a way out, another server may be the one that is meant.
            Certainty = bridge.Uplinks.IsEmpty ? Certainty.Certain : Certainty.Likely,
            Summary = $"{FilterVerdicts.Name(by)[..1].ToUpperInvariant()}{FilterVerdicts.Name(by)[1..]} drops DHCP requests from {bridge.Name} to {server} on this host",
            Because = [new("e.sock", $"UDP 67: {server}"), FilterVerdicts.Line(by)],
            Repair = byIptables ? "nf/accept-dhcp-to-host" : null,
            Question = byIptables ? null : $"Who owns {by.Place}{(owner is null ? "" : $" ({owner} runs here)")}, and may it accept UDP 67 from {bridge.Name}? With firewalld the bridge belongs into a zone with the service dhcp.",
            Risk = Risk.D0,
        };
    }
}
