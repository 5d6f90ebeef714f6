using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The configuration names a card that no longer exists under that name, while a card that nobody uses is there: after a kernel or firmware update, or a
/// card in another slot. The bridge comes up with its address and without a physical port.
/// Source: catalogue nic.uplink-renamed; https://hexie.dev/bridge-with-no-slave/ , https://proxmenux.com/en/docs/network/bridge-analysis/ .
/// </summary>
public static class NicUplinkRenamed
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.uplink-renamed";

    private static FaultArticle Article { get; } = new()
    {
        What = "The card that the bridge should have as uplink has another name now (new kernel, firmware or slot), so the bridge comes up without it.",
        DecidedBy = "A port that the configuration or the inventory gives the bridge is the name or alternative name of no link, the bridge has no other uplink, and a card without master, address or configuration is there.",
        ConfusedWith = ["bridge.uplink-missing", "nic.driver-fault", "nic.uplink-no-carrier"],
        RepairedBy = "ip link set NEW master BRIDGE once its permanent address is known to be the card's; then the new name in the configuration, better a .link file that matches the hardware address, so that the name stays.",
        Messages = ["renamed from", "Cannot find device", "does not exist, ignoring", "Could not find network interface", "No such device*bridge_ports", "interface * does not exist!"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(view, topology, bridge))));

    /// <summary>Ports that the bridge should have and that are no link; VLAN devices and bonds are made and not plugged in, so they are no cards.</summary>
    internal static ImmutableArray<string> GoneCards(HostTopology topology, GuestBridge bridge)
        => [.. bridge.IntendedUplinks.Where(name => topology.Links.Find(name) is null && !IsMade(name))];

    /// <summary>Cards that nobody uses and nobody configured under their present name.</summary>
    internal static ImmutableArray<Link> FreeCards(HostView view, HostTopology topology)
    {
        var addresses = view.Optional(AddressEvidence.Source);
        var configured = view.Optional(ConfigEvidence.Source);
        return
        [
            .. from link in topology.Links.Links
               where link.Master is null && NetworkCards.IsCard(topology.Links, link) && topology.SessionLinks?.Contains(link.Name) != true
               where addresses?.Of(link.Name).Any(address => address.Scope != "link") != true && configured?.Interfaces.Contains(link.Name) != true
               where !view.Host.Uplinks.ContainsValue(link.Name)
               select link,
        ];
    }

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var gone = GoneCards(topology, bridge);
        if (gone.IsEmpty || bridge.IntentFrom is not { } intent || bridge.IsolatedByDesign is not null)
        {
            return Verdict.Clear;
        }

        if (bridge.Uplinks is [var working, ..])
        {
            return Verdict.Ruled(Id, $"{gone[0]} is no link, but {working.Name} leads out of {bridge.Name}");
        }

        var free = FreeCards(view, topology);
        return free.IsEmpty
            ? Verdict.Ruled(Id, $"{gone[0]} is no link, and there is no unused card that it could have become")
            : Verdict.From([Renamed(view, bridge, gone[0], free, intent)]);
    }

    private static Finding Renamed(HostView view, GuestBridge bridge, string gone, ImmutableArray<Link> free, EvidenceLine intent)
    {
        var one = free.Length == 1 && view.Read(AddressEvidence.Source) is FactReading<AddressFacts>.Known;
        var names = string.Join(" or ", free.Select(link => $"{link.Name} ({link.PermanentAddress ?? link.Address})"));
        return new()
        {
            Id = Id,
            Subject = bridge.Name,
            Bridge = bridge.Name,
            Scope = Scope.Bridge,
            Certainty = Certainty.Certain,
            Summary = $"{gone}, the uplink of {bridge.Name}, does not exist under that name; {names} is there and unused",
            Because =
            [
                intent,
                new("e.link", $"{gone}: no such link"),
                .. free.Take(3).Select(link => new EvidenceLine("e.link", $"{link.Name}: master none, address {link.PermanentAddress ?? link.Address}")),
            ],
            Repair = one ? "nic/attach-renamed-uplink" : null,
            Question = one ? null : $"Which card was {gone}: {names}? Compare the hardware address with the switch's table or the card's label, attach it with ip link set NIC master {bridge.Name}, and write its name into the configuration.",
            Risk = Risk.D0,
            Touches = [bridge.Name, .. free.Select(link => link.Name)],
        };
    }

    private static bool IsMade(string name)
        => name.Contains('.') || name.StartsWith("bond", StringComparison.Ordinal) || name.StartsWith("team", StringComparison.Ordinal) || name.StartsWith("vlan", StringComparison.Ordinal);
}
