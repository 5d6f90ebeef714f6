using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>Changes of what was read that must not change the answer, tried on the kept cases.</summary>
public partial class InvarianceTests
{
    // Lists in which the order says nothing; rules and routes are read in order.
    private static readonly ImmutableArray<string> s_unordered = ["e.link", "e.addr", "e.port", "e.fdb", "e.neigh", "e.mdb", "e.vlan"];

    private static readonly ImmutableDictionary<string, string> s_names = new Dictionary<string, string>
    {
        ["eno1"] = "ens18", ["eno2"] = "enp129s0f1np1", ["eno3"] = "eth7", ["br0"] = "br-lan", ["br1"] = "vmbr1", ["vnet0"] = "vnet918", ["vnet1"] = "vnet907",
    }.ToImmutableDictionary();

    // One of each case is enough here; the users see the same host.
    private static readonly ImmutableArray<KeptCase> s_cases = [.. KeptCases.All.Where(kept => kept.Name.EndsWith("@plain.root", StringComparison.Ordinal) || kept.Name.EndsWith("@wide.root", StringComparison.Ordinal))];

    [Fact]
    public void Diagnose_JsonInAnotherOrder_SaysTheSame()
    {
        var random = new Random(1);
        AssertSame(kept => (Changed(kept.Snapshot(), (section, part) => Json(part) is { } json ? Bytes(Shuffled(json, s_unordered.Contains(section), random)) : part.Stdout), kept.Host), line => line);
    }

    [Fact]
    public void Diagnose_OtherNamesOfInterfaces_SaysTheSameOfThem()
        => AssertSame(
            kept => (
                Changed(kept.Snapshot(), (_, part) => Encoding.UTF8.GetBytes(Renamed(Encoding.UTF8.GetString(part.Stdout.Span))), Renamed),
                kept.Host with
                {
                    Bridges = [.. kept.Host.Bridges.Select(Renamed)],
                    Uplinks = kept.Host.Uplinks.ToImmutableSortedDictionary(pair => Renamed(pair.Key), pair => Renamed(pair.Value)),
                }),
            Renamed);

    [Fact]
    public void Diagnose_LinksAndRulesThatConcernNobody_SaysTheSame()
        => AssertSame(kept => (Changed(kept.Snapshot(), AddStrangers), kept.Host), line => line);

    // What a rule declares optional: only where a DHCP server listens on this host do a macvtap's isolation and a firewall's INPUT chain matter to guests, without files there is nothing to drift from, and only the host's own neighbours tell which IPv6 addresses guests use.
    private static readonly ImmutableArray<(string Case, string Row)> s_optional = [("bridge.macvtap-isolation", "e.sock"), ("nf.host-dhcp-blocked", "e.sock"), ("host.config-drift", "e.cfg"), ("bridge.multicast-snooping", "e.neigh")];

    // Probes and the second read are extras: what was not run is not missing.
    private static bool IsExtra(string name, string row)
        => row.StartsWith("p.", StringComparison.Ordinal) || row.StartsWith(HostView.AgainPrefix, StringComparison.Ordinal) || s_optional.Any(pair => name.StartsWith(pair.Case, StringComparison.Ordinal) && row == pair.Row);

    [Fact]
    public void Diagnose_AnyRowTaken_NeverTurnsToHealthyNorFromHealthyToFault()
    {
        var wrong =
            from kept in s_cases
            where kept.Kind != "double" && kept.Name.Contains("@plain", StringComparison.Ordinal)
            let snapshot = kept.Snapshot()
            from section in snapshot.Sections.Keys
            where !IsExtra(kept.Name, section)
            let diagnosis = Diagnostician.Diagnose(snapshot with { Sections = snapshot.Sections.Remove(section) }, kept.Host, DiagnosisFocus.WholeHost)
            where (diagnosis.Verdict == OverallVerdict.Healthy) != (kept.Verdict == "healthy") && (kept.Verdict != "healthy" || diagnosis.Verdict == OverallVerdict.Fault)
            select $"{kept.Name} without {section}: {diagnosis.Verdict} {string.Join(", ", KeptCase.Lines(diagnosis))}";

        KeptCases.AssertNone(wrong);
    }

    private static void AssertSame(Func<KeptCase, (HostSnapshot Snapshot, HostEntry Host)> change, Func<string, string> told)
    {
        Assert.NotEmpty(s_cases);
        var wrong =
            from kept in s_cases
            let changed = change(kept)
            let diagnosis = Diagnostician.Diagnose(changed.Snapshot, changed.Host, DiagnosisFocus.WholeHost)
            let lines = KeptCase.Lines(diagnosis).Order().ToArray()
            where !string.Equals(diagnosis.Verdict.ToString(), kept.Verdict, StringComparison.OrdinalIgnoreCase) || !lines.SequenceEqual(kept.Findings.Select(told).Order())
            select $"{kept.Name}: {diagnosis.Verdict} {string.Join(", ", lines)}; was {kept.Verdict} {string.Join(", ", kept.Findings)}";

        KeptCases.AssertNone(wrong);
    }

    private static HostSnapshot Changed(HostSnapshot snapshot, Func<string, PartOutput, ReadOnlyMemory<byte>> change, Func<string, string>? name = null)
        => snapshot with
        {
            Sections = snapshot.Sections.ToImmutableSortedDictionary(
                pair => pair.Key, pair => pair.Value with { Parts = [.. pair.Value.Parts.Select(part => part with { Name = name?.Invoke(part.Name) ?? part.Name, Stdout = change(pair.Key, part) })] }),
        };

    private static JsonNode? Json(PartOutput part)
    {
        if (part.Stdout.Length == 0 || part.Stdout.Span[0] is not ((byte)'[' or (byte)'{'))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(part.Stdout.Span);
        }
        catch (JsonException)
        {
            // Some rows are lines of JSON, or text that begins like it.
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    /// <summary>Members of objects in any order; the top list too, where its order says nothing.</summary>
    private static JsonNode Shuffled(JsonNode json, bool unordered, Random random) => json switch
    {
        JsonObject map => new JsonObject(Mixed(map, random).Select(pair => KeyValuePair.Create(pair.Key, pair.Value is null ? null : Shuffled(pair.Value, false, random)))),
        JsonArray list => new JsonArray([.. (unordered ? Mixed(list, random) : [.. list]).Select(item => item is null ? null : Shuffled(item, false, random))]),
        var value => value.DeepClone(),
    };

    private static T[] Mixed<T>(IEnumerable<T> items, Random random)
    {
        var mixed = items.ToArray();
        random.Shuffle(mixed);
        return mixed;
    }

    private static string Renamed(string text) => InterfaceNames().Replace(text, match => s_names.GetValueOrDefault(match.Value, match.Value));

    private static ReadOnlyMemory<byte> AddStrangers(string section, PartOutput part)
    {
        if (section == "e.link" && Json(part) is JsonArray links)
        {
            links.Add(JsonNode.Parse("""{"ifindex":901,"ifname":"dummy7","flags":["BROADCAST","NOARP","UP","LOWER_UP"],"mtu":1500,"operstate":"UNKNOWN","link_type":"ether","address":"02:cb:00:00:09:01","linkinfo":{"info_kind":"dummy"}}"""));
            links.Add(JsonNode.Parse("""{"ifindex":902,"ifname":"wg0","flags":["POINTOPOINT","NOARP","UP","LOWER_UP"],"mtu":1420,"operstate":"UNKNOWN","link_type":"none","linkinfo":{"info_kind":"wireguard"}}"""));
            return Bytes(links);
        }

        if (section == "e.nft" && part.Name == "json" && Json(part)?["nftables"] is JsonArray rules)
        {
            rules.Add(JsonNode.Parse("""{"table":{"family":"inet","name":"strangers","handle":901}}"""));
            rules.Add(JsonNode.Parse("""{"chain":{"family":"inet","table":"strangers","name":"in","handle":1,"type":"filter","hook":"input","prio":5,"policy":"accept"}}"""));
            rules.Add(JsonNode.Parse("""{"rule":{"family":"inet","table":"strangers","chain":"in","handle":2,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":9}},{"drop":null}]}}"""));
            return Bytes(new JsonObject { ["nftables"] = rules.DeepClone() });
        }

        return section == "e.nft" && part.Name == "text"
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(part.Stdout.Span)
                + "table inet strangers { # handle 901\n\tchain in { # handle 1\n\t\ttype filter hook input priority 5; policy accept;\n\t\ttcp dport 9 drop # handle 2\n\t}\n}\n")
            : part.Stdout;
    }

    [GeneratedRegex(@"(?<![\w.-])(eno[123]|br[01]|vnet[01])(?![\w-])")]
    private static partial Regex InterfaceNames();
}
