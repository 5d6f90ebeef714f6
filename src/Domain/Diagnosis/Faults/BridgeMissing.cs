using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A bridge that guests or the inventory name does not exist: guests on it do not start, and those that ran have lost it.
/// Source: catalogue bridge.missing; https://github.com/retspen/webvirtcloud/issues/545 .
/// </summary>
public static class BridgeMissing
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.missing";

    private static FaultArticle Article { get; } = new()
    {
        What = "The bridge that a guest's definition or the inventory names does not exist, so the guest does not start, or lost its network while it ran.",
        DecidedBy = "The name is that of no Linux bridge and of no Open vSwitch bridge. An Open vSwitch bridge needs virtualport type openvswitch in the definition and is no missing bridge.",
        ConfusedWith = ["libvirt.vm-not-running", "bridge.down", "ovs.port-or-flows", "bridge.vnet-detached"],
        RepairedBy = "The configured bridge is brought up (ifup BRIDGE, nmcli con up BRIDGE, networkctl reload), or the guest is pointed at another one. A bridge without an uplink is not invented.",
        Messages = ["Cannot get interface MTU on '*': No such device", "Unable to add bridge * port *: No such device", "bridge * does not exist", "failed to get mtu of bridge", "failed to add port * to bridge"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(Wanted(view).Select(wanted => Judge(view, topology, wanted))));

    /// <summary>Each bridge that somebody names, with all who do.</summary>
    private static IEnumerable<(string Bridge, ImmutableArray<EvidenceLine> By, bool IsOpenVswitch)> Wanted(HostView view)
    {
        var byInventory = view.Host.Bridges.Select(name => (Bridge: name, By: new EvidenceLine("inventory", $"bridges {name}"), IsOpenVswitch: false));
        var byGuests = from guest in view.Optional(DomainEvidence.Source)?.Guests ?? []
                       from nic in guest.Interfaces
                       where nic is { Type: "bridge", SourceBridge: not null }
                       select (Bridge: nic.SourceBridge, By: new EvidenceLine("e.dom", $"{guest.Name}: source bridge {nic.SourceBridge}, {guest.State}"), IsOpenVswitch: nic.VirtualPort == "openvswitch");
        return from wish in byInventory.Concat(byGuests)
               group wish by wish.Bridge into same
               select (same.Key, same.Select(wish => wish.By).Distinct().ToImmutableArray(), same.Any(wish => wish.IsOpenVswitch));
    }

    private static Verdict Judge(HostView view, HostTopology topology, (string Bridge, ImmutableArray<EvidenceLine> By, bool IsOpenVswitch) wanted)
    {
        var (name, by, isOpenVswitch) = wanted;
        if (topology.Links.Find(name) is { IsBridge: true })
        {
            return Verdict.Clear;
        }

        var switches = view.Read(OvsEvidence.Source);
        if (topology.Links.Find(name)?.Kind == "openvswitch" || (switches is FactReading<OvsFacts>.Known(var ovs) && ovs.Bridges.Any(bridge => bridge.Name == name)))
        {
            return isOpenVswitch || by.All(line => line.Section == "inventory")
                ? Verdict.Clear
                : Verdict.Ruled(Id, $"{name} is an Open vSwitch bridge; a guest on it needs virtualport type openvswitch in its definition");
        }

        // An Open vSwitch bridge has a link of its own name unless its daemon is down; with the datapath in user space that link is a tap.
        if ((isOpenVswitch || topology.Links.Find(name)?.Kind == "tun") && switches is FactReading<OvsFacts>.Missing(var reason))
        {
            return Verdict.CannotTell(Id, "e.ovs", reason);
        }

        return Verdict.From([Missing(view, topology, name, by)]);
    }

    private static Finding Missing(HostView view, HostTopology topology, string name, ImmutableArray<EvidenceLine> by)
    {
        var configured = view.Optional(ConfigEvidence.Source)?.Find(name);
        var taken = topology.Links.Find(name);
        var ours = taken is null && configured is not null ? PortOfOurSession(topology, configured) : null;
        var repair = taken is null && ours is null && configured is { Manager: "ifupdown" } ? "bridge/bring-up" : null;
        return new()
        {
            Id = Id,
            Subject = name,
            Bridge = name,
            Scope = Scope.Bridge,
            Certainty = Certainty.Certain,
            Summary = taken is null ? $"{name} does not exist, and {Who(by)} needs it" : $"{name} is no bridge but a link of another kind, and {Who(by)} needs a bridge of that name",
            Because =
            [
                new("e.link", taken is null ? $"{name}: no such link" : $"{name}: kind {taken.Kind ?? "physical"}"),
                .. by.Take(3),
                .. configured is null ? [] : (EvidenceLine[])[new("e.cfg", $"{name} ports {string.Join(' ', configured.Ports)} ({configured.Origin})")],
            ],
            Repair = repair,
            Question = repair is not null ? null
                : ours is not null ? $"May {name} be brought up from the host's console? Its configuration takes {ours}, over which this session comes, so doing it from here could cut us off."
                : Ask(name, configured, taken),
            Risk = Risk.D0,
            Touches = [name, .. configured?.Ports ?? []],
        };
    }

    /// <summary>A port that the bridge would take away from under our own session; when its links are not known, any port.</summary>
    internal static string? PortOfOurSession(HostTopology topology, ConfiguredBridge configured)
        => configured.Ports.FirstOrDefault(port => topology.Links.Find(port) is not null && topology.SessionLinks?.Contains(port) != false);

    private static string Who(ImmutableArray<EvidenceLine> by)
        => by.FirstOrDefault(line => line.Section == "e.dom") is { } guest ? guest.Text.Split(':', 2)[0] : "the inventory";

    private static string Ask(string name, ConfiguredBridge? configured, Link? taken) => (configured, taken) switch
    {
        (_, not null) => $"A link called {name} is there and is no bridge. Which name should the bridge have?",
        ({ Manager: "NetworkManager" }, _) => $"May the profile be activated with: nmcli connection up {name}? It belongs to NetworkManager ({configured?.Origin}).",
        ({ Manager: "networkd" or "netplan" }, _) => $"May systemd-networkd make it with: {(configured?.Manager == "netplan" ? "netplan generate && " : "")}networkctl reload? Its definition is in {configured?.Origin}.",
        _ => $"No configuration that was read defines {name}. Which bridge should the guests use (virsh edit), or which uplink belongs to a new {name}? A bridge without an uplink leads nowhere.",
    };
}
