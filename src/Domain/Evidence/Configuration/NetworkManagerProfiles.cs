using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>NetworkManager's connection profiles in the keyfile format.</summary>
internal static class NetworkManagerProfiles
{
    /// <summary>The name of this manager.</summary>
    public const string Manager = "NetworkManager";

    /// <summary>Reads the profiles. A profile whose <c>autoconnect</c> is off defines a bridge, but does not put a port into it.</summary>
    public static ManagerIntent Read(ImmutableArray<ConfigFile> files)
    {
        var profiles = files.Select(IniFile.Read).ToArray();
        var bridges = from profile in profiles
                      where profile.Last("connection", "type") == "bridge"
                      let name = profile.Last("connection", "interface-name")
                      where name is not null
                      select ReadBridge(name, profile, profiles);
        var named = profiles.Select(profile => profile.Last("connection", "interface-name")).OfType<string>();
        return new([.. bridges], [.. named.Distinct()], []);
    }

    private static ConfiguredBridge ReadBridge(string name, IniFile bridge, IniFile[] profiles)
    {
        // A port names its bridge by interface name or by the UUID of the bridge's profile.
        var uuid = bridge.Last("connection", "uuid");
        var ports = profiles.Where(profile => MasterOf(profile) is { } master && (master == name || master == uuid) && ConfigText.Switch(profile.Last("connection", "autoconnect")) != false).ToArray();
        return new ConfiguredBridge(
            name,
            [.. ports.Select(port => port.Last("connection", "interface-name")).OfType<string>()],
            [.. Addresses(bridge)],
            ConfigText.Switch(bridge.Last("bridge", "stp")),
            ConfigText.Seconds(bridge.Last("bridge", "forward-delay")),
            bridge.Entries.Where(entry => entry.Key == "interface-name").Select(entry => entry.Origin).FirstOrDefault() ?? bridge.Origin,
            Manager)
        {
            PortMacs = [.. ports.Where(port => port.Last("connection", "interface-name") is null).Select(MacOf).OfType<string>()],
            VlanAware = ConfigText.Switch(bridge.Last("bridge", "vlan-filtering")),
            StartsAtBoot = ConfigText.Switch(bridge.Last("connection", "autoconnect")) != false,
        };
    }

    private static string? MasterOf(IniFile profile)
        => (profile.Last("connection", "slave-type") ?? profile.Last("connection", "port-type")) == "bridge"
            ? profile.Last("connection", "controller") ?? profile.Last("connection", "master")
            : null;

    private static string? MacOf(IniFile profile) => IpText.Mac(profile.Last("ethernet", "mac-address") ?? profile.Last("802-3-ethernet", "mac-address"));

    // address1=10.0.0.2/24,10.0.0.1: the gateway follows the comma.
    private static IEnumerable<string> Addresses(IniFile profile)
    {
        foreach (var family in (string[])["ipv4", "ipv6"])
        {
            foreach (var entry in profile.Entries.Where(entry => entry.Section == family && entry.Key.StartsWith("address", StringComparison.Ordinal) && entry.Key.AsSpan(7).IndexOfAnyExceptInRange('0', '9') < 0))
            {
                yield return entry.Value.Split(',', 2)[0];
            }

            if (profile.Last(family, "method") is "auto" or "dhcp" && family == "ipv4")
            {
                yield return "dhcp";
            }
        }
    }
}
