using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Domain.FramePath;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>What <c>ebtables-save</c> prints, of both variants.</summary>
/// <param name="Nft">Tables that live in nftables; a repetition of e.nft with the details of the extensions.</param>
/// <param name="Legacy">Tables of the older kernel interface, which e.nft does not show.</param>
/// <param name="Unread">Why tables that are in use were not read; empty when all were.</param>
public sealed record EbtablesFacts(ImmutableArray<SavedTable> Nft, ImmutableArray<SavedTable> Legacy, ImmutableArray<string> Unread);

/// <summary>E.ebt: the rules of ebtables.</summary>
/// <remarks>Listing a legacy table creates it, so those are read only where one of their modules is loaded, which happens at their first use.</remarks>
public static class EbtablesEvidence
{
    private const string Script = """
        nothing=y
        is_nft() { case $(limit "$1" -V 2>/dev/null) in *nf_tables*) return 0;; esac; return 1; }
        if [ -z "$nft_tells_all" ] && { no_modules || loaded nf_tables; }; then
            if have ebtables-nft-save; then
                nothing=; part nft ebtables-nft-save
            elif have ebtables-save && have ebtables && is_nft ebtables; then
                nothing=; part nft ebtables-save
            fi
        fi
        tool=
        for t in filter nat broute; do
            loaded "ebtable_$t" || continue
            nothing=
            if [ -z "$tool" ]; then
                tool=ebtables-legacy
                if ! have ebtables-legacy && have ebtables && ! is_nft ebtables; then tool=ebtables; fi
            fi
            part "legacy-$t" "$tool" -t "$t" -L --Lc
        done
        [ -z "$nothing" ] || [ -z "$nft_tells_all" ] || { absent 'no legacy ebtables module is loaded, and e.nft tells all about the other tables'; return; }
        [ -z "$nothing" ] || { absent 'no legacy ebtables module is loaded, and no ebtables of the nftables variant is installed'; return; }
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<EbtablesFacts> Source { get; } = new("e.ebt", Privilege.Root, Script, Parse) { OutputCap = 8 * 1024 * 1024, After = NftEvidence.Source };

    private static FactReading<EbtablesFacts> Parse(SectionOutput section)
    {
        SectionProblem.TryText(section, "nft", out var nft, out _);
        var legacy = ImmutableArray.CreateBuilder<SavedTable>();
        var unread = ImmutableArray.CreateBuilder<string>();
        foreach (var part in section.Parts.Where(part => part.Name.StartsWith("legacy-", StringComparison.Ordinal)))
        {
            if (SectionProblem.Reason(part) is { } why)
            {
                unread.Add($"the legacy ebtables table {part.Name[7..]} may be in use but was not read: {why}");
            }
            else
            {
                legacy.AddRange(SaveFormat.Read(AsSaveFormat(part.Text), EbtablesRuleReader.Read));
            }
        }

        return new FactReading<EbtablesFacts>.Known(new(SaveFormat.Read(nft, EbtablesRuleReader.Read), legacy.ToImmutable(), unread.ToImmutable()));
    }

    /// <summary>
    /// Turns the listing of a table into the save format. The tool's own script for that, <c>ebtables-legacy-save</c>, is not used:
    /// on Debian it calls whichever variant <c>ebtables</c> is.
    /// </summary>
    private static string AsSaveFormat(string listing)
    {
        var (heads, rules) = (new StringBuilder(), new StringBuilder());
        var chain = "";
        foreach (var line in listing.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith("Bridge table: ", StringComparison.Ordinal))
            {
                heads.Append('*').Append(line.AsSpan(14)).Append('\n');
            }
            else if (line.StartsWith("Bridge chain: ", StringComparison.Ordinal) && line[14..].Split(", ") is [var name, _, ['p', 'o', 'l', 'i', 'c', 'y', ':', ' ', .. var policy]])
            {
                chain = name;
                heads.Append(':').Append(name).Append(' ').Append(policy).Append('\n');
            }
            else if (line.Length > 0 && chain.Length > 0)
            {
                rules.Append("-A ").Append(chain).Append(' ').Append(line.Replace(", pcnt = ", " -c ", StringComparison.Ordinal).Replace(" -- bcnt = ", " ", StringComparison.Ordinal)).Append('\n');
            }
        }

        return heads.Append(rules).ToString();
    }
}
