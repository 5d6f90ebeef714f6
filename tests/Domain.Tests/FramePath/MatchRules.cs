using System.Text;

namespace ChatOpsBot.Domain.Tests.FramePath;

/// <summary>A rule set in which every match stands alone in a rule that only counts, at every hook that a bridged frame passes.</summary>
internal static class MatchRules
{
    private static readonly (string Family, string Hook, int Priority)[] Places =
    [
        ("bridge", "prerouting", -250), ("bridge", "prerouting", 10), ("bridge", "forward", -150), ("bridge", "forward", 10), ("bridge", "postrouting", 0),
        ("inet", "prerouting", -250), ("inet", "prerouting", -150), ("inet", "forward", 0), ("inet", "postrouting", 0), ("ip", "forward", 10),
    ];

    /// <summary>Loads it; a match that this kernel does not have is left out.</summary>
    public static string Script()
    {
        var script = new StringBuilder("sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-filter-vlan-tagged=1\nnft flush ruleset\n");
        foreach (var (family, hook, priority) in Places)
        {
            var table = $"{family} t{hook}{priority + 300}";
            script.AppendLine($$"""
                nft -f - <<'X' || exit 1
                table {{table}} {
                 set ports { type inet_service; flags interval; elements = { 67, 100-200 } }
                 set nets { type ipv4_addr; flags interval; elements = { 0.0.0.0/8, 10.0.0.0/8 } }
                 set devs { type ifname; elements = { vnet0, br0 } }
                 set pairs { type ipv4_addr . inet_service; flags interval; elements = { 0.0.0.0/8 . 60-70, 10.0.0.0/8 . 68 } }
                 chain c { type filter hook {{hook}} priority {{priority}}; policy accept; }
                }
                X
                """);
            var rules = RandomRules.NftMatches(family, hook).Distinct().Select(match => $"add rule {table} c {match} counter").ToArray();
            script.AppendLine($"nft -f - 2>/dev/null <<'X' || while read -r r; do nft \"$r\" 2>/dev/null; done <<'Y'\n{string.Join('\n', rules)}\nX\n{string.Join('\n', rules)}\nY");
        }

        foreach (var (table, chain) in new[] { ("filter", "FORWARD"), ("mangle", "PREROUTING"), ("mangle", "POSTROUTING") })
        {
            foreach (var match in RandomRules.Interfaces.Concat(RandomRules.Protocols).Concat(RandomRules.Modules))
            {
                script.AppendLine($"iptables-nft -t {table} -A {chain} {match} 2>/dev/null");
            }
        }

        foreach (var match in RandomRules.EbtablesMatches)
        {
            script.AppendLine($"ebtables-nft -A FORWARD {match} 2>/dev/null");
        }

        return script.AppendLine("exit 0").ToString();
    }

    /// <summary>Lets the bridge send to one port only, so that no other copy of a frame is counted.</summary>
    public static string OnlyTowards(string port)
        => $"for p in vnet0 vnet1 eth0; do s=off; [ $p = {port} ] && s=on; bridge link set dev $p flood $s bcast_flood $s mcast_flood $s || exit 1; done; ip link set br0 promisc off; exit 0";
}
