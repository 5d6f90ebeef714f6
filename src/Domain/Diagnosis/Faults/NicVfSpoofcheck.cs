using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The uplink is a virtual function of an SR-IOV card that drops frames of addresses other than its own: the host works, its guests do not.
/// Source: catalogue nic.vf-spoofcheck; https://specs.openstack.org/openstack/neutron-specs/specs/liberty/sriov-spoofchk.html ; iproute2 ip/ipaddress.c.
/// </summary>
public static class NicVfSpoofcheck
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.vf-spoofcheck";

    private static FaultArticle Article { get; } = new()
    {
        What = "The uplink is a virtual function (SR-IOV) whose card drops frames with any other address than its own: the host has network, its guests have none.",
        DecidedBy = "The uplink has a physical function on this host, which shows spoofchk on or trust off for it.",
        ConfusedWith = ["platform.outer-filter", "switch.port-security", "nf.nwfilter-drop"],
        RepairedBy = "ip link set PF vf N spoofchk off trust on, which weakens the isolation between the virtual functions; better the bridge on the physical function, or a virtual function for each guest.",
        Messages = ["Spoofed packets detected", "spoofed packets detected", "Invalid VF MAC", "PF denied * to set MAC", "Failed to set VF"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        from device in bridge.Uplinks.SelectMany(uplink => NicUplinkAdminDown.LowerDevices(topology, uplink)).DistinctBy(link => link.Name)
        let nic = view.Optional(NicEvidence.Source)?.Find(device.Name)
        where nic is { IsVirtualFunction: true }
        select Judge(topology, bridge, device, nic)));

    private static Verdict Judge(HostTopology topology, GuestBridge bridge, Link device, Nic nic)
    {
        if (topology.Links.Find(nic.PhysicalFunction) is not { } parent || nic.FunctionNumber is not { } number)
        {
            return Verdict.Ruled(Id, $"{device.Name} is a virtual function, but its physical function is not on this host: what filters it is outside (platform.outer-filter)");
        }

        if (parent.VirtualFunctions.FirstOrDefault(function => function.Number == number) is not { } own || (own.SpoofCheck is null && own.Trust is null))
        {
            return Verdict.CannotTell(Id, "e.link", $"{parent.Name} does not tell spoofchk and trust of its virtual function {number.ToString(CultureInfo.InvariantCulture)}");
        }

        if (own is { SpoofCheck: not true, Trust: not false })
        {
            return Verdict.Ruled(Id, $"virtual function {number.ToString(CultureInfo.InvariantCulture)} of {parent.Name} has spoofchk off and trust on");
        }

        var says = $"vf {number.ToString(CultureInfo.InvariantCulture)} spoofchk {OnOff(own.SpoofCheck)}, trust {OnOff(own.Trust)}";
        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = device.Name,
                Bridge = bridge.Name,
                Scope = Scope.Bridge,

                // Without trust a card may still pass what the guests send; some drivers do not support it at all.
                Certainty = own.SpoofCheck == true ? Certainty.Certain : Certainty.Likely,
                Summary = $"{device.Name}, the uplink of {bridge.Name}, is a virtual function of {parent.Name}, which drops frames of the guests' addresses",
                Because = [new("e.nic", $"{device.Name}: virtual function of {parent.Name}"), new("e.link", $"{parent.Name}: {says}")],
                Repair = own is { SpoofCheck: not null, Trust: not null } ? "nic/trust-function" : null,
                Question = own is { SpoofCheck: not null, Trust: not null } ? null : $"May {parent.Name} let its virtual function {number.ToString(CultureInfo.InvariantCulture)} send for other addresses: ip link set {parent.Name} vf {number.ToString(CultureInfo.InvariantCulture)} spoofchk off trust on? Its driver does not tell both settings, so they could not be put back.",
                Risk = Risk.D0,
                Touches = [device.Name],
            },
        ]);
    }

    private static string OnOff(bool? value) => value switch { true => "on", false => "off", null => "unknown" };
}
