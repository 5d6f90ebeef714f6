using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>netplan's YAML. Files of all folders are read in the order of their names; of equal names <c>/run</c> hides <c>/etc</c> hides <c>/lib</c>.</summary>
internal static class NetplanFiles
{
    /// <summary>The name of this manager.</summary>
    public const string Manager = "netplan";

    private static readonly ImmutableArray<string> Folders = ["/run/netplan", "/etc/netplan", "/lib/netplan", "/usr/lib/netplan"];
    private static readonly ImmutableArray<string> Kinds =
        ["ethernets", "bonds", "vlans", "bridges", "wifis", "modems", "tunnels", "dummy-devices", "vrfs", "virtual-ethernets"];

    /// <summary>Reads the files; one that is not understood is named and left out.</summary>
    public static ManagerIntent Read(ImmutableArray<ConfigFile> files)
    {
        var unread = ImmutableArray.CreateBuilder<string>();
        YamlNode? all = null;
        foreach (var file in files.GroupBy(file => file.Name).OrderBy(same => same.Key, StringComparer.Ordinal).Select(Winner))
        {
            try
            {
                if (YamlSubset.Read(file.Lines) is { } document)
                {
                    all = all is null ? document : YamlNode.Merge(all, document);
                }
            }
            catch (FormatException e)
            {
                unread.Add(e.Message);
            }
        }

        return all?["network"] is { } network ? Interpret(network, unread) : new([], [], unread.ToImmutable());
    }

    private static ConfigFile Winner(IEnumerable<ConfigFile> same)
        => same.OrderBy(file => Folders.IndexOf(file.Folder) is >= 0 and var rank ? rank : Folders.Length).First();

    private static ManagerIntent Interpret(YamlNode network, ImmutableArray<string>.Builder unread)
    {
        var devices = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (id, device) in Kinds.SelectMany(kind => network[kind]?.Members ?? []))
        {
            devices[id] = device;
        }

        var bridges = from bridge in network["bridges"]?.Members ?? [] select ReadBridge(bridge.Key, bridge.Value, devices);
        return new([.. bridges], [.. devices.Select(device => NameOf(device.Key, device.Value)).OfType<string>().Distinct()], unread.ToImmutable());
    }

    private static ConfiguredBridge ReadBridge(string name, YamlNode bridge, Dictionary<string, YamlNode> devices)
    {
        var parameters = bridge["parameters"];
        var members = bridge.Texts("interfaces").Select(id => (Id: id, Device: devices.GetValueOrDefault(id))).ToArray();
        var addresses = bridge.Texts("addresses");
        var isDynamic = ConfigText.Switch(bridge.Get("dhcp4")) == true || ConfigText.Switch(bridge.Get("dhcp6")) == true;
        return new ConfiguredBridge(
            name,
            [.. members.Select(member => NameOf(member.Id, member.Device)).OfType<string>()],
            [.. isDynamic ? addresses.Append("dhcp") : addresses],
            ConfigText.Switch(parameters?.Get("stp")),
            ConfigText.Seconds(parameters?.Get("forward-delay")),
            (bridge["interfaces"] ?? bridge).Origin,
            Manager)
        {
            PortPatterns = [.. members.Where(member => NameOf(member.Id, member.Device) is null).Select(member => member.Device?["match"]?.Get("name")).OfType<string>().Select(ConfigText.Glob)],
            PortMacs = [.. members.Where(member => NameOf(member.Id, member.Device) is null).Select(member => IpText.Mac(member.Device?["match"]?.Get("macaddress"))).OfType<string>()],
        };
    }

    // With a match the id is only a label: the name is set-name, or whatever matches.
    private static string? NameOf(string id, YamlNode? device)
        => device?["match"] is not { } match ? id
            : device.Get("set-name") is { } name ? name
            : match.Get("name") is { } exact && exact.IndexOfAny(['*', '?', '[']) < 0 ? exact
            : null;
}
