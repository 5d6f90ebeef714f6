using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// Two guests with different hardware addresses send the same client id, so a server takes them for one: clones with one machine id. Source: catalogue dhcp.duplicate-client-id;
/// https://github.com/systemd/systemd/issues/9609.
/// </summary>
public static class DhcpDuplicateClientId
{
    /// <summary>Fault id.</summary>
    public const string Id = "dhcp.duplicate-client-id";

    private static FaultArticle Article { get; } = new()
    {
        What = "Cloned guests with different hardware addresses send the same DHCP client id and are given the same address, knocking each other out.",
        DecidedBy = "Two hardware addresses send one client id (option 61), or the server gives one address to two of them in turn.",
        ConfusedWith = ["addr.duplicate-mac", "addr.duplicate-ip", "dhcp.nak-or-decline-loop"],
        RepairedBy = "In the clone: empty /etc/machine-id and make it anew, or have it send its hardware address (netplan dhcp-identifier: mac, networkd ClientIdentifier=mac); then renew the lease.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, Judge);

    private static Verdict Judge(HostView view, HostTopology topology)
    {
        var sent = from message in view.Probes.Trace?.Messages ?? []
                   where message is { IsFromClient: true, ClientId: { Length: > 4 } } && !IsOurs(message.ClientId)
                   group message.Mac by message.ClientId into same
                   let macs = same.Distinct().Order(StringComparer.Ordinal).ToArray()
                   where macs.Length > 1 && macs.Any(mac => PortOf(topology, mac) is not null)
                   select Found(topology, macs, Certainty.Certain, new(ProbeSections.Trace, $"client id {same.Key} comes from {string.Join(" and ", macs)}"));
        var seen = sent.ToArray();
        return Verdict.From(seen.Length > 0 ? seen : Logged(view, topology));
    }

    /// <summary>One address given to A, to B and to A again, which no expiry explains.</summary>
    private static IEnumerable<Finding> Logged(HostView view, HostTopology topology)
        => from given in ServerLog.Read(view).Where(line => line is { Word: ServerWord.Gave, Mac: not null, Address: not null } && line.Text.Contains("ACK", StringComparison.Ordinal) | line.Text.Contains("ALLOC", StringComparison.Ordinal))
           group given by given.Address into same
           let turns = Turns([.. same.Select(line => line.Mac ?? "")])
           let macs = turns.Distinct().Order(StringComparer.Ordinal).ToArray()
           where turns.Length >= 3 && macs.Any(mac => PortOf(topology, mac) is not null)
           select Found(topology, macs, Certainty.Likely, new("e.srv", $"{same.Key} was given to {string.Join(", then ", turns.Take(4))}"));

    private static string[] Turns(string[] macs) => [.. macs.Where((mac, index) => index == 0 || macs[index - 1] != mac)];

    private static bool IsOurs(string clientId) => clientId.StartsWith("00636f622d70726f626520", StringComparison.Ordinal);

    private static GuestPort? PortOf(HostTopology topology, string mac) => topology.GuestPorts.FirstOrDefault(port => port.Mac == mac);

    private static Finding Found(HostTopology topology, string[] macs, Certainty certainty, EvidenceLine line)
    {
        var ports = macs.Select(mac => PortOf(topology, mac)).OfType<GuestPort>().ToArray();
        return new()
        {
            Id = Id,
            Subject = string.Join(",", macs.Take(2)),
            Bridge = ports.FirstOrDefault()?.Link.Master,
            Scope = Scope.Bridge,
            Certainty = certainty,
            Summary = $"{string.Join(" and ", macs.Take(3).Select(mac => PortOf(topology, mac)?.Guest ?? mac))} have different hardware addresses and one DHCP client id: clones, to which the server gives one address",
            Because = [line],
            Question = "Which of them is the clone? Inside it /etc/machine-id has to be made anew, or its client told to send the hardware address (netplan: dhcp-identifier: mac); then its lease renewed (D1).",
            Risk = Risk.D1,
        };
    }
}
