using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>Reads the hosts of one inventory and knows the names that were taken.</summary>
internal sealed class HostReading(FaultList faults)
{
    private static readonly string[] s_keys = ["name", "address", "port", "user", "tags", "bridges", "uplinks", "ssh"];

    // The names of the Ssh section of the settings; written in any case, as there.
    private static readonly string[] s_sshKeys = ["IdentityFile", "KnownHostsFile", "ConfigFile", "Sudo", "ConnectTimeout", "CommandTimeout"];

    private readonly Dictionary<string, int> _lineOfName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The host of one list item, or <see langword="null"/> when it is at fault.</summary>
    public HostEntry? Read(YamlNode item)
    {
        if (item is not YamlMap map)
        {
            faults.Add(item, $"a host has to be a mapping, this is {item.Kind}", "write - { name: host42, address: 10.42.0.2 }");
            return null;
        }

        var fields = new FieldReader(map, "a host", s_keys, faults);
        var name = fields.RequiredText("name", Words.Name, "name: host42");
        var address = fields.RequiredText("address", Words.Address, "address: with the DNS name, IP address or ssh_config alias to connect to");
        if (name is not null && !_lineOfName.TryAdd(name.Text, name.Line))
        {
            faults.Add(name, $"the host {name.Text} is listed a second time (first in line {_lineOfName[name.Text]})", "give it another name or remove it");
        }

        var bridges = fields.Texts("bridges", Words.Link);
        var entry = new HostEntry
        {
            Name = name?.Text ?? "",
            Address = address?.Text ?? "",
            Port = ReadPort(fields),
            User = fields.Text("user", Words.User)?.Text,
            Tags = [.. fields.Texts("tags", Words.Name).Select(tag => tag.Text)],
            Bridges = [.. bridges.Select(bridge => bridge.Text)],
            Uplinks = ReadUplinks(fields, bridges),
            Ssh = ReadSsh(fields),
        };
        return name is null || address is null ? null : entry;
    }

    private static int? ReadPort(FieldReader fields)
    {
        var port = fields.Text("port", text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535
            ? null
            : ($"{Shown.Quote(text)} is not a TCP port", "write a number from 1 to 65535"));
        return port is null ? null : int.Parse(port.Text, CultureInfo.InvariantCulture);
    }

    private ImmutableSortedDictionary<string, string> ReadUplinks(FieldReader fields, List<YamlScalar> bridges)
    {
        var uplinks = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var node = fields.Find("uplinks");
        if (node is not YamlMap map)
        {
            if (node is not null)
            {
                faults.Add(node, $"uplinks has to be a mapping of bridge to port, this is {node.Kind}", "write uplinks: { br0: eno2 }");
            }

            return uplinks.ToImmutable();
        }

        var ports = new FieldReader(map, "uplinks", [.. map.Entries.Select(entry => entry.Key.Text)], faults);
        foreach (var (bridge, _) in map.Entries)
        {
            if (Words.Link(bridge.Text) is (var what, var remedy))
            {
                faults.Add(bridge, $"uplinks: {what}", remedy);
                continue;
            }

            if (fields.Has("bridges") && bridges.All(listed => listed.Text != bridge.Text))
            {
                faults.Add(
                    bridge,
                    $"uplinks names the bridge {bridge.Text}, which bridges does not list{NearestWord.Hint(bridge.Text, bridges.Select(listed => listed.Text))}",
                    $"add {bridge.Text} to bridges or correct the name");
            }

            if (ports.Text(bridge.Text, Words.Link) is { } port)
            {
                uplinks[bridge.Text] = port.Text;
            }
        }

        return uplinks.ToImmutable();
    }

    private SshOverrides ReadSsh(FieldReader fields)
    {
        var node = fields.Find("ssh");
        if (node is not YamlMap map)
        {
            if (node is not null)
            {
                faults.Add(node, $"ssh has to be a mapping, this is {node.Kind}", "write ssh: { Sudo: Never, ConnectTimeout: 5s }");
            }

            return new();
        }

        RefuseMisplaced(ref map);
        var ssh = new FieldReader(map, "ssh", s_sshKeys, faults, StringComparison.OrdinalIgnoreCase);
        return new()
        {
            IdentityFile = ReadPath(ssh, "IdentityFile"),
            KnownHostsFile = ReadPath(ssh, "KnownHostsFile"),
            ConfigFile = ReadPath(ssh, "ConfigFile"),
            Sudo = ReadSudo(ssh),
            ConnectTimeout = ReadDuration(ssh, "ConnectTimeout"),
            CommandTimeout = ReadDuration(ssh, "CommandTimeout"),
        };
    }

    /// <summary>Keys that exist, only not here, get the remedy that says where.</summary>
    private void RefuseMisplaced(ref YamlMap map)
    {
        var kept = new List<KeyValuePair<YamlScalar, YamlNode>>();
        foreach (var entry in map.Entries)
        {
            switch (entry.Key.Text.ToLowerInvariant())
            {
                case "user" or "port":
                    faults.Add(entry.Key, $"{Shown.Quote(entry.Key.Text)} is a key of the host itself, not of ssh", $"write {entry.Key.Text.ToLowerInvariant()}: beside name and address");
                    break;
                case "maxconcurrenthosts":
                    faults.Add(entry.Key, "MaxConcurrentHosts holds for all hosts together", "set Ssh:MaxConcurrentHosts in the settings and remove it here");
                    break;
                default:
                    kept.Add(entry);
                    break;
            }
        }

        map = map with { Entries = kept };
    }

    private string? ReadPath(FieldReader ssh, string key)
    {
        string Full(string text) => PathText.Absolute(text, Path.GetDirectoryName(faults.File) ?? "/");
        return ssh.Text(key, text => PathText.WhyUnusable(Full(text)) is { } why ? (why, "correct the path (a relative one starts at the inventory's folder) or remove the key") : null) is { } path
            ? Full(path.Text)
            : null;
    }

    private static SudoUse? ReadSudo(FieldReader ssh)
    {
        var sudo = ssh.Text("Sudo", text => EnumText.TryParse<SudoUse>(text, out _)
            ? null
            : ($"{Shown.Quote(text)} is not a use of sudo{NearestWord.Hint(text, Enum.GetNames<SudoUse>())}", $"write one of {string.Join(", ", Enum.GetNames<SudoUse>())}"));
        return sudo is not null && EnumText.TryParse<SudoUse>(sudo.Text, out var use) ? use : null;
    }

    private static TimeSpan? ReadDuration(FieldReader ssh, string key)
    {
        var text = ssh.Text(key, text => DurationText.TryParse(text, out _, out var what) ? null : (what, $"write {DurationText.Examples}"));
        return text is not null && DurationText.TryParse(text.Text, out var duration, out _) ? duration : null;
    }
}
