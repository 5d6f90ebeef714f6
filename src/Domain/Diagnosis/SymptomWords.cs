using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>What an engineer's words for a symptom point to. They order findings that are equally sure; they never make or remove one.</summary>
public static class SymptomWords
{
    // Words in lower case; a fault fits when its id begins so.
    private static readonly ImmutableArray<(ImmutableArray<string> Words, ImmutableArray<string> Faults)> Meanings =
    [
        (["dhcp", "lease", "169.254", "no address", "no ip", "discover", "offer"], ["dhcp.", "switch.", "platform.", "offload.", "bridge.stp-forward-delay"]),
        (["duplicate", "conflict", "same address", "same ip", "twice"], ["addr.duplicate", "dhcp.duplicate-client-id", "dhcp.nak-or-decline-loop"]),
        (["clone", "template", "cloned"], ["dhcp.duplicate-client-id", "addr.duplicate-mac", "dhcp.client-silent"]),
        (["migrat", "moved", "failover"], ["addr.stale-arp-after-move", "nf.nwfilter-drop"]),
        (["wrong address", "wrong subnet", "foreign", "gateway", "other network", "192.168."], ["dhcp.rogue-server", "addr.wrong-subnet-or-gateway", "bridge.vnet-wrong-bridge", "libvirt.network-kind"]),
        (["docker", "kubernetes", "firewall", "ufw", "iptables", "nftables", "filter"], ["nf."]),
        (["vlan", "trunk", "tag"], ["vlan.", "ovs."]),
        (["slow", "loss", "hang", "ssh hangs", "large", "mtu", "jumbo"], ["mtu.", "nic.link-errors", "bridge.loop-storm"]),
        (["storm", "loop", "cpu"], ["bridge.loop-storm"]),
        (["cable", "link", "carrier", "unplugged", "port down"], ["nic.", "guest.link-down", "switch."]),
        (["reboot", "restart", "upgrade", "update"], ["host.", "kernel.", "nic.uplink-", "bridge.uplink-missing", "bridge.missing", "bridge.vnet-detached"]),
        (["start", "does not boot", "pxe"], ["libvirt.", "bridge.missing", "bridge.stp-forward-delay", "switch.edge-port-delay"]),
        (["switch", "port security", "802.1x", "mac limit"], ["switch.", "platform."]),
        (["ipv6"], ["bridge.multicast-snooping"]),
        (["one vm", "one guest", "only this"], ["guest.", "bridge.vnet-", "dhcp.client-silent", "nf.nwfilter-drop"]),
    ];

    /// <summary>How well a fault fits the words: the number of meanings it is in; 0 without words.</summary>
    public static int Fit(string id, string? because)
    {
        if (string.IsNullOrWhiteSpace(because))
        {
            return 0;
        }

        var text = because.ToLowerInvariant();
        return Meanings.Count(meaning => meaning.Words.Any(word => text.Contains(word, StringComparison.Ordinal)) && meaning.Faults.Any(prefix => id.StartsWith(prefix, StringComparison.Ordinal)))
            + (text.Contains(id, StringComparison.Ordinal) ? 2 : 0);
    }
}
