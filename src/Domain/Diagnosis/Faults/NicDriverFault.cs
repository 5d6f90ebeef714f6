using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The card or its driver hangs: the link is up and nothing passes, or the host drops off under load; or the driver never took the card over. Known above
/// all with Intel e1000e under hypervisors, where segmentation offloads trigger it.
/// Source: catalogue nic.driver-fault; https://majabojarska.dev/pve-e1000e-hangups , https://bisko.tech.blog/2019/12/18/e1000e-device-id-eth0-detected-hardware-unit-hang ;
/// Linux net/sched/sch_generic.c (dev_watchdog) and drivers/net/ethernet/intel/e1000e/netdev.c (messages).
/// </summary>
public static partial class NicDriverFault
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.driver-fault";

    /// <summary>A single hang that the driver got over by itself is no state to repair.</summary>
    private const int Least = 2;

    private static readonly TimeSpan s_window = TimeSpan.FromHours(1);

    private static FaultArticle Article { get; } = new()
    {
        What = "The card or its driver hangs: the link is up and nothing passes, or the host drops off under load; or the driver could not take the card over at all.",
        DecidedBy = "The kernel logged a hang, a transmit timeout or a reset of the uplink at least twice within the last hour; or the configured card does not exist, none is unused, and the kernel logged that a driver failed to probe one. Older messages decide nothing.",
        ConfusedWith = ["nic.uplink-no-carrier", "nic.link-errors", "nic.uplink-renamed"],
        RepairedBy = "Segmentation offloads off (tso, gso, gro), written down in the distribution's way; else the driver is loaded anew or the card changed, in a planned window.",
        Messages =
        [
            "Detected Hardware Unit Hang", "NETDEV WATCHDOG", "transmit queue * timed out", "Reset adapter unexpectedly", "Tx Unit Hang", "Tx timeout", "tx_timeout", "probe of * failed with error",
            "PCIe Bus Error: severity=", "firmware hang", "AER: * error",
        ],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(view, topology, bridge))));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        if (bridge.Uplinks.IsEmpty)
        {
            return NeverThere(view, topology, bridge);
        }

        return Verdict.Join(
            from uplink in bridge.Uplinks
            from device in NicUplinkAdminDown.LowerDevices(topology, uplink)
            select Hanging(view, bridge, device));
    }

    private static Verdict Hanging(HostView view, GuestBridge bridge, Link device)
    {
        var hangs = view.Optional(KernelLogEvidence.Source)?.Entries.Where(entry => Hang().IsMatch(entry.Message) && RecentLog.Names(entry.Message, device.Name)).ToArray() ?? [];
        if (hangs.Length == 0)
        {
            return Verdict.Clear;
        }

        var recent = hangs.Where(entry => RecentLog.AgeOf(view, entry) is { } age && age <= s_window).ToArray();
        if (recent.Length < Least)
        {
            return Verdict.Ruled(Id, recent.Length == 0 ? $"the hang of {device.Name} in the log is older than an hour" : $"{device.Name} hung once within the last hour and went on");
        }

        var later = view.Again(LinkEvidence.Source)?.Find(device.Name);
        var stuck = later is not null && later.TxPackets == device.TxPackets && (Backlog(view, device.Name) ?? 0) > 0;
        var nic = view.Optional(NicEvidence.Source)?.Find(device.Name);
        var offloads = nic is null || nic.Features.IsEmpty || Offloads.Any(name => nic.Features.GetValueOrDefault(name));
        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = device.Name,
                Bridge = bridge.Name,
                Scope = Scope.Bridge,
                Certainty = stuck ? Certainty.Certain : Certainty.Likely,
                Summary = $"{device.Name}, the uplink of {bridge.Name}, hung {recent.Length} times within the last hour{(stuck ? " and sends nothing now" : "")}",
                Because =
                [
                    RecentLog.Line(view, "e.klog", recent[^1]),
                    .. stuck ? [new EvidenceLine("e.tc", $"{device.Name}: frames wait, none is sent")] : Array.Empty<EvidenceLine>(),
                    .. nic?.Driver is { } driver ? [new EvidenceLine("e.nic", $"{device.Name}: driver {driver}, firmware {nic.Firmware ?? "unknown"}")] : Array.Empty<EvidenceLine>(),
                ],
                Repair = offloads ? "nic/disable-offloads" : null,
                Question = offloads ? null : $"{device.Name} hangs with its offloads off already. When may its driver be loaded anew, or the card be changed? Both cut the host off for seconds.",
                Risk = offloads ? Risk.D0 : Risk.D3,
                Touches = [device.Name],
            },
        ]);
    }

    /// <summary>Features of ethtool that the repair switches off.</summary>
    internal static string[] Offloads { get; } = ["tcp-segmentation-offload", "generic-segmentation-offload", "generic-receive-offload"];

    private static long? Backlog(HostView view, string device)
        => view.Optional(TrafficControlEvidence.Source)?.Qdiscs.Where(qdisc => qdisc.Device == device).Select(qdisc => (long?)qdisc.BacklogBytes).Max();

    /// <summary>The card is not there at all, and the kernel says that a driver gave one up.</summary>
    private static Verdict NeverThere(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var gone = NicUplinkRenamed.GoneCards(topology, bridge);
        if (gone.IsEmpty || bridge.IsolatedByDesign is not null || bridge.IntentFrom is not { } intent || !NicUplinkRenamed.FreeCards(view, topology).IsEmpty
            || view.Optional(KernelLogEvidence.Source)?.Entries.LastOrDefault(entry => Probe().IsMatch(entry.Message)) is not { } failed)
        {
            return Verdict.Clear;
        }

        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = bridge.Name,
                Bridge = bridge.Name,
                Scope = Scope.Bridge,
                Certainty = Certainty.Likely,
                Summary = $"{gone[0]}, the uplink of {bridge.Name}, does not exist, and a driver failed to take a card over",
                Because = [intent, new("e.link", $"{gone[0]}: no such link, and no card is unused"), RecentLog.Line(view, "e.klog", failed)],
                Question = $"Why does the driver not take the card of {gone[0]} over? Look at the kernel log around its probe: firmware file, kernel version, card seated in its slot.",
                Risk = Risk.D3,
                Touches = [bridge.Name],
            },
        ]);
    }

    [GeneratedRegex(@"Hardware Unit Hang|transmit queue \d+ timed out|Reset adapter unexpectedly|Tx Unit Hang|Tx timeout", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Hang();

    [GeneratedRegex(@"^\S*(?:e1000|igb|ixgbe|i40e|ice|tg3|bnx|mlx|r8169|atlantic|be2net|qed|sfc|virtio_net|vmxnet3)\S*.*(?:probe of \S+ failed with error|failed with error -?\d+|probe failed)|probe of \S+ failed with error", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Probe();
}
