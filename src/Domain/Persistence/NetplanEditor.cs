using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>Edits netplan's YAML in block style.</summary>
internal sealed partial class NetplanEditor(ImmutableArray<ConfigurationFile> files)
{
    private static readonly ImmutableArray<string> s_nics = ["ethernets", "bonds", "vlans", "wifis", "tunnels", "dummy-devices", "virtual-ethernets", "modems", "vrfs"];

    // What says which address a host has and where its way out is.
    private static readonly ImmutableArray<string> s_addressing =
        ["addresses", "gateway4", "gateway6", "routes", "nameservers", "dhcp4", "dhcp6", "dhcp4-overrides", "dhcp6-overrides", "dhcp-identifier", "accept-ra", "routing-policy", "link-local", "ipv6-privacy"];

    private readonly List<NetplanText> _texts = [.. files.Select(file => new NetplanText(file))];

    public EditOutcome Edit(KeptChange change) => change switch
    {
        KeptChange.LinkUp c => LinkUp(c),
        KeptChange.BridgePort c => BridgePort(c),
        KeptChange.SpanningTreeOff c => Parameter(c.Bridge, "stp", "false"),
        KeptChange.ForwardDelay c => Parameter(c.Bridge, "forward-delay", c.Seconds.ToString(CultureInfo.InvariantCulture)),
        KeptChange.AddressOnBridge c => MoveAddress(c),
        _ => throw new NotEditableException("netplan has no word for it"),
    };

    /// <summary>Whatever netplan lists it sets up.</summary>
    private EditOutcome LinkUp(KeptChange.LinkUp change)
    {
        if (Device(change.Link) is var (there, key))
        {
            return there.Below(key).FirstOrDefault(child => child.Name == "activation-mode").Key is { } mode
                ? throw new NotEditableException($"{there.Path}:{mode.Line + 1} keeps {change.Link} from being set up (activation-mode: {mode.Inline})")
                : new EditOutcome.Already(there.Path);
        }

        var text = Bridge(change.Bridge).Text;
        List(text, change.Link);
        return Done(text);
    }

    private EditOutcome BridgePort(KeptChange.BridgePort change)
    {
        var (text, bridge) = Bridge(change.Bridge);
        if (text.Below(bridge).FirstOrDefault(child => child.Name == "interfaces").Key is not { } ports)
        {
            text.AddBelow(bridge, $"interfaces: [{change.Link}]");
        }
        else if (Ports(text, ports).Contains(change.Link))
        {
            return new EditOutcome.Already(text.Path);
        }
        else if (ports.Inline.Length > 0)
        {
            AddInline(text, ports, change.Link);
        }
        else
        {
            var last = text.Line(ports.Last);
            text.Insert(ports.Last + 1, $"{last[..(last.IndexOf('-', StringComparison.Ordinal) + 1)]} {change.Link}");
        }

        if (Device(change.Link) is var (there, key))
        {
            return there.Below(key).Any(child => s_addressing.Contains(child.Name) && ConfigText.Switch(child.Key.Inline) != false)
                ? throw new NotEditableException($"{there.Path}:{key.Line + 1} gives {change.Link} an address, which would be dead on a port")
                : Done(text);
        }

        List(text, change.Link);
        return Done(text);
    }

    private EditOutcome Parameter(string bridge, string name, string value)
    {
        var (text, key) = Bridge(bridge);
        if (text.Below(key).FirstOrDefault(child => child.Name == "parameters").Key is not { } parameters)
        {
            text.AddBelow(key, "parameters:");
            parameters = text.Find("network", "bridges", bridge, "parameters") ?? throw new NotEditableException($"{text.Path} has no place for parameters of {bridge}");
            text.AddBelow(parameters, $"{name}: {value}");
            return Done(text);
        }

        if (parameters.Inline.Length > 0 && parameters.Inline is not ("{}" or "{ }"))
        {
            throw new NotEditableException($"{text.Path}:{parameters.Line + 1} has the parameters of {bridge} on one line");
        }

        var has = text.Below(parameters).FirstOrDefault(child => child.Name == name).Key?.Inline;
        if (has is not null && (has == value || (value == "false" && ConfigText.Switch(has) == false)))
        {
            return new EditOutcome.Already(text.Path);
        }

        text.Set(parameters, name, value);
        return Done(text);
    }

    private EditOutcome MoveAddress(KeptChange.AddressOnBridge change)
    {
        var (text, bridge) = Bridge(change.Bridge);
        var has = text.Below(bridge).FirstOrDefault(child => IsAddress(child));
        if (Device(change.Link) is not var (other, nic) || !other.Below(nic).Any(IsAddress))
        {
            return has.Key is not null
                ? new EditOutcome.Already(text.Path)
                : throw new NotEditableException($"no file gives {change.Link} the address that {change.Bridge} has now", $"find out what gives {change.Link} its address at boot");
        }

        if (has.Key is not null)
        {
            throw new NotEditableException($"{text.Path}:{has.Key.Line + 1} gives {change.Bridge} an address of its own");
        }

        if (other != text)
        {
            throw new NotEditableException($"{change.Link} stands in {other.Path} and {change.Bridge} in {text.Path}, and two files cannot be exchanged in one moment");
        }

        if (nic.Inline.Length > 0 || bridge.Inline.Length > 0)
        {
            throw new NotEditableException($"{text.Path} has {change.Link} or {change.Bridge} on one line");
        }

        Move(text, change, nic.Line);
        return Done(text);
    }

    /// <summary>Takes the addressing keys from the port and puts them at the end of the bridge. Where the bridge had a <c>dhcp4: false</c> of its own, the moved one takes its place.</summary>
    private static void Move(NetplanText text, KeptChange.AddressOnBridge change, int nicLine)
    {
        var from = Again(text, nicLine);
        var moved = text.Below(from).Where(child => s_addressing.Contains(child.Name)).ToArray();
        var indent = moved[0].Key.Indent;
        var cut = moved.Reverse().Select(child => text.Cut(child.Key.Line, child.Key.Last)).Reverse().SelectMany(lines => lines).ToArray();
        from = Again(text, nicLine);
        if (!text.Below(from).Any())
        {
            text.Replace(nicLine, text.Line(nicLine).TrimEnd() is var line && line.EndsWith(':') ? line + " {}" : throw new NotEditableException($"{text.Path}:{nicLine + 1} has a comment where the empty mapping has to stand"));
        }

        NetplanKey Bridge() => text.Find("network", "bridges", change.Bridge) ?? throw new NotEditableException($"{change.Bridge} was lost");
        foreach (var stale in text.Below(Bridge()).Where(child => s_addressing.Contains(child.Name)).Reverse().ToArray())
        {
            text.Cut(stale.Key.Line, stale.Key.Last);
        }

        var to = Bridge();
        var blanks = text.IndentBelow(to);
        text.Insert(to.Last + 1, [.. cut.Select(line => line.Length >= indent ? blanks + line[indent..] : line)]);
    }

    private static NetplanKey Again(NetplanText text, int line)
        => s_nics.Select(kind => text.Find("network", kind)).OfType<NetplanKey>().SelectMany(kind => text.Below(kind)).Select(child => child.Key).First(key => key.Line == line);

    private static bool IsAddress((string Name, NetplanKey Key) child)
        => s_addressing.Contains(child.Name) && child.Name is "addresses" or "gateway4" or "routes" or "dhcp4" && ConfigText.Switch(child.Key.Inline) != false && child.Key.Inline != "[]";

    /// <summary>Names a NIC, which is enough for netplan to set it up.</summary>
    private static void List(NetplanText text, string link)
    {
        if (text.Find("network", "ethernets") is { } ethernets)
        {
            text.AddBelow(ethernets, $"{link}: {{}}");
            return;
        }

        var bridges = text.Find("network", "bridges") ?? throw new NotEditableException($"{text.Path} has no bridges");
        var blanks = new string(' ', bridges.Indent);
        text.Insert(bridges.Line, $"{blanks}ethernets:", $"{text.IndentBelow(bridges)}{link}: {{}}");
    }

    private static IEnumerable<string> Ports(NetplanText text, NetplanKey ports)
        => ports.Inline.Length > 0
            ? ports.Inline.Trim('[', ']').Split(',').Select(Bare)
            : Enumerable.Range(ports.Line + 1, ports.Last - ports.Line).Select(text.Line).Where(line => line.TrimStart().StartsWith('-')).Select(line => Bare(line.TrimStart()[1..].Split(" #")[0]));

    private static string Bare(string item) => item.Trim().Trim('"', '\'');

    private static void AddInline(NetplanText text, NetplanKey ports, string link)
    {
        var line = text.Line(ports.Line);
        var match = InlineList().Match(line);
        if (!match.Success)
        {
            throw new NotEditableException($"{text.Path}:{ports.Line + 1} is no list on one line");
        }

        var items = match.Groups["items"];
        text.Replace(ports.Line, line[..(items.Index + items.Length)] + (items.Length == 0 ? link : $", {link}") + line[(items.Index + items.Length)..]);
    }

    private (NetplanText Text, NetplanKey Key) Bridge(string name)
    {
        var all = _texts.Select(text => (text, Key: text.Find("network", "bridges", name))).Where(pair => pair.Key is not null).ToArray();
        return all.Length == 1 && all[0].Key is { } key
            ? (all[0].text, key)
            : throw new NotEditableException(all.Length == 0 ? $"no netplan file defines {name}" : $"several netplan files define {name}");
    }

    /// <summary>Where a NIC is listed by its name. One that may be meant by a match is refused.</summary>
    private (NetplanText Text, NetplanKey Key)? Device(string link)
    {
        var all = (from text in _texts
                   from kind in s_nics
                   let section = text.Find("network", kind)
                   where section is not null
                   from child in text.Below(section)
                   select (text, child.Name, child.Key)).ToArray();
        var named = all.Where(one => one.Name == link).ToArray();
        if (named.Length > 1 || all.FirstOrDefault(one => one.text.Below(one.Key).Any(child => child.Name is "match" or "set-name")) is { text: not null } matched && named.Length == 0)
        {
            throw new NotEditableException(named.Length > 1 ? $"{link} is defined in several places" : $"netplan finds its NICs by match, and which of them {link} is cannot be told from the files");
        }

        return named.Length == 1 ? (named[0].text, named[0].Key) : null;
    }

    private static EditOutcome.Edited Done(NetplanText text) => new(NetplanFiles.Manager, [new(text.Path, text.Old, text.New, FileCheck.None)]);

    [GeneratedRegex(@":\s*\[\s*(?<items>[^\[\]{}#]*?)\s*\](?:\s+#.*)?\s*$", RegexOptions.None, 1000)]
    private static partial Regex InlineList();
}
