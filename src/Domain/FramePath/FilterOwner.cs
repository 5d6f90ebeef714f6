using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Recognizes by their names the chains of programs that manage filters themselves; what they made is repaired through them.</summary>
internal static class FilterOwner
{
    /// <summary>The owner of the chains that libvirt makes for network filters.</summary>
    public const string Libvirt = "libvirt network filters";

    private static readonly (string Prefix, string Owner)[] GuestFilters =
    [
        ("libvirt-I-", Libvirt),
        ("libvirt-O-", Libvirt),
        ("libvirt-J-", Libvirt),
        ("libvirt-P-", Libvirt),
        ("libvirt-in", Libvirt),
        ("libvirt-out", Libvirt),
        ("libvirt-host", Libvirt),
        ("I-vnet", Libvirt),
        ("O-vnet", Libvirt),
        ("FI-", Libvirt),
        ("FO-", Libvirt),
        ("FJ-", Libvirt),
        ("FP-", Libvirt),
        ("HI-", Libvirt),
        ("HJ-", Libvirt),
        ("PVEFW-", "the Proxmox firewall"),
        ("neutron-", "OpenStack security groups"),
        ("nova-", "OpenStack security groups"),
    ];

    private static readonly (string Prefix, string Engine)[] ContainerEngines =
    [
        ("DOCKER", "Docker"),
        ("KUBE-", "Kubernetes"),
        ("CNI-", "a container engine"),
        ("CILIUM_", "Cilium"),
        ("cali-", "Calico"),
        ("FLANNEL-", "Flannel"),
        ("WEAVE", "Weave"),
        ("NETAVARK", "Podman"),
        ("docker-bridges", "Docker"),
        ("kube-proxy", "Kubernetes"),
        ("netavark", "Podman"),
        ("lxd", "LXD"),
        ("incus", "Incus"),
    ];

    /// <summary>Who filters guests with that chain; <see langword="null"/> when it is nobody known.</summary>
    public static string? OfGuestFilter(string chain) => IsProxmoxPort(chain) ? "the Proxmox firewall" : Find(GuestFilters, chain);

    /// <summary>Whoever filters single guests on this host by bridged frames; switching that off would open their guests.</summary>
    public static string? GuestFilterOn(ImmutableArray<FilterTable> tables)
        => tables.Where(table => table.Family is FilterFamily.Ip or FilterFamily.Ip6 or FilterFamily.Inet).SelectMany(table => table.Chains.Keys).Select(OfGuestFilter).FirstOrDefault(owner => owner is not null);

    /// <summary>The container engine that needs bridged frames to be filtered; <see langword="null"/> without one.</summary>
    public static string? ContainerEngineOn(ImmutableArray<FilterTable> tables)
        => tables.SelectMany(table => table.Chains.Keys.Prepend(table.Name)).Select(name => Find(ContainerEngines, name)).FirstOrDefault(engine => engine is not null);

    private static string? Find((string Prefix, string Owner)[] known, string name)
        => Array.Find(known, entry => name.StartsWith(entry.Prefix, StringComparison.Ordinal)).Owner;

    /// <summary>Proxmox names chains after ports: <c>tap100i0-OUT</c>, <c>veth101i0-IN</c>.</summary>
    private static bool IsProxmoxPort(string chain)
        => (chain.StartsWith("tap", StringComparison.Ordinal) || chain.StartsWith("veth", StringComparison.Ordinal))
            && (chain.EndsWith("-IN", StringComparison.Ordinal) || chain.EndsWith("-OUT", StringComparison.Ordinal) || chain.EndsWith("-OUT-ARP", StringComparison.Ordinal));
}
