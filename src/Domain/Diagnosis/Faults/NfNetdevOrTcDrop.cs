using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A filter of a single device drops the guest's frames before or behind the bridge: an nftables chain of family netdev, a tc filter, or a shaper that
/// overflows, or an emulator of a bad line (netem) that somebody left behind. Source: catalogue nf.netdev-or-tc-drop; iproute2 tc/f_flower.c, tc/m_gact.c and
/// tc/q_netem.c.
/// </summary>
public static class NfNetdevOrTcDrop
{
    /// <summary>Fault id.</summary>
    public const string Id = "nf.netdev-or-tc-drop";

    /// <summary>Packets that a shaper may drop within the two seconds between two reads without anybody noticing.</summary>
    private const long TolerableDrops = 10;

    private static FaultArticle Article { get; } = new()
    {
        What = "A filter of a single device drops the guest's frames before or behind the bridge, so that they vanish at the first hop although a capture on the tap still shows them.",
        DecidedBy = "An nftables netdev or inet chain on the tap or the uplink, or a tc filter in its ingress or egress hook, drops the DHCP exchange, or a netem queue on it loses packets; an XDP program on it leaves the question open.",
        ConfusedWith = ["nf.bridge-family-drop", "bridge.port-flags", "guest.link-down"],
        RepairedBy = "The nftables rule is deleted by its handle; a tc filter, an XDP program, a netem queue or a rate limit is changed by whoever set it (Cilium, libvirt's bandwidth, an administrator).",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        where !GuestHome.GuestsFor(view, topology, bridge).IsEmpty && !bridge.WaysOut.IsEmpty
        from verdict in Judge(view, topology, bridge)
        select verdict));

    private static IEnumerable<Verdict> Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        yield return FilterVerdicts.Of(Id, bridge, PathLayer.Device, GuestPath.Of(view, topology, bridge), Firewall.Read(view).Gaps, (finding, by) => Complete(view, finding, by));
        var control = view.Optional(TrafficControlEvidence.Source);
        foreach (var guest in GuestHome.GuestsFor(view, topology, bridge))
        {
            yield return Programs(guest.Link);
            yield return Control(view, control, bridge, guest.Link, BridgedFrame.DhcpDiscover(bridge.Name, guest.Link.Name, bridge.WaysOut[0], guest.Mac), Scope.Guest);
            yield return Shaper(view, control, bridge, guest.Link, Scope.Guest);
            yield return Emulator(control, bridge, guest.Link, Scope.Guest);
        }

        foreach (var uplink in bridge.Uplinks)
        {
            yield return Programs(uplink);
            yield return Control(view, control, bridge, uplink, BridgedFrame.DhcpDiscover(bridge.Name, uplink.Name, uplink.Name, null), Scope.Bridge);
            yield return Shaper(view, control, bridge, uplink, Scope.Bridge);
            yield return Emulator(control, bridge, uplink, Scope.Bridge);
        }
    }

    /// <summary>A rule of family netdev is deleted like one of the bridge; a policy, or a chain of family inet, is left to whoever wrote it.</summary>
    private static Finding Complete(HostView view, Finding finding, DropPoint by)
    {
        var owner = FilterOwner.ContainerEngineOn(Firewall.Read(view).Tables);
        return by is { Family: FilterFamily.Netdev, IsPolicy: false, Handle: not null } && owner is null
            ? finding with { Repair = "nf/delete-device-rule" }
            : finding with { Question = $"{by.Place} drops frames of one device. Who wrote it{(owner is null ? "" : $" ({owner} runs here)")}, and may it let DHCP pass?" };
    }

    /// <summary>What an XDP program does is its own affair.</summary>
    private static Verdict Programs(Link link)
        => link.HasXdp ? Verdict.CannotTell(Id, "e.link", $"{link.Name} has an XDP program, and what it drops shows nowhere") : Verdict.Clear;

    /// <summary>A guest's port takes in its request and gives out the answer; an uplink the other way round.</summary>
    private static Verdict Control(HostView view, TrafficControlFacts? control, GuestBridge bridge, Link link, BridgedFrame request, Scope scope)
    {
        if (control is null)
        {
            // Filters hang in hooks that the links' own listing names, so without one there is nothing to be missed.
            return link.Qdisc is null or "noqueue" or "fq_codel" or "pfifo_fast" or "mq" || view.WhyMissing(TrafficControlEvidence.Source) is not { } why
                ? Verdict.Clear
                : Verdict.CannotTell(Id, "e.tc", why);
        }

        var answer = BridgedFrame.DhcpOffer(bridge.Name, link.Name, link.Name, null, broadcast: true);
        var (ingress, egress) = scope == Scope.Guest ? (request, answer) : (answer, request);
        foreach (var (hook, frame) in new[] { ("ingress", ingress), ("egress", egress) })
        {
            switch (TrafficControlFate.Of(control, link.Name, hook, frame, null))
            {
                case { Verdict: HopVerdict.Stops, By: { } by }:
                    return Verdict.From([Found(bridge, link, scope, frame, by)]);
                case { Verdict: HopVerdict.CannotTell } fate:
                    return Verdict.CannotTell(Id, "e.tc", $"a filter on {link.Name} may drop the {frame.Name}: {fate.Does}");
            }
        }

        return Verdict.Clear;
    }

    private static Finding Found(GuestBridge bridge, Link link, Scope scope, BridgedFrame frame, TrafficFilter by) => new()
    {
        Id = Id,
        Subject = link.Name,
        Bridge = bridge.Name,
        Scope = scope,
        Certainty = Certainty.Certain,
        Summary = $"A tc filter in the {by.Hook} hook of {link.Name} drops the {frame.Name}",
        Because = [new("e.tc", $"{link.Name}: {TrafficControlFate.Name(by)} protocol {by.Protocol}: {string.Join(' ', by.Actions)}")],
        Question = $"Who put the filter into the {by.Hook} hook of {link.Name}, and may it go? tc filter del dev {link.Name} {by.Hook} pref {by.Preference} removes it.",
        Risk = Risk.D0,
        Touches = [link.Name],
    };

    /// <summary>A shaper that drops more between two reads than it should is a limit that somebody set too low, or on purpose.</summary>
    private static Verdict Shaper(HostView view, TrafficControlFacts? control, GuestBridge bridge, Link link, Scope scope)
    {
        var before = control?.Qdiscs.FirstOrDefault(qdisc => qdisc.Device == link.Name && qdisc.Kind is "tbf" or "htb" or "netem" && qdisc.IsRoot && qdisc.Loss is null);
        var after = view.Again(TrafficControlEvidence.Source)?.Qdiscs.FirstOrDefault(qdisc => qdisc.Device == link.Name && qdisc.Kind == before?.Kind && qdisc.IsRoot);
        if (before is null || after is null || after.Drops - before.Drops <= TolerableDrops)
        {
            return Verdict.Clear;
        }

        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = link.Name,
                Bridge = bridge.Name,
                Scope = scope,
                Certainty = Certainty.Likely,
                Summary = $"The {before.Kind} queue of {link.Name} dropped {after.Drops - before.Drops} packets within two seconds",
                Because = [new("e.tc", $"{link.Name}: {before.Kind} drops {before.Drops} then {after.Drops}")],
                Question = before.Kind == "netem"
                    ? $"Is the netem queue on {link.Name} still needed? tc qdisc del dev {link.Name} root removes it."
                    : $"Is the rate limit on {link.Name} meant to be that low? libvirt sets it from <bandwidth> of the guest's NIC.",
                Risk = Risk.D0,
                Touches = [link.Name],
            },
        ]);
    }

    /// <summary>A netem queue that loses packets at random: it does what it was told, so one look is enough. A bad line has no such queue.</summary>
    private static Verdict Emulator(TrafficControlFacts? control, GuestBridge bridge, Link link, Scope scope)
    {
        if (control?.Qdiscs.FirstOrDefault(qdisc => qdisc.Device == link.Name && qdisc is { Kind: "netem", IsRoot: true, Loss: > 0 }) is not { Loss: { } loss } queue)
        {
            return Verdict.Clear;
        }

        var share = string.Create(CultureInfo.InvariantCulture, $"{loss * 100:0.##} %");
        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = link.Name,
                Bridge = bridge.Name,
                Scope = scope,
                Certainty = loss >= 1 ? Certainty.Certain : Certainty.Likely,
                Summary = $"A netem queue on {link.Name} loses {share} of what it sends",
                Because = [new("e.tc", string.Create(CultureInfo.InvariantCulture, $"{link.Name}: netem loss {share}, {queue.Drops} dropped so far"))],
                Question = $"Is the test with netem on {link.Name} over? tc qdisc del dev {link.Name} root removes it.",
                Risk = Risk.D0,
                Touches = [link.Name],
            },
        ]);
    }
}
