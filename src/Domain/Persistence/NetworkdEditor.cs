using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>Edits <c>.netdev</c> and <c>.network</c> files of systemd-networkd below <c>/etc</c>.</summary>
internal sealed class NetworkdEditor(ImmutableArray<ConfigurationFile> files)
{
    private const string Folder = "/etc/systemd/network/";

    private readonly ImmutableArray<IniFile> _units = [.. ManagerFiles.Lines(files).Select(IniFile.Read)];

    public EditOutcome Edit(KeptChange change) => change switch
    {
        KeptChange.LinkUp c => LinkUp(c),
        KeptChange.BridgePort c => BridgePort(c),
        KeptChange.SpanningTreeOff c => Setting(c.Bridge, "STP", "no"),
        KeptChange.ForwardDelay c => Setting(c.Bridge, "ForwardDelaySec", c.Seconds.ToString(CultureInfo.InvariantCulture)),
        _ => throw new NotEditableException("an address is moved by hand where systemd-networkd has it"),
    };

    /// <summary>Whatever networkd manages it sets up, unless the file says otherwise.</summary>
    private EditOutcome LinkUp(KeptChange.LinkUp change)
    {
        if (Matching(change.Link) is not { } network)
        {
            return New(change.Link, $"[Match]\nName={change.Link}\n\n[Network]\nBridge={change.Bridge}\n");
        }

        return network.Last("Link", "ActivationPolicy") is not (null or "up" or "always-up")
            ? throw new NotEditableException($"{network.Path} keeps {change.Link} from being set up (ActivationPolicy={network.Last("Link", "ActivationPolicy")})")
            : network.Last("Link", "Unmanaged") is { } unmanaged && ConfigText.Switch(unmanaged) == true
                ? throw new NotEditableException($"{network.Path} leaves {change.Link} unmanaged")
                : new EditOutcome.Already(network.Path);
    }

    private EditOutcome BridgePort(KeptChange.BridgePort change)
    {
        if (Matching(change.Link) is not { } network)
        {
            return New(change.Link, $"[Match]\nName={change.Link}\n\n[Network]\nBridge={change.Bridge}\n");
        }

        if (network.Last("Network", "Bridge") == change.Bridge)
        {
            return new EditOutcome.Already(network.Path);
        }

        if (network.Last("Network", "Bridge") is { } other)
        {
            throw new NotEditableException($"{network.Path} makes {change.Link} a port of {other}");
        }

        if (network.Entries.Any(entry => entry is { Section: "Network", Key: "DHCP" or "Address" or "Gateway" } or { Section: "Address" or "Route" or "DHCPv4" }))
        {
            throw new NotEditableException($"{network.Path} gives {change.Link} an address, which would be dead on a port");
        }

        if (network.Last("Match", "Name") != change.Link)
        {
            throw new NotEditableException($"{network.Path} is about other links too");
        }

        var text = Text(network);
        text.Set("Network", "Bridge", change.Bridge);
        return Done(text);
    }

    private EditOutcome Setting(string bridge, string key, string value)
    {
        var netdevs = _units.Where(unit => unit.Path.EndsWith(".netdev", StringComparison.Ordinal) && unit.Last("NetDev", "Name") == bridge).ToArray();
        if (netdevs.Length != 1)
        {
            throw new NotEditableException(netdevs.Length == 0 ? $"no .netdev file makes {bridge}" : $"several .netdev files make {bridge}");
        }

        RefuseDropIns(netdevs[0]);
        if (netdevs[0].Last("Bridge", key) is { } has && (has == value || (key == "STP" && ConfigText.Switch(has) == false)))
        {
            return new EditOutcome.Already(netdevs[0].Path);
        }

        var text = Text(netdevs[0]);
        text.Set("Bridge", key, value);
        return Done(text);
    }

    /// <summary>The file that networkd takes for a link: the first by name that matches it. One whose match cannot be judged from here is refused.</summary>
    private IniFile? Matching(string link)
    {
        foreach (var network in _units.Where(unit => unit.Path.EndsWith(".network", StringComparison.Ordinal)).OrderBy(unit => unit.Name, StringComparer.Ordinal))
        {
            var names = network.All("Match", "Name").SelectMany(entry => entry.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToArray();
            var isNamed = names.Contains(link);
            var others = network.Entries.Any(entry => entry is { Section: "Match", Key: not "Name" });
            var matches = isNamed || names.Any(name => ConfigText.Matches(ConfigText.Glob(name), link)) || names.Length == 0;
            if (!matches || (network.Path.Contains("/lib/systemd/", StringComparison.Ordinal) && !isNamed))
            {
                // What the distribution ships is for containers and guests, and comes last by its number.
                continue;
            }

            RefuseDropIns(network);
            return isNamed && !others && !names.Any(name => name[0] == '!')
                ? network
                : throw new NotEditableException($"{network.Path} may or may not be about {link}: its [Match] is not a plain name");
        }

        return null;
    }

    private void RefuseDropIns(IniFile unit)
    {
        if (_units.FirstOrDefault(other => other.Path.Contains($"/{unit.Name}.d/", StringComparison.Ordinal)) is { } drop)
        {
            throw new NotEditableException($"{drop.Path} adds to {unit.Path}");
        }
    }

    private EditOutcome.Edited New(string link, string text)
    {
        var path = $"{Folder}10-{link}.network";
        return _units.Any(unit => unit.Path == path)
            ? throw new NotEditableException($"{path} is there already and is about something else")
            : new(NetworkdFiles.Manager, [new(path, null, text, FileCheck.None)]);
    }

    private IniText Text(IniFile unit) => new(files.First(file => file.Path == unit.Path));

    private static EditOutcome.Edited Done(IniText text) => new(NetworkdFiles.Manager, [new(text.Path, text.Old, text.New, FileCheck.None)]);
}
