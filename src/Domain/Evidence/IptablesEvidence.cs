using System.Collections.Immutable;
using ChatOpsBot.Domain.FramePath;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>What <c>iptables-save</c> and <c>ip6tables-save</c> print, of both variants.</summary>
/// <param name="Nft4">IPv4 tables that live in nftables; a repetition of e.nft with the details of the extensions.</param>
/// <param name="Nft6">The same for IPv6.</param>
/// <param name="Legacy4">IPv4 tables of the older kernel interface, which e.nft does not show.</param>
/// <param name="Legacy6">The same for IPv6.</param>
/// <param name="Unread">Why tables that are in use were not read; empty when all were.</param>
public sealed record IptablesFacts(
    ImmutableArray<SavedTable> Nft4, ImmutableArray<SavedTable> Nft6, ImmutableArray<SavedTable> Legacy4, ImmutableArray<SavedTable> Legacy6, ImmutableArray<string> Unread);

/// <summary>E.ipt: the rules of iptables.</summary>
/// <remarks>
/// Listing legacy tables creates them, so they are read only where the kernel names some as being in use. The nftables variant leaves nothing behind;
/// it is asked only where it knows more than e.nft.
/// A plain <c>iptables-save</c> may be either variant; it says so itself.
/// </remarks>
public static class IptablesEvidence
{
    private const string Script = """
        nothing=y
        is_nft() { case $(limit "$1" -V 2>/dev/null) in *nf_tables*) return 0;; esac; return 1; }
        for v in '' 6; do
            if [ -z "$nft_tells_all" ] && { no_modules || loaded nf_tables; }; then
                if have "ip${v}tables-nft-save"; then
                    nothing=; part "nft${v:-4}" "ip${v}tables-nft-save" -c
                elif have "ip${v}tables-save" && is_nft "ip${v}tables-save"; then
                    nothing=; part "nft${v:-4}" "ip${v}tables-save" -c
                fi
            fi
            name=
            { read -r name; } 2>/dev/null <"/proc/net/ip${v}_tables_names"
            if [ -n "$name" ]; then
                nothing=
                if ! have "ip${v}tables-legacy-save" && have "ip${v}tables-save" && ! is_nft "ip${v}tables-save"; then
                    part "legacy${v:-4}" "ip${v}tables-save" -c
                else
                    part "legacy${v:-4}" "ip${v}tables-legacy-save" -c
                fi
            fi
        done
        [ -z "$nothing" ] || [ -z "$nft_tells_all" ] || { absent 'no legacy iptables tables are in use, and e.nft tells all about the others'; return; }
        [ -z "$nothing" ] || { absent 'no legacy iptables tables are in use, and no iptables of the nftables variant is installed'; return; }
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<IptablesFacts> Source { get; } = new("e.ipt", Privilege.Root, Script, Parse) { TimeLimitSeconds = 10, OutputCap = 16 * 1024 * 1024, After = NftEvidence.Source };

    private static FactReading<IptablesFacts> Parse(SectionOutput section)
    {
        var unread = ImmutableArray.CreateBuilder<string>();
        return new FactReading<IptablesFacts>.Known(new(
            Tables("nft4", isV6: false), Tables("nft6", isV6: true), Tables("legacy4", isV6: false), Tables("legacy6", isV6: true), unread.ToImmutable()));

        ImmutableArray<SavedTable> Tables(string part, bool isV6)
        {
            if (section.Part(part) is null)
            {
                return [];
            }

            if (SectionProblem.TryText(section, part, out var text, out var reason))
            {
                return SaveFormat.Read(text, new IptablesRuleReader(isV6).Read);
            }

            // The nftables variant only repeats e.nft: rules that need it are then reported as not understood.
            if (part.StartsWith("legacy", StringComparison.Ordinal))
            {
                unread.Add($"legacy {(isV6 ? "ip6tables" : "iptables")} tables are in use but were not read: {reason}");
            }

            return [];
        }
    }
}
