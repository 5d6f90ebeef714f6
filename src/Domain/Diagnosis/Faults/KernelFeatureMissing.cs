using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The running kernel lacks a feature that something needs: its modules were removed by an upgrade without a reboot, or are not installed. A module that is
/// merely not loaded is none: the kernel loads it when it is asked. <c>br_netfilter</c> is never missing: loading it causes faults.
/// Source: catalogue kernel.feature-missing; https://gist.github.com/gmknowles/starred , https://wiki.libvirt.org/Net.bridge.bridge-nf-call_and_sysctl.conf.html .
/// </summary>
public static class KernelFeatureMissing
{
    /// <summary>Fault id.</summary>
    public const string Id = "kernel.feature-missing";

    private static FaultArticle Article { get; } = new()
    {
        What = "The running kernel cannot make what the network needs: after an upgrade without reboot its modules are gone, or they were never installed.",
        DecidedBy = "A module (bridge, tun, 8021q, bonding, macvtap) is neither loaded nor built in nor on disk, or /dev/net/tun is missing, and a bridge, VLAN, bond or guest that needs it is not there.",
        ConfusedWith = ["bridge.missing", "vlan.subif-missing-or-wrong-id", "libvirt.vm-not-running", "nic.uplink-renamed"],
        RepairedBy = "A reboot into the installed kernel, or the modules of the running one installed again, then modprobe MODULE. Never modprobe br_netfilter: it switches the filtering of bridged frames on.",
        Messages =
        [
            "RTNETLINK answers: Operation not supported", "Unknown device type", "modprobe: FATAL: Module * not found", "could not insert *: Exec format error", "could not open /dev/net/tun",
            "/dev/net/tun: No such file", "failed to create tap device", "Package * not installed for the running kernel", "add bridge failed",
        ],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => view.Optional(OsEvidence.Source) is { } os
        ? Verdict.Join(Lacking(os).Select(feature => Judge(view, topology, os, feature)))
        : Verdict.Clear);

    private static IEnumerable<string> Lacking(OsFacts os)
        => os.HasTunDevice || os.LackingModules.Contains("tun") ? os.LackingModules : os.LackingModules.Append("tun");

    private static Verdict Judge(HostView view, HostTopology topology, OsFacts os, string feature)
    {
        if (WhoNeeds(view, topology, feature) is not { } need)
        {
            return Verdict.Ruled(Id, $"{feature} is not available to the running kernel, but nothing here needs it");
        }

        var kernel = os.Kernel ?? "the running kernel";
        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = feature,
                Scope = Scope.Host,
                Certainty = Certainty.Certain,
                Summary = os.HasModuleFiles
                    ? $"{feature} is not available to the kernel {kernel}, and {need.Text} needs it"
                    : $"The modules of the running kernel {kernel} are not installed (an upgrade without reboot?), and {need.Text} needs {feature}",
                Because =
                [
                    os.LackingModules.Contains(feature)
                        ? new("e.os", $"{feature}: not loaded, not built in, not in /lib/modules/{kernel}")
                        : new("e.os", "/dev/net/tun: no such device"),
                    need,
                ],
                Question = os.HasModuleFiles
                    ? $"May the package with the module {feature} of {kernel} be installed (Debian: linux-image, linux-modules-extra), then modprobe {feature}?"
                    : $"When may the host be rebooted into its installed kernel? Until then no module can be loaded, so no {feature} either.",
                Risk = os.HasModuleFiles ? Risk.D0 : Risk.D3,
            },
        ]);
    }

    /// <summary>Something that is not there and could not be made without the feature; <see langword="null"/> when nothing is.</summary>
    private static EvidenceLine? WhoNeeds(HostView view, HostTopology topology, string feature)
    {
        var intent = view.Optional(ConfigEvidence.Source);
        var ports = (intent?.Bridges ?? []).SelectMany(bridge => bridge.Ports).Concat(view.Host.Uplinks.Values).Where(name => topology.Links.Find(name) is null);
        var guests = view.Optional(DomainEvidence.Source)?.Guests ?? [];
        var stopped = guests.Where(guest => !guest.IsRunning && guest.StateReason is "failed").SelectMany(guest => guest.Interfaces, (guest, nic) => (guest.Name, nic.Type));
        return feature switch
        {
            "bridge" => (intent?.Bridges ?? []).Select(bridge => bridge.Name).Concat(view.Host.Bridges).FirstOrDefault(name => topology.Links.Find(name) is null) is { } bridge
                ? new("e.cfg", $"{bridge}: configured, no such link") : null,
            "8021q" => ports.FirstOrDefault(name => name.Contains('.')) is { } vlan ? new("e.cfg", $"{vlan}: configured, no such link") : null,
            "bonding" => ports.FirstOrDefault(name => name.StartsWith("bond", StringComparison.Ordinal)) is { } bond ? new("e.cfg", $"{bond}: configured, no such link") : null,
            "tun" => stopped.FirstOrDefault(guest => guest.Type is "bridge" or "network") is { Name: { } guest } ? new("e.dom", $"{guest}: shut off, needs a tap") : null,
            "macvtap" => stopped.FirstOrDefault(guest => guest.Type == "direct") is { Name: { } guest } ? new("e.dom", $"{guest}: shut off, needs a macvtap") : null,
            _ => null,
        };
    }
}
