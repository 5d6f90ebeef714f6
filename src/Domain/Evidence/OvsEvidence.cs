using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.ovs: bridges, ports, controllers and flows of Open vSwitch.</summary>
public static partial class OvsEvidence
{
    // --dry-run because ovs-vsctl would otherwise create the root row in a database that has none.
    private const string Script = """
        sock=
        for f in /run/openvswitch/db.sock /var/run/openvswitch/db.sock; do [ -S "$f" ] && sock=$f && break; done
        [ -n "$sock" ] || { absent 'no Open vSwitch socket'; return; }
        [ -w "$sock" ] || { missing 'the Open vSwitch database needs root'; return; }
        part tables ovs-vsctl --no-wait --dry-run --timeout=4 -f json -- --columns=name,ports,fail_mode,controller list Bridge -- --columns=_uuid,name,tag,trunks,vlan_mode,interfaces list Port -- --columns=_uuid,target,is_connected list Controller -- --columns=_uuid,name,type,error list Interface
        for b in $(limit ovs-vsctl --no-wait --dry-run --timeout=4 list-br 2>/dev/null); do
            part "flows $b" sh -c 'ovs-ofctl --timeout=4 dump-flows "$1" | head -n 2000' sh "$b"
            part "fdb $b" sh -c 'ovs-appctl --timeout=4 fdb/show "$1" | head -n 20000' sh "$b"
        done
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<OvsFacts> Source { get; } = new("e.ovs", Privilege.RootIfPossible, Script, Parse);

    private static FactReading<OvsFacts> Parse(SectionOutput section)
    {
        if (!SectionProblem.TryText(section, "tables", out var text, out var reason))
        {
            return new FactReading<OvsFacts>.Missing(reason);
        }

        // One line of JSON per table, in the order asked for.
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 4)
        {
            return new FactReading<OvsFacts>.Missing("ovs-vsctl printed less than the four tables asked for");
        }

        var interfaces = ById(lines[3], row => row);
        var ports = ById(lines[1], row => ReadPort(row, interfaces));
        var controllers = ById(lines[2], row => new OvsController(Texts(row, "target").FirstOrDefault() ?? "", Flag(row, "is_connected")));
        var bridges = from row in ReadTable(lines[0])
                      let name = Texts(row, "name").FirstOrDefault()
                      where name is not null
                      let flows = ReadFlows(section.Part($"flows {name}"))
                      select new OvsBridge(
                          name,
                          Texts(row, "fail_mode").FirstOrDefault(),
                          [.. Ids(row, "ports").Where(ports.ContainsKey).Select(id => ports[id])],
                          [.. Ids(row, "controller").Where(controllers.ContainsKey).Select(id => controllers[id])])
                      {
                          Flows = flows?.Length,
                          HasNormalFlow = flows?.Any(flow => NormalAction().IsMatch(flow)),
                          Learned = ReadLearned(section.Part($"fdb {name}")),
                      };
        return new FactReading<OvsFacts>.Known(new([.. bridges]));
    }

    private static OvsPort ReadPort(Dictionary<string, JsonElement> row, Dictionary<string, Dictionary<string, JsonElement>> interfaces)
    {
        var own = Ids(row, "interfaces").Where(interfaces.ContainsKey).Select(id => interfaces[id]).ToArray();
        return new(
            Texts(row, "name").FirstOrDefault() ?? "",
            Numbers(row, "tag").Select(tag => (int?)tag).FirstOrDefault(),
            [.. Numbers(row, "trunks")],
            Texts(row, "vlan_mode").FirstOrDefault(),
            [.. own.SelectMany(link => Texts(link, "name"))],
            own.SelectMany(link => Texts(link, "error")).FirstOrDefault());
    }

    private static IEnumerable<Dictionary<string, JsonElement>> ReadTable(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement.Clone();
        var headings = root.Texts("headings").ToArray();
        return from row in root.Items("data")
               where row.ValueKind == JsonValueKind.Array && row.GetArrayLength() == headings.Length
               select new Dictionary<string, JsonElement>(headings.Zip(row.EnumerateArray()).DistinctBy(cell => cell.First).Select(cell => KeyValuePair.Create(cell.First, cell.Second)));
    }

    private static Dictionary<string, T> ById<T>(string line, Func<Dictionary<string, JsonElement>, T> read)
    {
        var rows = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var row in ReadTable(line))
        {
            rows[Ids(row, "_uuid").FirstOrDefault() ?? ""] = read(row);
        }

        return rows;
    }

    // A cell is an atom or ["set",[atom...]]; an atom is a scalar or ["uuid","..."].
    private static JsonElement[] Atoms(Dictionary<string, JsonElement> row, string column)
    {
        if (!row.TryGetValue(column, out var cell))
        {
            return [];
        }

        return cell.ValueKind == JsonValueKind.Array && cell.GetArrayLength() == 2 && cell[0].ValueKind == JsonValueKind.String && cell[0].GetString() == "set"
            ? [.. cell[1].EnumerateArray()]
            : [cell];
    }

    private static IEnumerable<string> Texts(Dictionary<string, JsonElement> row, string column)
        => from atom in Atoms(row, column) where atom.ValueKind == JsonValueKind.String && atom.GetString()!.Length > 0 select atom.GetString()!; // a string by the condition

    private static IEnumerable<int> Numbers(Dictionary<string, JsonElement> row, string column)
        => from atom in Atoms(row, column) where atom.ValueKind == JsonValueKind.Number && atom.TryGetInt32(out _) select atom.GetInt32();

    private static bool? Flag(Dictionary<string, JsonElement> row, string column)
        => Atoms(row, column).Select(atom => atom.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => (bool?)null }).FirstOrDefault();

    private static IEnumerable<string> Ids(Dictionary<string, JsonElement> row, string column)
        => from atom in Atoms(row, column) where atom.ValueKind == JsonValueKind.Array && atom.GetArrayLength() == 2 select atom[1].ToString();

    // Without the reply line the bridge did not answer, and "no flows" would be a guess.
    private static string[]? ReadFlows(PartOutput? part)
        => part is { End: PartEnd.Exited } && part.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } lines && lines[0].Contains("reply", StringComparison.Ordinal)
            ? lines[1..]
            : null;

    private static ImmutableArray<OvsLearned> ReadLearned(PartOutput? part)
        => [.. from line in (part?.Text ?? "").Split('\n').Skip(1)
               let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where words.Length >= 4 && int.TryParse(words[1], out _) && IpText.Mac(words[2]) is not null
               select new OvsLearned(words[0], int.Parse(words[1]), words[2].ToLowerInvariant())];

    [GeneratedRegex(@"\bactions=(?:.*,)?NORMAL\b", RegexOptions.None, 1000)]
    private static partial Regex NormalAction();
}

/// <summary>Open vSwitch as its database and bridges describe it.</summary>
/// <param name="Bridges">In the order of the database.</param>
public sealed record OvsFacts(ImmutableArray<OvsBridge> Bridges)
{
    /// <summary>The bridge that has an interface of that name, or <see langword="null"/>.</summary>
    public OvsBridge? BridgeOf(string link) => Bridges.FirstOrDefault(bridge => bridge.Ports.Any(port => port.Name == link || port.Interfaces.Contains(link)));
}

/// <summary>An Open vSwitch bridge.</summary>
/// <param name="Name">Bridge name.</param>
/// <param name="FailMode"><c>secure</c>, <c>standalone</c> or <see langword="null"/> for unset, which acts as standalone.</param>
/// <param name="Ports">Its ports, the internal one of its own name included.</param>
/// <param name="Controllers">Empty when it has none.</param>
public sealed record OvsBridge(string Name, string? FailMode, ImmutableArray<OvsPort> Ports, ImmutableArray<OvsController> Controllers)
{
    /// <summary>Number of flows, counted up to 2000; <see langword="null"/> when the bridge did not answer.</summary>
    public int? Flows { get; init; }

    /// <summary>Whether one of them hands frames to ordinary learning; <see langword="null"/> when the bridge did not answer.</summary>
    public bool? HasNormalFlow { get; init; }

    /// <summary>Learned addresses.</summary>
    public ImmutableArray<OvsLearned> Learned { get; init; } = [];
}

/// <summary>A port of an Open vSwitch bridge.</summary>
/// <param name="Name">Port name.</param>
/// <param name="Tag">VLAN of an access port.</param>
/// <param name="Trunks">VLANs of a trunk port; empty means all.</param>
/// <param name="VlanMode"><c>access</c>, <c>trunk</c>, <c>native-untagged</c>...; <see langword="null"/> for unset.</param>
/// <param name="Interfaces">Interfaces it consists of: one, or several for a bond.</param>
/// <param name="Error">Why an interface could not be opened.</param>
public sealed record OvsPort(string Name, int? Tag, ImmutableArray<int> Trunks, string? VlanMode, ImmutableArray<string> Interfaces, string? Error);

/// <summary>A controller of a bridge.</summary>
/// <param name="Target">For example <c>tcp:192.0.2.1:6653</c>.</param>
/// <param name="IsConnected"><see langword="null"/> when the database does not say.</param>
public sealed record OvsController(string Target, bool? IsConnected);

/// <summary>A learned address.</summary>
/// <param name="Port">OpenFlow port number or <c>LOCAL</c>.</param>
/// <param name="Vlan">0 for untagged.</param>
/// <param name="Mac">In lower case.</param>
public sealed record OvsLearned(string Port, int Vlan, string Mac);
