using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A network manager took the uplink or a guest's tap off the bridge: NetworkManager that came up beside ifupdown or networkd activates its own profile on
/// the card, or "deactivates" a tap.
/// Source: catalogue host.manager-took-port; https://github.com/mroboff/vm-curator/pull/87 ; NetworkManager.conf(5) (no-auto-default, unmanaged-devices).
/// </summary>
public static class HostManagerTookPort
{
    /// <summary>Fault id.</summary>
    public const string Id = "host.manager-took-port";

    private const string NetworkManager = "NetworkManager";

    private static readonly TimeSpan s_window = TimeSpan.FromHours(2);

    private static FaultArticle Article { get; } = new()
    {
        What = "A network manager took the uplink or a tap off the bridge, mostly NetworkManager that was started beside ifupdown or networkd.",
        DecidedBy = "The port is no longer in the bridge, and NetworkManager says connected with a profile of its own for it (\"Wired connection 1\"), or disconnected for a guest's tap. connected (externally) only watches.",
        ConfusedWith = ["bridge.uplink-missing", "bridge.vnet-detached", "host.config-drift"],
        RepairedBy = "The profile of the port given to the bridge, the automatic one switched off (nmcli con mod \"Wired connection 1\" connection.autoconnect no), taps under unmanaged-devices; then the port attached again.",
        Messages = ["device (*): state change: *-> deactivating", "entered disabled state", "Wired connection 1", "Activation: starting connection 'Wired connection", "released from master"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => view.Optional(ConfigEvidence.Source) is { Devices.IsEmpty: false } intent
        ? Verdict.Join(topology.Bridges.SelectMany(bridge => Uplinks(view, topology, intent, bridge)).Concat(topology.GuestPorts.Select(port => Tap(view, intent, port))))
        : Verdict.Clear);

    private static IEnumerable<Verdict> Uplinks(HostView view, HostTopology topology, NetworkIntent intent, GuestBridge bridge)
        => from name in bridge.IntendedUplinks
           let link = topology.Links.Find(name)
           where link is not null && link.Master != bridge.Name
           let device = intent.Devices.FirstOrDefault(device => device.Manager == NetworkManager && device.Name == link.Name)
           where device is not null
           select device.State switch
           {
               "connected" when bridge.Uplinks.IsEmpty => Verdict.From([Found(view, bridge.Name, link.Name, Scope.Bridge, device, bridge.IntentFrom ?? new("e.cfg", $"{bridge.Name} ports {name}"))]),
               "connected (externally)" => Verdict.Ruled(Id, $"NetworkManager only watches {link.Name}"),
               _ => Verdict.Clear,
           };

    private static Verdict Tap(HostView view, NetworkIntent intent, GuestPort port)
    {
        if (port is not { Link: { Master: null, Kind: "tun" }, IntendedBridge: { } bridge })
        {
            return Verdict.Clear;
        }

        var device = intent.Devices.FirstOrDefault(device => device.Manager == NetworkManager && device.Name == port.Link.Name);
        return device is { State: "disconnected" or "connected" }
            ? Verdict.From([Found(view, bridge, port.Link.Name, Scope.Guest, device, new("e.dom", $"{port.Guest} {port.Link.Name}: source bridge {bridge}"))])
            : Verdict.Clear;
    }

    private static Finding Found(HostView view, string bridge, string port, Scope scope, ManagedDevice device, EvidenceLine intent)
    {
        var log = RecentLog.Of(view, ServiceLogEvidence.Source, s_window).LastOrDefault(entry => RecentLog.Names(entry.Message, port) && entry.Message.Contains("device (", StringComparison.Ordinal));
        return new()
        {
            Id = Id,
            Subject = port,
            Bridge = bridge,
            Scope = scope,
            Certainty = Certainty.Certain,
            Summary = $"NetworkManager took {port} off {bridge}: it is {device.State}{(device.Profile is { } profile ? $" with the profile \"{profile}\"" : "")}",
            Because =
            [
                new("e.cfg", $"{port}: NetworkManager {device.State}, profile {device.Profile ?? "none"}"),
                new("e.link", $"{port}: master none"),
                intent,
                .. log is null ? [] : (EvidenceLine[])[RecentLog.Line(view, "e.svc", log)],
            ],
            Question = device.Profile is { } own
                ? $"Should NetworkManager leave {port} to {bridge}? nmcli con mod \"{own}\" connection.autoconnect no, then ip link set {port} master {bridge}; from a console or with a NetworkManager"
                    + " checkpoint when the host is reached over it."
                : $"Should NetworkManager leave {port} alone? unmanaged-devices=interface-name:{port} in /etc/NetworkManager/conf.d, nmcli general reload, then ip link set {port} master {bridge}.",
            Risk = scope == Scope.Guest ? Risk.D0 : Risk.D3,
            Touches = [port],
        };
    }
}
