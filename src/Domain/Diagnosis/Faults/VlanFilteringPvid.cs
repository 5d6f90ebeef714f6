using System.Globalization;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// On a bridge that filters VLANs a guest's port has no PVID, one that the uplink does not carry, or another than its definition says; typically since a
/// <c>bridge vlan add</c> was never written down and the port fell back to VLAN 1.
/// Source: catalogue vlan.filtering-pvid; torvalds/linux net/bridge/br_vlan.c (__allowed_ingress, br_allowed_egress); iproute2 bridge/vlan.c.
/// </summary>
public static class VlanFilteringPvid
{
    /// <summary>Fault id.</summary>
    public const string Id = "vlan.filtering-pvid";

    private static FaultArticle Article { get; } = new()
    {
        What = "On a bridge that filters VLANs the guest's port is in no VLAN, or in another one than the uplink carries or its definition says: the guest is dead after its restart or the host's.",
        DecidedBy = "vlan_filtering is 1 and the tap has no PVID, or its PVID is not among the VLANs of the uplink, or is not the tag of the guest's definition. With vlan_filtering 0 the table is ignored.",
        ConfusedWith = ["vlan.not-on-trunk", "vlan.subif-missing-or-wrong-id", "bridge.port-flags"],
        RepairedBy = "bridge vlan add dev TAP vid ID pvid untagged, and bridge vlan add dev UPLINK vid ID; in the definition or the network configuration it has to be written down.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        where topology.GuestsOf(bridge).Any() && !bridge.Uplinks.IsEmpty
        select Judge(view, topology, bridge)));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        if (VlanTable.Of(view, bridge.Link) is not { } table)
        {
            return Verdict.Clear;
        }

        if (table.WhyUnread is { } why)
        {
            return Verdict.CannotTell(Id, "e.vlan", why);
        }

        var guests = topology.GuestsOf(bridge).ToArray();
        var verdicts = guests.Select(guest => Judge(bridge, table, guest)).ToArray();

        // When the uplink lacks the one VLAN that all guests are in, that is one fault of the uplink.
        var findings = verdicts.SelectMany(verdict => verdict.Findings).ToArray();
        return findings.Length == guests.Length && guests.Length > 1 && findings.All(finding => finding.Subject == bridge.Uplinks[0].Name)
            ? new([findings[0] with { Scope = Scope.Bridge }], [], [])
            : Verdict.Join(verdicts.Select(verdict => verdict with { Findings = [.. verdict.Findings.DistinctBy(finding => (finding.Subject, finding.Summary))] }));
    }

    private static Verdict Judge(GuestBridge bridge, VlanTable table, GuestPort guest)
    {
        var tap = guest.Link.Name;
        var wanted = guest.Definition?.VlanTags is [var only] ? only : (int?)null;
        if (table.Pvid(tap) is not { } pvid)
        {
            // A guest that tags by itself needs no PVID, but then its port is in some VLAN.
            return table.Of(tap).Any()
                ? wanted is { } tag && !table.Has(tap, tag)
                    ? Verdict.From([Found(bridge, guest, table, tag, Certainty.Certain, $"{tap} is not in VLAN {Number(tag)} of its definition")])
                    : Verdict.Ruled(Id, $"{tap} has no PVID but takes tagged frames: its guest is meant to tag")
                : Verdict.From([Found(bridge, guest, table, wanted, Certainty.Certain, $"{tap} is in no VLAN of {bridge.Name}, so nothing passes")]);
        }

        if (wanted is { } defined && defined != pvid)
        {
            return Verdict.From([Found(bridge, guest, table, defined, Certainty.Certain, $"{tap} puts its guest into VLAN {Number(pvid)}, and its definition says {Number(defined)}")]);
        }

        if (bridge.Uplinks.Any(uplink => table.Has(uplink.Name, pvid)))
        {
            return Verdict.Ruled(Id, $"{tap} is in VLAN {Number(pvid)}, which {bridge.Name}'s uplink carries");
        }

        var uplink = bridge.Uplinks[0];
        var carried = table.Of(uplink.Name).Any();
        return Verdict.From(
        [
            Found(bridge, guest, table, pvid, wanted is null && carried ? Certainty.Likely : Certainty.Certain, $"{tap} is in VLAN {Number(pvid)}, and {uplink.Name} does not carry it") with
            {
                Subject = wanted is null && carried ? tap : uplink.Name,
                Scope = wanted is null && carried ? Scope.Guest : Scope.Vlan,
                Question = $"Is VLAN {Number(pvid)} right for {guest.Guest}? Then: bridge vlan add dev {uplink.Name} vid {Number(pvid)}. Else its port gets the right one: bridge vlan add dev {tap} vid ID pvid untagged.",
            },
        ]);
    }

    private static Finding Found(GuestBridge bridge, GuestPort guest, VlanTable table, int? vlan, Certainty certainty, string summary)
    {
        var (tap, uplink) = (guest.Link.Name, bridge.Uplinks[0].Name);
        var id = vlan is { } known ? Number(known) : "ID";
        return new()
        {
            Id = Id,
            Subject = tap,
            Bridge = bridge.Name,
            Scope = Scope.Guest,
            Certainty = certainty,
            Summary = summary,
            Because =
            [
                new("e.link", $"{bridge.Name}: vlan_filtering 1"),
                table.Line(tap),
                table.Line(uplink),
                .. vlan is { } tag && guest.Definition?.VlanTags.Contains(tag) == true ? new EvidenceLine[] { new("e.dom", $"{guest.Guest} {tap}: vlan tag {Number(tag)}") } : [],
            ],
            Question = $"{(vlan is null ? $"Which VLAN does {guest.Guest} belong to? " : "")}The commands: bridge vlan add dev {tap} vid {id} pvid untagged; bridge vlan add dev {uplink} vid {id}. Where is that to be written down?",
            Risk = Risk.D0,
            Touches = [tap],
        };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
