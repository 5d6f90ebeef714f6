using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The wire loses frames: checksum, framing or carrier errors that grow, half duplex, or an alarm that the optic itself raises. No number of dBm is ever
/// judged: 10GBASE-LR may launch anything from -8.2 to +0.5 dBm, so -3 dBm is in order. Drops are no errors: a full queue or a filter makes them.
/// Source: catalogue nic.link-errors; iproute2 ip/ipaddress.c (counter names); SFF-8472 (alarm flags); Intel X520-SR2/LR product brief (launch power).
/// </summary>
public static class NicLinkErrors
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.link-errors";

    /// <summary>Losses of the link within the window from which it is called unsteady: a cable that was pulled once loses it once.</summary>
    private const int Flaps = 3;

    private static readonly TimeSpan s_flapWindow = TimeSpan.FromMinutes(10);

    private static FaultArticle Article { get; } = new()
    {
        What = "The wire of the uplink loses frames: slow and intermittent leases, lights that flicker. Cable, optic, dirt or a duplex mismatch.",
        DecidedBy = "Checksum, framing or carrier errors of the uplink grow between two reads, its carrier comes and goes, it runs half duplex, or the optic's own alarm is on. A fixed dBm number decides nothing, and neither do drops or old counters that stand still.",
        ConfusedWith = ["nic.uplink-no-carrier", "nic.driver-fault", "bridge.loop-storm"],
        RepairedBy = "Planned work on cable, optic or switch port; until then the other port of a bond. The counters have to stand still for a minute afterwards.",
        Messages = ["NIC Link is Down", "Link is Down", "crc error", "rx_crc_errors", "duplex mismatch", "half duplex", "laser bias", "power low alarm", "power high alarm"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        from device in bridge.Uplinks.SelectMany(uplink => NicUplinkAdminDown.LowerDevices(topology, uplink)).DistinctBy(link => link.Name)
        where device is { IsUp: true, HasCarrier: true, Kind: not ("bond" or "team" or "vlan") }
        select Judge(view, bridge, device)));

    private static Verdict Judge(HostView view, GuestBridge bridge, Link device)
    {
        var nic = view.Optional(NicEvidence.Source)?.Find(device.Name);
        var alarms = nic?.OpticAlarms.Where(alarm => alarm.EndsWith(" alarm", StringComparison.Ordinal)).ToArray() ?? [];
        if (alarms.Length > 0)
        {
            return Found(bridge, device, Certainty.Certain, $"the optic of {device.Name} raises {string.Join(", ", alarms)}", alarms.Select(alarm => new EvidenceLine("e.nic", $"{device.Name}: {alarm} On")));
        }

        if (nic is { Duplex: "Half" })
        {
            var speed = string.Create(CultureInfo.InvariantCulture, $"{device.Name}: duplex Half, speed {nic.SpeedMbps?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} Mbit/s");
            return Found(bridge, device, Certainty.Certain, $"{device.Name} runs half duplex", [new("e.nic", speed)]);
        }

        var grown = Grown(view, device);
        if (grown.Length > 0)
        {
            return Found(bridge, device, Certainty.Likely, $"the error counters of {device.Name} grow", grown.Select(text => new EvidenceLine("e.link", $"{device.Name}: {text}")));
        }

        var lost = RecentLog.Of(view, KernelLogEvidence.Source, s_flapWindow).Where(entry => RecentLog.Names(entry.Message, device.Name) && entry.Message.Contains("Link is Down", StringComparison.OrdinalIgnoreCase)).ToArray();
        if (lost.Length >= Flaps)
        {
            return Found(bridge, device, Certainty.Likely, $"the link of {device.Name} came and went {lost.Length} times within 10 minutes", [RecentLog.Line(view, "e.klog", lost[^1])]);
        }

        var old = device.RxCrcErrors + device.RxFrameErrors + device.TxCarrierErrors;
        return old > 0 ? Verdict.Ruled(Id, $"{device.Name} has {old} errors from before, and nothing shows that they grow")
            : nic is { OpticAlarms: [var warning, ..] } ? Verdict.Ruled(Id, $"the optic of {device.Name} only warns ({warning})")
            : Verdict.Clear;
    }

    /// <summary>The counters that grew between the two reads; empty without a second one.</summary>
    private static string[] Grown(HostView view, Link device)
    {
        if (view.Again(LinkEvidence.Source)?.Find(device.Name) is not { } later)
        {
            return [];
        }

        var counters = new (string Name, long Before, long After)[]
        {
            ("rx crc_errors", device.RxCrcErrors, later.RxCrcErrors),
            ("rx frame_errors", device.RxFrameErrors, later.RxFrameErrors),
            ("tx carrier_errors", device.TxCarrierErrors, later.TxCarrierErrors),
            ("carrier_changes", device.CarrierChanges ?? 0, later.CarrierChanges ?? device.CarrierChanges ?? 0),
        };
        return [.. counters.Where(counter => counter.After > counter.Before).Select(counter => string.Create(CultureInfo.InvariantCulture, $"{counter.Name} {counter.Before} to {counter.After}"))];
    }

    private static Verdict Found(GuestBridge bridge, Link device, Certainty certainty, string what, IEnumerable<EvidenceLine> because) => Verdict.From(
    [
        new()
        {
            Id = Id,
            Subject = device.Name,
            Bridge = bridge.Name,
            Scope = Scope.Bridge,
            Certainty = certainty,
            Summary = $"{char.ToUpperInvariant(what[0])}{what[1..]}, the uplink of {bridge.Name}: frames are lost on the wire",
            Because = [.. because],
            Question = $"When can cable, optic and switch port of {device.Name} be changed? Clean or swap the cable first, then the optic, and compare the port's counters on the switch"
                + " (duplex has to be the same at both ends).",
            Risk = Risk.D2,
            Touches = [device.Name],
        },
    ]);
}
