using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A client begins again and again: a second server refuses what the first gave, or the address given is in use. A single refusal after a move to another network is normal.
/// Source: catalogue dhcp.nak-or-decline-loop; RFC 5227, RFC 2131.
/// </summary>
public static class DhcpNakOrDeclineLoop
{
    /// <summary>Fault id.</summary>
    public const string Id = "dhcp.nak-or-decline-loop";

    private static FaultArticle Article { get; } = new()
    {
        What = "The client is refused its address (DHCPNAK) or finds it in use and declines it (DHCPDECLINE), again and again.",
        DecidedBy = "Two refusals of one client in a trace, or a DECLINE in it; or three of either in the last ten minutes of the server's log.",
        ConfusedWith = ["addr.duplicate-ip", "dhcp.rogue-server", "dhcp.pool-exhausted", "dhcp.duplicate-client-id"],
        RepairedBy = "The second authority is removed, or whoever answers for the address is found (addr.duplicate-ip) and the range made to leave it out.",
        Messages = ["DHCPNAK", "DHCPDECLINE", "abandoning IP address", "wrong network"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.From(topology.GuestPorts.Select(port => Judge(view, port)).OfType<Finding>()));

    private static Finding? Judge(HostView view, GuestPort port)
    {
        var own = (view.Probes.Trace?.Messages ?? []).Where(message => message.Link == port.Link.Name).ToArray();
        var refusals = own.Where(message => message is { Type: "NAK", Out: true }).ToArray();
        var declines = own.Where(message => message is { Type: "DECLINE", Out: false }).ToArray();
        if (refusals.Length >= 2 || declines.Length >= 1)
        {
            var servers = refusals.Select(message => message.Server).Concat(own.Where(message => message is { Type: "OFFER" or "ACK", Out: true }).Select(message => message.Server)).OfType<string>().Distinct().ToArray();
            var address = declines.Select(message => message.Requested).FirstOrDefault(requested => requested is not null);
            return Found(port, declines.Length >= 1 ? $"it declines {address ?? "the address that it is given"}, which somebody uses already" : $"it is refused {refusals.Length} times in {GuestHops.Seconds(view.Probes.Trace?.Listened ?? default)}",
                declines.Length == 1 ? Certainty.Likely : Certainty.Certain,
                new(ProbeSections.Trace, $"{port.Link.Name}: {refusals.Length} NAK, {declines.Length} DECLINE{(servers.Length > 1 ? $", servers {string.Join(" and ", servers)}" : "")}"), declines.Length >= 1, servers);
        }

        var logged = ServerLog.Read(view).Where(line => line.Word is ServerWord.Nak or ServerWord.Decline && line.Mac == port.Mac && port.Mac is not null && line.At is not null && ServerLog.IsRecent(view, line)).ToArray();
        return logged.Length >= 3
            ? Found(port, $"the server's log has {logged.Length} refusals of it in ten minutes", Certainty.Likely, new("e.srv", logged[^1].Text), logged.Any(line => line.Word == ServerWord.Decline), [])
            : null;
    }

    private static Finding Found(GuestPort port, string how, Certainty certainty, EvidenceLine line, bool inUse, string[] servers) => new()
    {
        Id = Id,
        Subject = port.Link.Name,
        Bridge = port.Link.Master,
        Scope = Scope.Guest,
        Certainty = certainty,
        Summary = $"{port.Guest} gets no lease to keep: {how}",
        Because = [line],
        Question = inUse
            ? "Who uses the declined address? It answers ARP there (check with --probe active and the address in --because). The server's range has to leave out addresses that are set by hand."
            : $"Which DHCP server is not meant to answer this guest{(servers.Length > 1 ? $": {string.Join(" or ", servers)}" : "")}? One refuses what the other gives.",
        Risk = Risk.D0,
    };
}
