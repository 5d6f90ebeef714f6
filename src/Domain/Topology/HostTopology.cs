using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Topology;

/// <summary>The parts of a host that matter to bridged guests, named by their role. Derived from the snapshot and the inventory.</summary>
public sealed record HostTopology
{
    /// <summary>The links it was derived from.</summary>
    public required LinkFacts Links { get; init; }

    /// <summary>Linux bridges that are meant to carry guests to the outside, in kernel order.</summary>
    public required ImmutableArray<GuestBridge> Bridges { get; init; }

    /// <summary>Every Linux bridge, those of container engines and firewall bridges among them.</summary>
    public ImmutableArray<GuestBridge> AllBridges { get; init; } = [];

    /// <summary>Host-side devices of guests, attached or not.</summary>
    public required ImmutableArray<GuestPort> GuestPorts { get; init; }

    /// <summary>
    /// Names of the links that our own SSH session comes in by: the one with its address, its ports, masters and lower links.
    /// Empty when nothing came over SSH; <see langword="null"/> when it could not be told.
    /// </summary>
    public required ImmutableHashSet<string>? SessionLinks { get; init; }

    /// <summary>The bridge of that name, or <see langword="null"/>.</summary>
    public GuestBridge? Bridge(string? name) => Bridges.FirstOrDefault(bridge => bridge.Link.Name == name);

    /// <summary>Guest ports attached to that bridge now.</summary>
    public IEnumerable<GuestPort> GuestsOf(GuestBridge bridge) => GuestPorts.Where(port => port.Link.Master == bridge.Link.Name);
}

/// <summary>A bridge that guests use.</summary>
/// <param name="Link">The bridge device.</param>
/// <param name="Ports">All its ports.</param>
/// <param name="Uplinks">Those ports that lead outside by the rule of the catalogue, section 1.</param>
/// <param name="IntendedUplinks">Names that the inventory or the configuration gives as its uplink ports, attached or not.</param>
/// <param name="IntentFrom">Where that intent was read, for example <c>e.cfg br0 ports eno2</c>; <see langword="null"/> without intent.</param>
/// <param name="IsolatedByDesign">Why it is meant to have no uplink, or <see langword="null"/>.</param>
public sealed record GuestBridge(
    Link Link,
    ImmutableArray<Link> Ports,
    ImmutableArray<Link> Uplinks,
    ImmutableArray<string> IntendedUplinks,
    EvidenceLine? IntentFrom,
    string? IsolatedByDesign)
{
    /// <summary>Bridge name.</summary>
    public string Name => Link.Name;

    /// <summary>Names of the ports that frames leave by: the uplinks, or those it should have while it has none, so that a second fault behind a missing uplink is seen too.</summary>
    public ImmutableArray<string> WaysOut => Uplinks.IsEmpty ? IntendedUplinks : [.. Uplinks.Select(uplink => uplink.Name)];
}

/// <summary>The host-side device of a guest's NIC.</summary>
/// <param name="Guest">Guest name; the tap's name without libvirt.</param>
/// <param name="Link">The tap or macvtap.</param>
/// <param name="Mac">The guest's own hardware address, where known: from its definition, else from the forwarding table, else derived from the <c>fe:</c> address.</param>
/// <param name="Definition">Its NIC in the guest's definition, or <see langword="null"/> without libvirt.</param>
/// <param name="IntendedBridge">The bridge its definition names; <see langword="null"/> when nothing says.</param>
public sealed record GuestPort(string Guest, Link Link, string? Mac, GuestInterface? Definition, string? IntendedBridge);
