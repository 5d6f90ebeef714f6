using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>Edits files of interfaces(5) with the options of bridge-utils-interfaces(5).</summary>
internal sealed class IfupdownEditor(ImmutableArray<ConfigurationFile> files)
{
    // What says which address a host has and where its way out is; all else stays with the interface it was written for.
    private static readonly ImmutableHashSet<string> s_addressing =
        ["address", "netmask", "broadcast", "network", "gateway", "metric", "pointopoint", "scope", "dns-nameservers", "dns-nameserver", "dns-search", "dns-domain", "hostname", "client", "leasetime"];

    private static readonly SearchValues<char> s_pattern = SearchValues.Create("*?[{$#");

    private readonly List<IfupdownText> _texts = [.. files.Select(file => new IfupdownText(file))];

    public EditOutcome Edit(KeptChange change) => change switch
    {
        KeptChange.LinkUp c => LinkUp(c),
        KeptChange.BridgePort c => BridgePort(c),
        KeptChange.SpanningTreeOff c => Settings(c.Bridge, ("bridge_stp", "off"), ("bridge_fd", "0")),
        KeptChange.ForwardDelay c => Settings(c.Bridge, ("bridge_fd", c.Seconds.ToString(CultureInfo.InvariantCulture))),
        KeptChange.AddressOnBridge c => MoveAddress(c),
        _ => throw new NotEditableException("ifupdown has no word for it"),
    };

    private EditOutcome LinkUp(KeptChange.LinkUp change)
    {
        var own = Interfaces(change.Link);
        if (IsStarted(change.Link) && own.Count > 0)
        {
            return new EditOutcome.Already(own[0].Text.Path);
        }

        if (own.Count > 0)
        {
            var (text, stanza) = own[0];
            text.Insert(stanza.Line, $"auto {change.Link}");
            return Done(text);
        }

        // It stands beside its bridge, so that who looks for one finds the other.
        var bridge = One(change.Bridge).Text;
        bridge.Append(IsStarted(change.Link) ? [$"iface {change.Link} inet manual"] : [$"auto {change.Link}", $"iface {change.Link} inet manual"]);
        return Done(bridge);
    }

    private EditOutcome BridgePort(KeptChange.BridgePort change)
    {
        var (text, stanza) = One(change.Bridge);
        if (stanza.Options.Where(option => option.Key == "bridge-ports").ToArray() is not { Length: > 0 } ports)
        {
            // Without the option ifup makes no bridge: it is made elsewhere, or the stanza is for something else.
            throw new NotEditableException($"{text.Path}:{stanza.Line + 1} makes no bridge of {change.Bridge} (it has no bridge_ports)");
        }

        if (ports.Length > 1)
        {
            throw new NotEditableException($"{text.Path} has several lines bridge_ports for {change.Bridge}");
        }

        var words = ports[0].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Contains(change.Link))
        {
            return new EditOutcome.Already(text.Path);
        }

        if (words.Any(word => word is "all" or "regex" or "noregex" or "glob" || word.AsSpan().ContainsAny(s_pattern)))
        {
            throw new NotEditableException($"{text.Path}:{ports[0].Line + 1} gives the ports of {change.Bridge} by a pattern");
        }

        var line = text.Line(ports[0].Line).TrimEnd();
        var isNone = words is ["none"] or [];
        text.Replace(ports[0].Line, isNone ? $"{line[..(line.Length - (words.Length == 0 ? 0 : 4))].TrimEnd()} {change.Link}" : $"{line} {change.Link}");
        return Done(text);
    }

    private EditOutcome Settings(string bridge, params ReadOnlySpan<(string Key, string Value)> settings)
    {
        var text = One(bridge).Text;
        foreach (var (key, value) in settings)
        {
            Set(text, bridge, key, value);
        }

        return text.New == text.Old ? new EditOutcome.Already(text.Path) : Done(text);
    }

    private void Set(IfupdownText text, string bridge, string key, string value)
    {
        var stanza = One(bridge).Stanza;
        var name = key.Replace('_', '-');
        var same = stanza.Options.Where(option => option.Key == name).ToArray();
        if (same.Length > 1)
        {
            throw new NotEditableException($"{text.Path} has several lines {key} for {bridge}");
        }

        if (same.Length == 1)
        {
            var line = text.Line(same[0].Line);
            var isRight = same[0].Value == value || (value == "off" && ConfigText.Switch(same[0].Value) == false);
            if (!isRight)
            {
                text.Replace(same[0].Line, IfupdownText.Blanks(line) + same[0].Written + line.TrimStart()[same[0].Written.Length..].Replace(same[0].Value, value, StringComparison.Ordinal));
            }

            return;
        }

        // In the spelling of its neighbours, below the last of them.
        var neighbour = stanza.Options.LastOrDefault(option => option.Key.StartsWith("bridge-", StringComparison.Ordinal));
        text.Insert(
            (neighbour?.Line ?? stanza.Line) + 1, $"{text.Indent(stanza)}{(neighbour?.Written.Contains('-', StringComparison.Ordinal) == true ? name : key)} {value}");
    }

    private EditOutcome MoveAddress(KeptChange.AddressOnBridge change)
    {
        var from = Inet(change.Link);
        var to = Inet(change.Bridge);
        if (to.Stanza.Method is "static" or "dhcp" && from.Stanza.Method is "manual")
        {
            return new EditOutcome.Already(to.Text.Path);
        }

        if (from.Stanza.Method is not ("static" or "dhcp"))
        {
            throw new NotEditableException($"no file gives {change.Link} the address that {change.Bridge} has now", $"find out what gives {change.Link} its address at boot");
        }

        if (to.Stanza.Method != "manual" || to.Stanza.Options.Any(option => s_addressing.Contains(option.Key)))
        {
            throw new NotEditableException($"{to.Text.Path} gives {change.Bridge} an address of its own ({to.Stanza.Method})");
        }

        if (from.Text != to.Text)
        {
            throw new NotEditableException($"{change.Link} stands in {from.Text.Path} and {change.Bridge} in {to.Text.Path}, and two files cannot be exchanged in one moment");
        }

        if (from.Stanza.Options.FirstOrDefault(option => option.Key is "up" or "down" or "pre-up" or "post-up" or "pre-down" or "post-down") is { } command)
        {
            throw new NotEditableException($"{from.Text.Path}:{command.Line + 1} runs a command with {change.Link}, which may need its address");
        }

        Move(from.Text, change);
        return Done(from.Text);
    }

    private void Move(IfupdownText text, KeptChange.AddressOnBridge change)
    {
        var from = Inet(change.Link).Stanza;
        var method = from.Method;
        var moved = from.Options.Where(option => s_addressing.Contains(option.Key)).ToArray();
        var lines = moved.Select(option => text.Line(option.Line)).ToArray();
        SetMethod(text, from, "manual");
        foreach (var option in moved.Reverse())
        {
            text.Remove(option.Line);
        }

        var to = Inet(change.Bridge).Stanza;
        var indent = to.Options.Count == 0 ? null : text.Indent(to);
        SetMethod(text, to, method);
        text.Insert(to.Line + 1, [.. lines.Select(line => (indent ?? IfupdownText.Blanks(line)) + line.TrimStart())]);
    }

    private static void SetMethod(IfupdownText text, IfupdownStanza stanza, string method)
    {
        var line = text.Line(stanza.Line);
        var at = line.LastIndexOf(stanza.Method, StringComparison.Ordinal);
        if (stanza.Words.Length != 4 || at < 0)
        {
            throw new NotEditableException($"{text.Path}:{stanza.Line + 1} is not of the form iface NAME inet METHOD");
        }

        text.Replace(stanza.Line, line[..at] + method + line[(at + stanza.Method.Length)..]);
    }

    private (IfupdownText Text, IfupdownStanza Stanza) Inet(string name)
    {
        var all = Interfaces(name).Where(pair => pair.Stanza.Family == "inet").ToArray();
        return all.Length == 1 ? all[0] : throw new NotEditableException(all.Length == 0 ? $"no file has iface {name} inet" : $"there are several stanzas iface {name} inet");
    }

    /// <summary>The stanza of a bridge that says how it is made: the one with options of bridges, else the first.</summary>
    private (IfupdownText Text, IfupdownStanza Stanza) One(string bridge)
    {
        var all = Interfaces(bridge);
        var making = all.Where(pair => pair.Stanza.Options.Exists(option => option.Key.StartsWith("bridge-", StringComparison.Ordinal))).ToArray();
        return (making.Length, all.Count) switch
        {
            (1, _) => making[0],
            (0, 1) => throw new NotEditableException($"{all[0].Text.Path}:{all[0].Stanza.Line + 1} makes no bridge of {bridge}; it is made by commands or elsewhere"),
            (0, 0) => throw new NotEditableException($"no file has iface {bridge}"),
            _ => throw new NotEditableException($"several stanzas say how {bridge} is made, or none does"),
        };
    }

    private List<(IfupdownText Text, IfupdownStanza Stanza)> Interfaces(string name)
    {
        var all = _texts.SelectMany(text => text.Stanzas.Where(stanza => stanza.IsInterface(name)).Select(stanza => (text, stanza))).ToList();
        return all.Exists(pair => pair.stanza.Words.Contains("inherits")) ? throw new NotEditableException($"the stanza of {name} inherits from another") : all;
    }

    private bool IsStarted(string name)
        => _texts.Exists(text => text.Stanzas.Exists(stanza => stanza.Words[0] is "auto" or "allow-auto" or "allow-hotplug" && stanza.Words[1..].Contains(name)));

    private static EditOutcome.Edited Done(IfupdownText text) => new(IfupdownFiles.Manager, [new(text.Path, text.Old, text.New, FileCheck.None)]);
}
