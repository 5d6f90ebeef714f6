using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// Everything is up and forwarding, but a port flag stops the frames: isolation on both ends, broadcast flooding off toward the server,
/// a locked port, or a port that neither learns nor floods.
/// Source: catalogue bridge.port-flags; iproute2 bridge/link.c, man bridge; libvirt docs/formatnetwork.rst (macTableManager).
/// </summary>
public static class BridgePortFlags
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.port-flags";

    private static FaultArticle Article { get; } = new()
    {
        What = "Everything is up and forwarding, but a flag of a port stops the frames: isolation, broadcast flooding, locking or learning.",
        DecidedBy = "isolated on both the guest's port and the uplink; bcast_flood off toward the server; locked without an entry for the guest; learning and flood both off, on a tap without an entry for its guest or on an uplink without any.",
        ConfusedWith = ["bridge.port-blocked", "nf.bridge-family-drop", "guest.link-down"],
        RepairedBy = "bridge link set dev PORT isolated off, bcast_flood on, locked off, or learning on flood on. Isolation between guests may be intended and stays.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        topology.Bridges.Where(bridge => bridge.Link.IsUp).SelectMany(bridge => Judge(view, topology, bridge))));

    private static IEnumerable<Verdict> Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var guests = topology.GuestsOf(bridge).Where(guest => guest.Link.Port is not null).ToArray();
        foreach (var uplink in guests.Length == 0 ? [] : bridge.Uplinks.Where(uplink => uplink.Master == bridge.Name))
        {
            yield return Uplink(bridge, uplink, guests);
            yield return UplinkNeitherLearnsNorFloods(view, bridge, uplink);
        }

        foreach (var guest in guests)
        {
            yield return Locked(view, bridge, guest);
            yield return NeitherLearnsNorFloods(view, bridge, guest);
        }
    }

    private static Verdict Uplink(GuestBridge bridge, Link uplink, GuestPort[] guests)
    {
        if (uplink.Port?.BroadcastFlood == false)
        {
            return Verdict.From([Flags(bridge, uplink, Scope.Bridge, "bcast_flood off", "no broadcast leaves by it, so no DHCP request either", "bridge/flood-broadcast")]);
        }

        var isolated = guests.Where(guest => guest.Link.Port?.Isolated == true).ToArray();
        if (uplink.Port?.Isolated == true && isolated.Length > 0)
        {
            var scope = isolated.Length == guests.Length ? Scope.Bridge : Scope.Guest;
            var names = string.Join(", ", isolated.Select(guest => guest.Link.Name));
            var finding = Flags(bridge, uplink, scope, "isolated on", $"{names} {(isolated.Length == 1 ? "is" : "are")} isolated too, and isolated ports exchange no frames", "bridge/end-isolation");
            return Verdict.From([finding with { Because = [.. finding.Because, .. isolated.Take(3).Select(guest => new EvidenceLine("e.port", $"{guest.Link.Name}: isolated on"))] }]);
        }

        if (isolated.Length > 0)
        {
            return Verdict.Ruled(Id, $"{isolated[0].Link.Name} is isolated but {uplink.Name} is not: guests are kept apart on purpose, the way out is open");
        }

        return uplink.Port?.Isolated == true ? Verdict.Ruled(Id, $"{uplink.Name} is isolated but no guest is, so they exchange frames") : Verdict.Clear;
    }

    private static Verdict Locked(HostView view, GuestBridge bridge, GuestPort guest)
    {
        if (guest.Link.Port?.Locked != true)
        {
            return Verdict.Clear;
        }

        return view.Read(FdbEvidence.Source) switch
        {
            FactReading<FdbFacts>.Known(var fdb) when EntriesOf(fdb, guest).Where(entry => !entry.AwaitsAuthentication).ToArray() is [_, ..] admitting
                => Verdict.Ruled(Id, $"{guest.Link.Name} is locked, but the forwarding table admits its guest's address{(admitting.All(entry => entry.IsLearned) ? " until that learned entry ages" : "")}"),
            FactReading<FdbFacts>.Known
                => Verdict.From([Flags(bridge, guest.Link, Scope.Guest, "locked on", "the forwarding table has no address for it, so nothing may enter", "bridge/unlock-port")]),
            FactReading<FdbFacts>.Missing(var reason) => Verdict.CannotTell(Id, "e.fdb", reason),
            _ => Verdict.CannotTell(Id, "e.fdb", "there is no forwarding table"),
        };
    }

    private static Verdict NeitherLearnsNorFloods(HostView view, GuestBridge bridge, GuestPort guest)
    {
        if (guest.Link.Port is not { Learning: false, Flood: false })
        {
            return Verdict.Clear;
        }

        return view.Read(FdbEvidence.Source) switch
        {
            FactReading<FdbFacts>.Known(var fdb) when EntriesOf(fdb, guest).Any()
                => Verdict.Ruled(Id, $"{guest.Link.Name} does not learn, but the forwarding table has its guest's address"),
            FactReading<FdbFacts>.Known
                => Verdict.From([Flags(bridge, guest.Link, Scope.Guest, "learning off, flood off", "no answer finds the way to it", "bridge/learn-and-flood")]),
            FactReading<FdbFacts>.Missing(var reason) => Verdict.CannotTell(Id, "e.fdb", reason),
            _ => Verdict.CannotTell(Id, "e.fdb", "there is no forwarding table"),
        };
    }

    /// <summary>Broadcast still leaves, so guests get addresses; what they send to one machine beyond the uplink finds no way out.</summary>
    private static Verdict UplinkNeitherLearnsNorFloods(HostView view, GuestBridge bridge, Link uplink)
    {
        if (uplink.Port is not { Learning: false, Flood: false })
        {
            return Verdict.Clear;
        }

        return view.Read(FdbEvidence.Source) switch
        {
            FactReading<FdbFacts>.Known(var fdb) when fdb.Entries.Any(entry => entry.Device == uplink.Name && entry.Mac != uplink.Address && entry.State != "permanent" && !entry.AwaitsAuthentication)
                => Verdict.Ruled(Id, $"{uplink.Name} does not learn, but the forwarding table has addresses beyond it"),
            FactReading<FdbFacts>.Known
                => Verdict.From([Flags(bridge, uplink, Scope.Bridge, "learning off, flood off", "broadcast leaves by it, but nothing that is meant for one machine", "bridge/learn-and-flood") with
                {
                    Probe = SymptomProbe.DontFragmentPing, // leases and ARP worked all the time
                }]),
            FactReading<FdbFacts>.Missing(var reason) => Verdict.CannotTell(Id, "e.fdb", reason),
            _ => Verdict.CannotTell(Id, "e.fdb", "there is no forwarding table"),
        };
    }

    /// <summary>Entries of the guest's own on its port; the tap's own address is there always and admits nobody.</summary>
    private static IEnumerable<FdbEntry> EntriesOf(FdbFacts fdb, GuestPort guest)
        => fdb.Entries.Where(entry => entry.Device == guest.Link.Name && entry.Mac != guest.Link.Address && entry.State != "permanent" && (guest.Definition?.Mac is not { } mac || entry.Mac == mac));

    private static Finding Flags(GuestBridge bridge, Link port, Scope scope, string flags, string effect, string repair) => new()
    {
        Id = Id,
        Subject = port.Name,
        Bridge = bridge.Name,
        Scope = scope,
        Certainty = Certainty.Certain,
        Summary = $"{port.Name} in {bridge.Name} has {flags}: {effect}",
        Because = [new("e.port", $"{port.Name}: {flags}")],
        Repair = repair,
        Risk = Risk.D0,
        Touches = [port.Name],
    };
}
