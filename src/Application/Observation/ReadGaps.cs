using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Application.Observation;

/// <summary>What would mend the sections of a snapshot that could not be read, judged by how their parts ended.</summary>
public static class ReadGaps
{
    /// <summary>Debian package of the tool that each section runs; sections that need only what every host has are left out.</summary>
    private static readonly Dictionary<string, string> s_packages = new(StringComparer.Ordinal)
    {
        ["e.link"] = "iproute2",
        ["e.addr"] = "iproute2",
        ["e.route"] = "iproute2",
        ["e.neigh"] = "iproute2",
        ["e.port"] = "iproute2",
        ["e.fdb"] = "iproute2",
        ["e.vlan"] = "iproute2",
        ["e.mdb"] = "iproute2",
        ["e.tc"] = "iproute2",
        ["e.sock"] = "iproute2",
        ["e.sysctl"] = "procps",
        ["e.nft"] = "nftables",
        ["e.ipt"] = "iptables",
        ["e.ebt"] = "ebtables",
        ["e.nic"] = "ethtool",
        ["e.dom"] = "libvirt-clients",
        ["e.net"] = "libvirt-clients",
        ["e.nwf"] = "libvirt-clients",
        ["e.agent"] = "libvirt-clients",
        ["e.lldp"] = "lldpd",
        ["e.ovs"] = "openvswitch-switch",
    };

    /// <summary>Group whose members may read a section without root.</summary>
    private static readonly Dictionary<string, string> s_groups = new(StringComparer.Ordinal)
    {
        ["e.dom"] = "libvirt",
        ["e.net"] = "libvirt",
        ["e.nwf"] = "libvirt",
        ["e.agent"] = "libvirt",
        ["e.klog"] = "adm",
        ["e.svc"] = "adm",
        ["e.lldp"] = "_lldpd",
    };

    /// <summary>The command that lets an account read the root rows; it makes the account as powerful as root, which the text says.</summary>
    public static string AllowSudo(string account)
        => $"log in as root, or on the host (this makes {account} as powerful as root): echo '{account} ALL=(root) NOPASSWD: /bin/sh' > /etc/sudoers.d/chatopsbot && chmod 440 /etc/sudoers.d/chatopsbot";

    /// <summary>What mends each of the sections, by section id; a section without a known remedy is left out.</summary>
    /// <param name="snapshot">The read.</param>
    /// <param name="sections">Ids of the sections that are missing.</param>
    /// <param name="account">The login, as the commands name it.</param>
    public static IReadOnlyDictionary<string, string> Remedies(HostSnapshot snapshot, IEnumerable<string> sections, string account)
    {
        var isRoot = snapshot.Read(SelfEvidence.Source) is FactReading<SelfFacts>.Known({ UserId: 0 } or { RootReason: "" });
        var remedies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in sections.Distinct())
        {
            if (Remedy(snapshot.Sections.GetValueOrDefault(id), id, account, isRoot) is { } remedy)
            {
                remedies[id] = remedy;
            }
        }

        return remedies;
    }

    private static string? Remedy(SectionOutput? section, string id, string account, bool isRoot)
    {
        if (section is null)
        {
            return null;
        }

        if (section.Parts.Any(part => part.End == PartEnd.NotInstalled) && s_packages.TryGetValue(id, out var package))
        {
            return $"on the host: apt-get install {package}";
        }

        if (section.Parts.Any(part => part.End == PartEnd.NoPrivilege))
        {
            return AllowSudo(account);
        }

        if (section.Parts.Any(part => part.End == PartEnd.TimedOut))
        {
            return "the tool did not answer in time: run it by hand on the host, and look at the load";
        }

        return !isRoot && s_groups.TryGetValue(id, out var group) ? $"on the host, if rights are what is lacking: usermod -aG {group} {account}" : null;
    }
}
