using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The bonds of the host as the bonding driver tells.</summary>
/// <param name="Bonds">By name.</param>
public sealed record BondFacts(ImmutableArray<Bond> Bonds);

/// <summary>One bond.</summary>
/// <param name="Name">Link name.</param>
/// <param name="Mode">As the driver words it, for example <c>IEEE 802.3ad Dynamic link aggregation</c>.</param>
/// <param name="MiiStatus"><c>up</c> or <c>down</c>.</param>
/// <param name="ActiveMember">The member in use, for the modes that have one.</param>
/// <param name="PartnerMac">LACP partner; all zeros when none answered; <see langword="null"/> where not shown, as to others than root.</param>
/// <param name="Members">The NICs.</param>
public sealed record Bond(string Name, string? Mode, string? MiiStatus, string? ActiveMember, string? PartnerMac, ImmutableArray<BondMember> Members);

/// <summary>One NIC of a bond.</summary>
/// <param name="Name">Link name.</param>
/// <param name="MiiStatus"><c>up</c>, <c>down</c> or <c>going back</c>.</param>
/// <param name="Failures">How often its link failed.</param>
/// <param name="AggregatorId">LACP aggregator; members of one bond should share it.</param>
public sealed record BondMember(string Name, string? MiiStatus, long? Failures, long? AggregatorId);

/// <summary>E.bond: bonds, besides what E.link has of them.</summary>
public static class BondEvidence
{
    /// <summary>The evidence row.</summary>
    public static EvidenceSource<BondFacts> Source { get; } = new(
        "e.bond",
        Privilege.RootIfPossible,
        """
        [ -d /proc/net ] || { missing '/proc is not there'; return; }
        [ -d /proc/net/bonding ] || { absent 'the bonding driver is not in use'; return; }
        found=
        for file in /proc/net/bonding/*; do
            [ -e "$file" ] || continue
            found=1
            part "${file##*/}" cat "$file"
        done
        [ -n "$found" ] || { absent 'there is no bond'; return; }
        """,
        Parse);

    private static FactReading<BondFacts> Parse(SectionOutput section)
    {
        var bonds = ImmutableArray.CreateBuilder<Bond>();
        foreach (var part in section.Parts)
        {
            if (SectionProblem.Reason(part) is { } reason)
            {
                return new FactReading<BondFacts>.Missing($"{part.Name}: {reason}");
            }

            bonds.Add(ReadBond(part.Name, part.Text));
        }

        return new FactReading<BondFacts>.Known(new BondFacts(bonds.ToImmutable()));
    }

    // Lines before the first "Slave Interface" speak of the bond, those after it of that member.
    private static Bond ReadBond(string name, string text)
    {
        var bond = new Dictionary<string, string>(StringComparer.Ordinal);
        var members = new List<Dictionary<string, string>>();
        foreach (var line in text.Split('\n'))
        {
            if (line.IndexOf(": ", StringComparison.Ordinal) is not (> 0 and var colon))
            {
                continue;
            }

            var key = line[..colon].Trim();
            if (key == "Slave Interface")
            {
                members.Add(new Dictionary<string, string>(StringComparer.Ordinal));
            }

            (members.Count == 0 ? bond : members[^1]).TryAdd(key, line[(colon + 2)..].Trim());
        }

        return new Bond(
            name,
            bond.GetValueOrDefault("Bonding Mode"),
            bond.GetValueOrDefault("MII Status"),
            bond.GetValueOrDefault("Currently Active Slave") is { } active and not "None" ? active : null,
            bond.GetValueOrDefault("Partner Mac Address"),
            [.. members.Select(ReadMember)]);
    }

    private static BondMember ReadMember(Dictionary<string, string> member) => new(
        member["Slave Interface"],
        member.GetValueOrDefault("MII Status"),
        PartReading.Number(member.GetValueOrDefault("Link Failure Count")),
        PartReading.Number(member.GetValueOrDefault("Aggregator ID")));
}
