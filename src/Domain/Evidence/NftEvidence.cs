using System.Collections.Immutable;
using System.Text.Json;
using ChatOpsBot.Domain.FramePath;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The rule set of nftables.</summary>
/// <param name="Tables">All tables, those of iptables-nft and ebtables-nft among them.</param>
public sealed record NftFacts(ImmutableArray<FilterTable> Tables);

/// <summary>E.nft: the rule set of nftables, as JSON for its meaning and as text for what the JSON lacks.</summary>
/// <remarks>
/// <para>The tool would load nf_tables into a kernel that has never used it, so it runs only where nf_tables is there already.</para>
/// <para>
/// nftables 1.0.6 reads beyond its own list of names when it prints the flags of a dormant table as JSON: the name is then wrong, or the output
/// ends in the middle with exit code 0, or the program crashes. Flags are therefore taken from the text, and a listing that is not whole is read
/// again table by table, so that only the dormant one is lost, which the kernel ignores anyway.
/// </para>
/// <para>
/// The tools of iptables and ebtables tell the same tables again, with the details of extensions (<c>xt</c>) and the counters of policies. Where the
/// listing is whole and has no extension and no policy that drops, the script says so in <c>$nft_tells_all</c>, and they are not asked.
/// </para>
/// </remarks>
public static class NftEvidence
{
    private const string Script = """
        nft_tells_all=
        if no_modules || loaded nf_tables; then
            part text nft -a list ruleset && said=y || said=
            part json nft -j list ruleset || said=
            if part_text; then
                case $text in *'"xt"'* | *'"policy": "drop"'*) said= ;; esac
            else
                text=$(tail -c 3 "$part_out" 2>/dev/null)
                grep -qsE '"xt"|"policy": "drop"' "$part_out" && said=
            fi
            case $text in
            *']}' | *"]}$newline") nft_tells_all=$said ;;
            *)
                limit nft list tables | while read -r word family name; do
                    part "json $family $name" nft -j list table "$family" "$name"
                done
                ;;
            esac
        else
            absent 'nf_tables is neither loaded nor built in'; return
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<NftFacts> Source { get; } = new("e.nft", Privilege.Root, Script, Parse) { TimeLimitSeconds = 10, OutputCap = 32 * 1024 * 1024 };

    private static FactReading<NftFacts> Parse(SectionOutput section)
    {
        if (!SectionProblem.TryText(section, "text", out var text, out var reason))
        {
            return new FactReading<NftFacts>.Missing(reason);
        }

        var listing = NftListing.Read(text);
        if (TryTables(section, "json", listing, out var tables, out reason))
        {
            return new FactReading<NftFacts>.Known(new(tables));
        }

        var some = ImmutableArray.CreateBuilder<FilterTable>();
        foreach (var (family, name, isDormant) in listing.Tables)
        {
            if (TryTables(section, $"json {family} {name}", listing, out tables, out _))
            {
                some.AddRange(tables);
            }
            else if (!isDormant)
            {
                return new FactReading<NftFacts>.Missing($"table {family} {name} could not be listed: {reason}");
            }
        }

        return new FactReading<NftFacts>.Known(new(some.ToImmutable()));
    }

    private static bool TryTables(SectionOutput section, string part, NftListing listing, out ImmutableArray<FilterTable> tables, out string reason)
    {
        tables = [];
        if (!SectionProblem.TryText(section, part, out var json, out reason))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
            if (document.RootElement.Field("nftables") is { ValueKind: JsonValueKind.Array })
            {
                tables = NftReader.Read(document.RootElement, listing);
                return true;
            }

            reason = "unexpected output: no list named nftables";
        }
        catch (JsonException e)
        {
            reason = $"unexpected output: {e.Message}";
        }

        return false;
    }
}
