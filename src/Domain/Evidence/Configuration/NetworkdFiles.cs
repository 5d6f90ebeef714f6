using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>
/// systemd-networkd's <c>.netdev</c> and <c>.network</c> files: of equal names <c>/etc</c> hides <c>/run</c> hides <c>/usr/lib</c>; an interface
/// belongs to the first <c>.network</c> file, by name, that matches it.
/// </summary>
internal static class NetworkdFiles
{
    /// <summary>The name of this manager.</summary>
    public const string Manager = "networkd";

    private static readonly ImmutableArray<string> Folders = ["/etc/systemd/network", "/run/systemd/network", "/usr/lib/systemd/network", "/lib/systemd/network"];

    /// <summary>Reads the files. <paramref name="names"/> are all that exist, so that an empty file or a link to <c>/dev/null</c> hides its namesake.</summary>
    public static ManagerIntent Read(ImmutableArray<ConfigFile> files, ImmutableArray<string> names)
    {
        var units = InForce(files, names);
        var networks = units.Where(unit => unit.Name.EndsWith(".network", StringComparison.Ordinal)).ToArray();
        var bridges = ImmutableArray.CreateBuilder<ConfiguredBridge>();
        foreach (var netdev in units.Where(unit => unit.Name.EndsWith(".netdev", StringComparison.Ordinal) && unit.Last("NetDev", "Kind") == "bridge"))
        {
            if (netdev.Last("NetDev", "Name") is { Length: > 0 } name)
            {
                bridges.Add(ReadBridge(name, netdev, networks));
            }
        }

        // What the distribution ships for containers and the like is no intent of this host.
        var local = units.Where(unit => !unit.Path.Contains("/lib/systemd/", StringComparison.Ordinal)).ToArray();
        var named = local.SelectMany(Names).Concat(local.Select(unit => unit.Last("NetDev", "Name")).OfType<string>()).Concat(local.SelectMany(unit => unit.All("Network", "VLAN").Select(vlan => vlan.Value)));
        return new(bridges.ToImmutable(), [.. named.Where(name => name.Length > 0 && !IsGlob(name) && name[0] != '!').Distinct()], []);
    }

    private static IniFile[] InForce(ImmutableArray<ConfigFile> files, ImmutableArray<string> names)
    {
        // NAME.network.d/*.conf of any folder add to NAME.network.
        var dropIns = files.Where(file => file.Folder.EndsWith(".d", StringComparison.Ordinal)).ToArray();
        var units = from path in names.Concat(files.Select(file => file.Path)).Distinct()
                    where !path.EndsWith(".conf", StringComparison.Ordinal)
                    let cut = path.LastIndexOf('/')
                    where cut > 0
                    group path by path[(cut + 1)..] into same
                    orderby same.Key
                    select same.OrderBy(path => Folders.IndexOf(path[..path.LastIndexOf('/')]) is >= 0 and var rank ? rank : Folders.Length).First();
        return [.. from path in units.OrderBy(path => path[(path.LastIndexOf('/') + 1)..], StringComparer.Ordinal)
                   let file = files.FirstOrDefault(file => file.Path == path) ?? new ConfigFile(path, [])
                   let added = dropIns.Where(drop => drop.Folder.EndsWith($"/{file.Name}.d", StringComparison.Ordinal)).OrderBy(drop => drop.Name, StringComparer.Ordinal)
                   select new IniFile(path, [.. IniFile.Read(file).Entries, .. added.SelectMany(drop => IniFile.Read(drop).Entries)])];
    }

    private static ConfiguredBridge ReadBridge(string name, IniFile netdev, IniFile[] networks)
    {
        var own = networks.FirstOrDefault(network => Names(network).Any(pattern => ConfigText.Matches(ConfigText.Glob(pattern), name)));
        var members = networks.Where(network => network.Last("Network", "Bridge") == name).ToArray();
        var literal = from network in members
                      from port in Names(network)
                      where !IsGlob(port) && First(networks, port) == network
                      select port;
        var isDynamic = own?.Last("Network", "DHCP") is { } dhcp && (dhcp is "ipv4" or "ipv6" || ConfigText.Switch(dhcp) == true);
        IEnumerable<string> addresses = own is null ? [] : own.All("Network", "Address").Concat(own.All("Address", "Address")).Select(address => address.Value);
        return new ConfiguredBridge(
            name,
            [.. literal.Distinct()],
            [.. isDynamic ? addresses.Append("dhcp") : addresses],
            ConfigText.Switch(netdev.Last("Bridge", "STP")),
            ConfigText.Seconds(netdev.Last("Bridge", "ForwardDelaySec")),
            members.SelectMany(network => network.All("Network", "Bridge")).Select(entry => entry.Origin).FirstOrDefault() ?? netdev.Origin,
            Manager)
        {
            PortPatterns = [.. members.SelectMany(Names).Where(port => IsGlob(port) && port[0] != '!').Select(ConfigText.Glob).Distinct()],
            PortMacs = [.. members.Where(network => !Names(network).Any()).SelectMany(Macs).Distinct()],
            VlanAware = ConfigText.Switch(netdev.Last("Bridge", "VLANFiltering")),
        };
    }

    // Only matches by name alone can be judged from files; one with further conditions may not apply and so hides nothing.
    private static IniFile? First(IniFile[] networks, string port)
        => networks.FirstOrDefault(network =>
            Names(network).Any(pattern => pattern[0] != '!' && ConfigText.Matches(ConfigText.Glob(pattern), port))
            && (network.Entries.All(entry => entry.Section != "Match" || entry.Key is "Name" or "OriginalName") || Names(network).Contains(port)));

    private static IEnumerable<string> Names(IniFile network)
        => network.All("Match", "Name").SelectMany(entry => entry.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Select(word => word.Trim('"')).Where(word => word.Length > 0);

    private static IEnumerable<string> Macs(IniFile network)
        => network.All("Match", "MACAddress").Concat(network.All("Match", "PermanentMACAddress"))
            .SelectMany(entry => entry.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Select(IpText.Mac).OfType<string>();

    private static bool IsGlob(string name) => name.IndexOfAny(['*', '?', '[']) >= 0;
}
