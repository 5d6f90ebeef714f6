using System.Globalization;
using System.Net;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The host runs otherwise than its configuration says, so what works now is gone after a reboot, or the reverse. Only what the configuration speaks of is
/// compared: a bridge that it does not define belongs to somebody else, taps are never in it, and a port that is missing is a fault of its own.
/// Source: catalogue host.config-drift; https://netplan.readthedocs.io/en/stable/netplan-try/ ; interfaces(5), bridge-utils-interfaces(5).
/// </summary>
public static class HostConfigDrift
{
    /// <summary>Fault id.</summary>
    public const string Id = "host.config-drift";

    private static FaultArticle Article { get; } = new()
    {
        What = "The running network differs from its configuration: it works now and is dead after a reboot, or the reverse.",
        DecidedBy = "A bridge has another spanning tree setting than its configuration gives it, or none of the static addresses that it gives, or an uplink of which no configuration knows, or is configured to start and not there. Taps are not compared.",
        ConfusedWith = ["nic.uplink-renamed", "bridge.missing", "bridge.uplink-holds-ip", "bridge.stp-forward-delay"],
        RepairedBy = "The file that matches the approved state, tested before it counts (ifup --no-act, netplan generate, nmcli --offline), and kept beside the old one.",
        Messages = ["Error in network definition", "ifup: unknown interface", "ifquery: interface", "netplan generate", "bridge_ports*not found"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => view.Optional(ConfigEvidence.Source) is { } intent
        ? Verdict.Join(intent.Bridges.DistinctBy(bridge => bridge.Name).Select(bridge => Judge(view, topology, intent, bridge)))
        : Verdict.Clear);

    private static Verdict Judge(HostView view, HostTopology topology, NetworkIntent intent, ConfiguredBridge configured)
    {
        // Where several managers define the bridge, the one in force is not known.
        if (intent.Bridges.Count(bridge => bridge.Name == configured.Name) > 1)
        {
            return Verdict.Clear;
        }

        var link = topology.Links.Find(configured.Name);
        if (link is null)
        {
            return NotThere(view, topology, intent, configured);
        }

        if (link is not { Bridge: { } settings, IsUp: true })
        {
            return Verdict.Clear;
        }

        return Verdict.From(new[] { Stp(configured, settings), Addresses(view, topology, configured), Uplink(view, topology, configured) }.OfType<(string, EvidenceLine)>()
            .Select(difference => Found(intent, configured, difference.Item1, difference.Item2)).Take(1));
    }

    private static (string Difference, EvidenceLine Running)? Stp(ConfiguredBridge configured, BridgeSettings settings)
        => configured.Stp is { } meant && meant != (settings.StpState != 0)
            ? ($"spanning tree is {OnOff(!meant)}, and the configuration has it {OnOff(meant)}", new("e.link", $"{configured.Name}: stp_state {settings.StpState.ToString(CultureInfo.InvariantCulture)}"))
            : null;

    /// <summary>An address that stands on another link is told by the fault about that link.</summary>
    private static (string Difference, EvidenceLine Running)? Addresses(HostView view, HostTopology topology, ConfiguredBridge configured)
    {
        if (view.Optional(AddressEvidence.Source) is not { } running)
        {
            return null;
        }

        var lacking = configured.Addresses.FirstOrDefault(address =>
            IPAddress.TryParse(address.Split('/', 2)[0], out var meant) && !running.Addresses.Any(held => IPAddress.TryParse(held.Address, out var found) && found.Equals(meant)));
        var link = topology.Links.Find(configured.Name);
        return lacking is null || link?.HasCarrier != true
            ? null
            : ($"the configured address {lacking} is nowhere", new("e.addr", $"{configured.Name}: {string.Join(' ', running.Of(configured.Name).Where(held => held.Scope == "global").Select(held => held.Address).DefaultIfEmpty("no address"))}"));
    }

    /// <summary>A card in the bridge that its configuration does not name is gone after the next boot; what the inventory names is meant so.</summary>
    private static (string Difference, EvidenceLine Running)? Uplink(HostView view, HostTopology topology, ConfiguredBridge configured)
        => topology.Links.Links.FirstOrDefault(link =>
            link.Master == configured.Name && NetworkCards.IsCard(topology.Links, link) && !configured.Wants(link) && view.Host.Uplinks.GetValueOrDefault(configured.Name) != link.Name) is { } extra
            ? ($"{extra.Name} is a port of it, and the configuration does not have it", new("e.link", $"{extra.Name}: master {configured.Name}"))
            : null;

    /// <summary>A bridge that should have started and did not; when guests or the inventory want it, that is bridge.missing.</summary>
    private static Verdict NotThere(HostView view, HostTopology topology, NetworkIntent intent, ConfiguredBridge configured)
    {
        if (!configured.StartsAtBoot || view.Host.Bridges.Contains(configured.Name) || topology.GuestPorts.Any(port => port.IntendedBridge == configured.Name)
            || view.Optional(DomainEvidence.Source)?.Guests.Any(guest => guest.Interfaces.Any(nic => nic.SourceBridge == configured.Name)) == true)
        {
            return Verdict.Clear;
        }

        return Verdict.From([Found(intent, configured, "it is configured to start and does not exist", new("e.link", $"{configured.Name}: no such link"))]);
    }

    private static Finding Found(NetworkIntent intent, ConfiguredBridge configured, string difference, EvidenceLine running) => new()
    {
        Id = Id,
        Subject = configured.Name,
        Bridge = configured.Name,
        Scope = Scope.Bridge,

        // A file that could not be read may say otherwise.
        Certainty = intent.Unread.IsEmpty ? Certainty.Certain : Certainty.Likely,
        Summary = $"{configured.Name} runs otherwise than configured: {difference}",
        Because = [running, new("e.cfg", $"{configured.Name} in {configured.Origin}")],
        Question = $"Which is right for {configured.Name}, the running state or {configured.Origin}? The next boot or restart of the network brings the file's; write the approved state there and test it"
            + $" first ({Test(configured.Manager)}).",
        Risk = Risk.D3,
        Touches = [configured.Name],
    };

    private static string Test(string manager) => manager switch
    {
        "netplan" => "netplan generate --root-dir",
        "NetworkManager" => "nmcli --offline",
        "networkd" => "networkd has no test; read the file back",
        _ => "ifup --no-act",
    };

    private static string OnOff(bool on) => on ? "on" : "off";
}
