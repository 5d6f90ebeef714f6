using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A DHCP server of this host cannot serve: its configuration, its socket or its lease file. Source: catalogue dhcp.server-faulty; https://listman.redhat.com/archives/libvir-list/2010-March/021609.html.
/// </summary>
public static class DhcpServerFaulty
{
    /// <summary>Fault id.</summary>
    public const string Id = "dhcp.server-faulty";

    private static FaultArticle Article { get; } = new()
    {
        What = "The DHCP server on this host does not serve: a configuration that it refuses, no subnet for the bridge, a socket that another server holds, a lease file that cannot be written.",
        DecidedBy = "Its log says so, it has given out nothing since, and where that can be read nothing listens on UDP port 67.",
        ConfusedWith = ["dhcp.no-answer", "dhcp.pool-exhausted", "nf.host-dhcp-blocked"],
        RepairedBy = "The configuration is corrected and tested before the restart (dhcpd -t, dnsmasq --test, kea-dhcp4 -t), disk space made, or the second server stopped.",
        Messages =
        [
            "No subnet declaration for", "Not configured to listen on any interfaces", "failed to bind DHCP server socket: Address already in use", "Configuration file errors encountered", "semicolon expected",
            "DHCP4_CONFIG_LOAD_FAIL", "DHCPSRV_NO_SOCKETS_OPEN",
        ],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, Judge);

    private static Verdict Judge(HostView view, HostTopology topology)
    {
        var lines = ServerLog.Read(view);
        var broken = lines.Index().LastOrDefault(entry => entry.Item.Word == ServerWord.Broken);
        if (broken.Item is not { } line)
        {
            return Verdict.Clear;
        }

        // Of a server that does not run, a range that it should give out says that it is meant to: packages come with a server that nobody has configured and that fails at each boot.
        var runs = view.Optional(ServerEvidence.Source) is { Servers.IsEmpty: false };
        if (!runs && view.Optional(ServerEvidence.Source) is not { Pools.IsEmpty: false })
        {
            return Verdict.Ruled(Id, "the log of a DHCP server complains, but none runs here and none is configured to give out addresses");
        }

        if (lines.Skip(broken.Index + 1).Any(later => later.Word == ServerWord.Gave))
        {
            return Verdict.Ruled(Id, "the server has given out addresses since its log's last complaint");
        }

        var bridge = DhcpPoolExhausted.BridgeOf(view, topology, line.Text);
        if (view.Probes.DhcpOn(bridge?.Name ?? "")?.ForHost == true)
        {
            return Verdict.Ruled(Id, $"a DISCOVER from {bridge?.Name} was answered");
        }

        // A server with raw sockets needs no listener; that nobody listens makes it sure only for one that would.
        var nobody = view.Optional(SocketEvidence.Source) is { Sockets.IsEmpty: true };
        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = bridge?.Name ?? "dhcp",
                Bridge = bridge?.Name,
                Scope = bridge is null ? Scope.Host : Scope.Bridge,
                Certainty = nobody && !runs && ServerLog.IsRecent(view, line) && line.At is not null ? Certainty.Certain : Certainty.Likely,
                Summary = "The DHCP server of this host does not serve: its log says why",
                Because = [new("e.srv", line.Text), .. nobody ? [new EvidenceLine("e.sock", "nobody listens on UDP port 67")] : Array.Empty<EvidenceLine>()],
                Question = "Can the server's configuration be corrected and tested (dhcpd -t, dnsmasq --test, kea-dhcp4 -t FILE), or the other server that holds the port be stopped? Then the service has to be restarted.",
                Risk = Risk.D0,
            },
        ]);
    }
}
