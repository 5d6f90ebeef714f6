using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The bridge has no port that leads outside though it is meant to: guests reach each other and nothing else.
/// Source: catalogue bridge.uplink-missing; https://github.com/kubevirt/kubevirt/issues/2241 , https://hexie.dev/bridge-with-no-slave/ .
/// </summary>
public static class BridgeUplinkMissing
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.uplink-missing";

    private static FaultArticle Article { get; } = new()
    {
        What = "The bridge has no port that leads outside although it is meant to: guests reach each other and nothing else.",
        DecidedBy = "No port of the bridge is an uplink, and the configuration or the inventory names one; a network that is isolated, routed or translated by design has none.",
        ConfusedWith = ["nic.uplink-admin-down", "nic.uplink-renamed", "libvirt.network-kind", "dhcp.no-answer"],
        RepairedBy = "ip link set UPLINK master BRIDGE when it carries no address. The configuration has to list it as the bridge's port.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(view, topology, bridge))));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        if (!bridge.Uplinks.IsEmpty)
        {
            return Verdict.Clear;
        }

        if (bridge.IsolatedByDesign is { } design)
        {
            return Verdict.Ruled(Id, $"{bridge.Name} has no uplink by design: {design}");
        }

        if (bridge.IntentFrom is { } intent)
        {
            return Verdict.From([Missing(view, topology, bridge, intent)]);
        }

        return WithoutIntent(view, topology, bridge);
    }

    private static Finding Missing(HostView view, HostTopology topology, GuestBridge bridge, EvidenceLine intent)
    {
        var named = bridge.IntendedUplinks.Select(topology.Links.Find).OfType<Link>().ToArray();
        var uplink = named.FirstOrDefault(link => link.Master is null);
        var addresses = uplink is null ? [] : GlobalAddresses(view, uplink).ToArray();
        var question = Question(bridge, named, uplink, addresses);
        return new()
        {
            Id = Id,
            Subject = bridge.Name,
            Bridge = bridge.Name,
            Scope = Scope.Bridge,
            Certainty = Certainty.Certain,
            Summary = bridge.IntendedUplinks.IsEmpty
                ? $"{bridge.Name} has no uplink port, and no link fits what the configuration gives it"
                : $"{bridge.Name} has no uplink port; {string.Join(", ", bridge.IntendedUplinks)} should be one",
            Because =
            [
                .. named.Select(link => new EvidenceLine("e.link", $"{link.Name}: master {link.Master ?? "none"}")),
                .. bridge.IntendedUplinks.Where(name => topology.Links.Find(name) is null).Select(name => new EvidenceLine("e.link", $"{name}: no such link")),
                intent,
            ],
            Repair = question is null ? "bridge/attach-uplink" : null,
            Question = question,
            Risk = Risk.D0,
            Touches = uplink is null ? [bridge.Name] : [uplink.Name],
        };
    }

    /// <summary>What keeps the host from attaching the uplink by itself; <see langword="null"/> when nothing does.</summary>
    private static string? Question(GuestBridge bridge, Link[] named, Link? uplink, string[] addresses)
    {
        if (named.Length == 0)
        {
            var wanted = bridge.IntendedUplinks.IsEmpty ? "fits the configuration" : $"is called {string.Join(" or ", bridge.IntendedUplinks)}";
            return $"No link {wanted}. Was the NIC renamed or removed? Which NIC is the uplink of {bridge.Name} now?";
        }

        if (uplink is null)
        {
            return $"{named[0].Name} is a port of {named[0].Master}. Should it be moved to {bridge.Name}, or is the configuration out of date?";
        }

        return addresses.Length > 0
            ? $"{uplink.Name} carries {string.Join(", ", addresses)}. Should that address move to {bridge.Name} when {uplink.Name} becomes its port?"
            : null;
    }

    private static IEnumerable<string> GlobalAddresses(HostView view, Link link)
        => view.Optional(AddressEvidence.Source)?.Of(link.Name).Where(address => address.Scope != "link").Select(address => $"{address.Address}/{address.PrefixLength}") ?? [];

    private static Verdict WithoutIntent(HostView view, HostTopology topology, GuestBridge bridge)
    {
        if (view.Read(ConfigEvidence.Source) is FactReading<NetworkIntent>.Missing(var reason))
        {
            return Verdict.CannotTell(Id, "e.cfg", reason);
        }

        if (view.Optional(ConfigEvidence.Source) is { Unread: [var unread, ..] })
        {
            return Verdict.CannotTell(Id, "e.cfg", unread);
        }

        var free = topology.Links.Links.Where(link => link is { Kind: null, Master: null, LinkType: "ether", HasCarrier: true } && !GlobalAddresses(view, link).Any()).ToArray();
        return view.Host.Bridges.Contains(bridge.Name) && free.Length > 0
            ? Verdict.From(
            [
                new()
                {
                    Id = Id,
                    Subject = bridge.Name,
                    Bridge = bridge.Name,
                    Scope = Scope.Bridge,
                    Certainty = Certainty.Likely,
                    Summary = $"{bridge.Name} serves guests by the inventory but has no uplink port",
                    Because =
                    [
                        new("e.link", $"{bridge.Name}: no port leads outside"),
                        .. free.Select(link => new EvidenceLine("e.link", $"{link.Name}: carrier, no master, no address")),
                    ],
                    Question = $"Which NIC is the uplink of {bridge.Name}: {string.Join(" or ", free.Select(link => link.Name))}? Neither inventory nor configuration says.",
                    Risk = Risk.D0,
                    Touches = [bridge.Name],
                },
            ])
            : Verdict.Ruled(Id, $"{bridge.Name} has no uplink, and neither inventory nor configuration gives it one");
    }
}
