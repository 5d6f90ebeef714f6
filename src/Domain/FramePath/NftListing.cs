using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>
/// What only the text of <c>nft -a list ruleset</c> has: rules as people read them, and the devices of netdev chains,
/// which the JSON of nftables 1.0.6 leaves out. Everything else is taken from the JSON.
/// </summary>
internal sealed class NftListing
{
    private readonly Dictionary<(string Family, string Table, string Chain, long Handle), string> _rules = [];
    private readonly Dictionary<(string Family, string Table, string Chain), ImmutableArray<string>> _devices = [];

    private readonly List<(string Family, string Name, bool IsDormant)> _tables = [];

    private NftListing()
    {
    }

    /// <summary>All tables.</summary>
    public IReadOnlyList<(string Family, string Name, bool IsDormant)> Tables => _tables;

    /// <summary>The rule of that handle as nftables prints it.</summary>
    public string? Rule(string family, string table, string chain, long handle) => _rules.GetValueOrDefault((family, table, chain, handle));

    /// <summary>Devices of a base chain; empty when it has none or the listing does not show them.</summary>
    public ImmutableArray<string> Devices(string family, string table, string chain) => _devices.GetValueOrDefault((family, table, chain), []);

    /// <summary>Reads a listing; lines that are not understood are left out.</summary>
    public static NftListing Read(string text)
    {
        var listing = new NftListing();
        var (family, table, chain) = ("", "", "");
        var open = new StringBuilder();
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (raw.StartsWith("table ", StringComparison.Ordinal) && line.Split(' ') is ["table", var ofFamily, var ofTable, ..])
            {
                (family, table, chain) = (ofFamily, ofTable, "");
                listing._tables.Add((family, table, false));
            }
            else if (raw.StartsWith("\tflags ", StringComparison.Ordinal) && line.Contains("dormant", StringComparison.Ordinal) && listing._tables.Count > 0)
            {
                listing._tables[^1] = listing._tables[^1] with { IsDormant = true };
            }
            else if (IsBlock(raw, out var kind, out var name))
            {
                chain = kind == "chain" ? name : "";
                open.Clear();
            }
            else if (chain.Length > 0 && line.StartsWith("type ", StringComparison.Ordinal) && open.Length == 0 && line.Contains(" hook ", StringComparison.Ordinal))
            {
                listing._devices[(family, table, chain)] = DevicesOf(line);
            }
            else if (chain.Length > 0 && line is not ("}" or ""))
            {
                listing.AddLine((family, table, chain), open, line);
            }
        }

        return listing;
    }

    /// <summary>A rule ends with its handle; long sets run over several lines.</summary>
    private void AddLine((string Family, string Table, string Chain) at, StringBuilder open, string line)
    {
        open.Append(open.Length > 0 ? " " : "").Append(line);
        var text = open.ToString();
        var mark = text.LastIndexOf(" # handle ", StringComparison.Ordinal);
        if (mark >= 0 && long.TryParse(text.AsSpan(mark + 10), NumberStyles.None, CultureInfo.InvariantCulture, out var handle))
        {
            _rules[(at.Family, at.Table, at.Chain, handle)] = text[..mark];
            open.Clear();
        }
    }

    private static bool IsBlock(string raw, out string kind, out string name)
    {
        kind = name = "";
        if (raw.Length < 3 || raw[0] != '\t' || raw[1] == '\t' || raw.Split(' ') is not [var first, var second, "{", ..])
        {
            return false;
        }

        (kind, name) = (first.Trim(), second);
        return true;
    }

    /// <summary><c>device "eth0"</c> or <c>devices = { "eth0", "eth1" }</c>.</summary>
    private static ImmutableArray<string> DevicesOf(string line)
    {
        var start = line.IndexOf(" device", StringComparison.Ordinal);
        var end = line.IndexOf(" priority", StringComparison.Ordinal);
        if (start < 0 || end < start)
        {
            return [];
        }

        var names = line[start..end].Split([' ', ',', '{', '}', '=', '"'], StringSplitOptions.RemoveEmptyEntries);
        return [.. names.Where(word => word is not ("device" or "devices"))];
    }
}
