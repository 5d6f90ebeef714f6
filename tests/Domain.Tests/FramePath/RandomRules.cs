using System.Globalization;
using System.Text;

namespace ChatOpsBot.Domain.Tests.FramePath;

/// <summary>Makes small rule sets out of everything that the evaluator claims to understand, always the same for one seed.</summary>
internal sealed class RandomRules(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A shell script that loads one rule set and writes its listings to the folder.</summary>
    public string Script(string folder)
    {
        var script = new StringBuilder();
        script.Append("exec 2>").Append(folder).AppendLine("/stderr");
        script.Append("nft flush ruleset; if [ -e ").Append(folder).Append("/used ]; then rm ").Append(folder).AppendLine("/used; for t in filter raw mangle; do printf '*%s\\nCOMMIT\\n' $t | iptables-legacy-restore; done; iptables-legacy -P FORWARD ACCEPT; fi");
        script.AppendLine(Switches());
        script.AppendLine("e=0");
        script.AppendLine("nft -f - <<'X' || e=1").Append(NftTables()).AppendLine("X");
        if (Chance(40))
        {
            script.AppendLine("iptables-nft-restore --noflush <<'X' || e=2").Append(Iptables()).AppendLine("X");
        }

        if (Chance(15))
        {
            script.Append('>').Append(folder).AppendLine("/used").AppendLine("iptables-legacy-restore <<'X' || e=3").Append(Iptables()).AppendLine("X");
        }

        if (Chance(25))
        {
            script.Append(Ebtables());
        }

        return script.Append(Listings(folder)).Append("exit $e\n").ToString();
    }

    /// <summary>A shell script that writes the listings of the host's firewall to the folder.</summary>
    public static string Listings(string folder) => $$"""
        cd {{folder}}
        rm -f nft-table-*
        nft -a list ruleset >nft.txt; iptables-nft-save -c >iptables-nft.txt; iptables-legacy-save -c >iptables-legacy.txt
        nft -j list ruleset >nft.json; case $(tail -c 3 nft.json) in *']}') ;; *) nft list tables | while read w f n; do nft -j list table $f $n >nft-table-$f-$n.json; done ;; esac
        ebtables-nft-save >ebtables-nft.txt; grep -H '' /proc/sys/net/bridge/* >sysctl.txt; cat /sys/class/net/br0/bridge/nf_call_iptables >own.txt

        """;

    private string Switches()
    {
        var (global, own, tagged) = (Chance(50) ? 1 : 0, Chance(40) ? 1 : 0, Chance(50) ? 1 : 0);
        return $"sysctl -qw net.bridge.bridge-nf-call-iptables={global} net.bridge.bridge-nf-filter-vlan-tagged={tagged}; echo {own} >/sys/class/net/br0/bridge/nf_call_iptables";
    }

    private string NftTables()
    {
        var text = new StringBuilder();
        string[] families = ["bridge", "inet", "ip", "bridge", "inet"];
        for (var i = 0; i < 1 + _random.Next(3); i++)
        {
            var family = Pick(families);
            var name = "t" + i.ToString(CultureInfo.InvariantCulture);
            text.AppendLine($"table {family} {name} {{");
            text.AppendLine(Chance(8) ? " flags dormant;" : "");
            text.AppendLine(" set ports { type inet_service; flags interval; elements = { 67, 100-200 } }");
            text.AppendLine(" set nets { type ipv4_addr; flags interval; elements = { 0.0.0.0/8, 10.0.0.0/8 } }");
            text.AppendLine(" set devs { type ifname; elements = { vnet0, br0 } }");
            text.AppendLine(" set pairs { type ipv4_addr . inet_service; flags interval; elements = { 0.0.0.0/8 . 60-70, 10.0.0.0/8 . 68 } }");
            text.AppendLine(" map verdicts { type inet_service : verdict; elements = { 67 : goto sub1, 69 : drop } }");
            text.AppendLine($" chain sub0 {{ {Rules(family, "forward", ["accept", "drop", "return", ""], 3)} }}");
            text.AppendLine($" chain sub1 {{ {Rules(family, "forward", ["accept", "drop", "return", "jump sub0", "goto sub0", ""], 3)} }}");
            for (var c = 0; c < 1 + _random.Next(2); c++)
            {
                var hook = Pick("forward", "forward", "forward", "prerouting", "postrouting");
                var priority = Pick("-300", "-250", "-150", "-5", "-1", "0", "10", "200");
                text.AppendLine($" chain base{c} {{ type filter hook {hook} priority {priority}; policy {(Chance(25) ? "drop" : "accept")};");
                text.AppendLine($" {Rules(family, hook, ["accept", "accept", "drop", "drop", "return", "jump sub0", "jump sub1", "goto sub1", ""], 5)} }}");
            }

            text.AppendLine("}");
        }

        if (Chance(15))
        {
            var hook = Pick("ingress device vnet0", "ingress device eth0", "egress device eth0", "egress device vnet1");
            text.AppendLine($"table netdev n {{\n chain base {{ type filter hook {hook} priority 0; policy accept;\n{Rules("netdev", "ingress", ["accept", "drop", ""], 3)} }}\n}}");
        }

        return text.ToString();
    }

    private string Rules(string family, string hook, string[] verdicts, int most)
    {
        var text = new StringBuilder();
        for (var i = 0; i < _random.Next(most + 1); i++)
        {
            // nft refuses a rule that asks for two protocols at once, so those that exclude others stand alone.
            var first = Chance(70) ? NftMatch(family, hook) : "";
            var second = Chance(50) ? NftMatch(family, hook) : "";
            text.Append(first).Append(' ').Append(StandsAlone(first) || StandsAlone(second) || first == second ? "" : second).Append(' ');

            var asks = StandsAlone(first);
            var extra = Pick("", "", "counter ", "meta mark set 0x5 ", "meta mark set mark and 0xff or 0x100 ", "log ", "limit rate 1000/second ");
            text.Append(extra).AppendLine((asks ? Pick([.. verdicts.Where(word => word.Length < 20)]) : Verdict(verdicts)) is { Length: > 0 } verdict ? verdict : "counter");
        }

        return text.ToString();
    }

    private static bool StandsAlone(string match)
        => match.Contains("arp", StringComparison.Ordinal) || match.Contains("ip6", StringComparison.Ordinal) || match.Contains("ipv6", StringComparison.Ordinal) || match.Contains("tcp", StringComparison.Ordinal)
            || match.Contains("icmp", StringComparison.Ordinal) || match.Contains("vlan", StringComparison.Ordinal) || match.Contains("!= ip", StringComparison.Ordinal) || match.Contains("!= udp", StringComparison.Ordinal);

    private string Verdict(string[] verdicts) => verdicts.Length < 8 || Chance(75) ? Pick(verdicts) : Pick(
        "udp dport vmap { 67 : drop, 68 : accept }",
        "udp sport vmap { 1-66 : drop, 67 : jump sub0 }",
        "udp dport vmap @verdicts",
        "meta mark vmap { 0x0 : continue, 0x5 : accept }",
        "ip saddr . udp dport vmap { 0.0.0.0 . 67 : jump sub1, 10.0.0.1 . 68 : drop }");

    private string NftMatch(string family, string hook) => Pick([.. NftMatches(family, hook)]);

    /// <summary>Every match of nftables that fits a chain of that family at that hook.</summary>
    public static IReadOnlyList<string> NftMatches(string family, string hook)
    {
        var common = new List<string>
        {
            "udp dport 67", "udp dport != 67", "udp dport { 67, 68 }", "udp dport 60-70", "udp sport @ports", "th dport 68", "tcp dport 67", "tcp dport != 67",
            "ip saddr 0.0.0.0", "ip saddr 10.0.0.0/8", "ip saddr != 10.0.0.0/8", "ip daddr 255.255.255.255", "ip saddr @nets", "ip saddr 127.0.0.0/8", "ip daddr { 10.0.0.1, 255.255.255.255 }",
            "ip saddr . udp dport @pairs", "ip protocol udp", "ip protocol != tcp", "meta l4proto { udp, tcp }", "meta l4proto != udp", "ip6 saddr ::1", "ip6 nexthdr udp",
            "meta pkttype broadcast", "meta pkttype { host, multicast }", "meta pkttype != broadcast", "meta mark 0x5", "meta mark != 0", "meta mark and 0x100 == 0x100",
            "ip frag-off & 0x1fff != 0", "icmp type echo-request", "udp dport > 66", "udp dport <= 67", "ip saddr & 255.0.0.255 == 10.0.0.1", "@th,16,16 67",
        };
        if (family != "netdev" && hook != "prerouting")
        {
            common.AddRange(["oifname br0", "oifname \"eth*\"", "oifname != br0", "oifname { vnet0, br0 }"]);
        }

        if (hook != "postrouting")
        {
            common.AddRange(["iifname br0", "iifname \"vnet*\"", "iifname != br0", "iifname @devs", "iifname != @devs", "iif br0", "iif vnet0", "meta iiftype ether"]);
        }

        if (hook == "postrouting")
        {
            common.AddRange(["iifname br0", "iifname != br0"]);
        }

        if (family is "bridge" or "netdev")
        {
            common.AddRange([
                "ether type ip", "ether type != ip", "ether type arp", "ether type vlan", "vlan id 5", "vlan id 6", "meta protocol ip", "meta protocol != ip", "ether saddr 52:54:00:00:00:01",
                "ether saddr != 52:54:00:00:00:01", "ether daddr ff:ff:ff:ff:ff:ff", "ether saddr & ff:ff:ff:00:00:00 == 52:54:00:00:00:00", "arp operation request",
                "ether saddr . ip saddr { 52:54:00:00:00:01 . 0.0.0.0 }", "vlan id 5 ip saddr 0.0.0.0"]);
        }

        if (family is "inet" or "ip")
        {
            common.AddRange(["ct state new", "ct state established,related", "ct state != new", "ct state invalid", "ct direction original", "ct status dnat",
                "fib daddr type broadcast", "fib daddr type { local, multicast }", "fib saddr type broadcast", "ether saddr 52:54:00:00:00:01", "ether daddr ff:ff:ff:ff:ff:ff"]);
        }

        if (family == "inet")
        {
            common.AddRange(["meta nfproto ipv4", "meta nfproto ipv6", "meta protocol ip"]);
        }

        return common;
    }

    private string Iptables()
    {
        var text = new StringBuilder("*filter\n:FORWARD " + (Chance(40) ? "DROP" : "ACCEPT") + " [0:0]\n:sub0 - [0:0]\n:sub1 - [0:0]\n");
        foreach (var (chain, targets) in new[]
        {
            ("sub0", new[] { "-j ACCEPT", "-j DROP", "-j RETURN", "-j LOG" }),
            ("sub1", ["-j ACCEPT", "-j DROP", "-j RETURN", "-j sub0", "-g sub0"]),
            ("FORWARD", ["-j ACCEPT", "-j ACCEPT", "-j DROP", "-j REJECT --reject-with icmp-port-unreachable", "-j RETURN", "-j sub0", "-j sub1", "-g sub1", "-j LOG"]),
        })
        {
            for (var i = 0; i < _random.Next(5); i++)
            {
                text.Append("-A ").Append(chain).Append(' ').Append(Base()).Append(Module()).Append(Chance(25) ? Module() : "").Append(Pick(targets)).Append('\n');
            }
        }

        text.Append("COMMIT\n");
        if (Chance(40))
        {
            text.Append("*mangle\n-A PREROUTING ").Append(Pick("", "-i br0 ", "-s 10.0.0.0/8 ")).Append(Pick("-j MARK --set-xmark 0x5/0xff", "-j MARK --set-xmark 0x100/0x100", "-j MARK --and-mark 0xff", "-j ACCEPT"))
                .Append("\nCOMMIT\n*raw\n-A PREROUTING ").Append(Pick("-p udp -m udp --dport 67 ", "-i vnet0 ", "")).Append(Pick("-j CT --notrack", "-j ACCEPT", "-m conntrack --ctstate INVALID -j DROP")).Append("\nCOMMIT\n");
        }

        return text.ToString();
    }

    private string Base() => Pick("", "", Pick(Interfaces)) + Pick("", Pick(Protocols));

    private string Module() => Chance(30) ? "" : Pick(Modules);

    /// <summary>Base options of iptables.</summary>
    public static string[] Interfaces { get; } =
    [
        "-i br0 ", "-i vnet0 ", "-o br+ ", "! -o br0 ", "! -i br1 ", "-s 10.0.0.0/8 ", "! -s 10.0.0.0/8 ", "-d 255.255.255.255/32 ", "-s 0.0.0.0/32 ", "-f ", "! -f ", "-s 10.0.0.1/255.0.0.255 ", "-i br+ -o br0 ",
    ];

    /// <summary>Protocols and ports of iptables.</summary>
    public static string[] Protocols { get; } =
    [
        "-p udp ", "-p udp -m udp --dport 67 ", "-p udp -m udp --sport 67:68 ", "-p udp -m udp ! --dport 67 ", "-p udp -m multiport --dports 67,100:200 ", "-p udp -m multiport ! --ports 67 ",
        "-p udp -m multiport --ports 66,68 ", "-p tcp ", "! -p tcp ", "-p icmp -m icmp --icmp-type 8 ", "-p udp -m udp --sport 68 --dport 67 ", "-p udp -m udp --dport :67 ",
    ];

    /// <summary>Extensions of iptables.</summary>
    public static string[] Modules { get; } =
    [
        "-m physdev --physdev-is-bridged ", "-m physdev ! --physdev-is-bridged ", "-m physdev --physdev-in vnet0 ", "-m physdev --physdev-in vnet+ --physdev-out eth0 ", "-m physdev ! --physdev-in vnet0 ",
        "-m physdev --physdev-is-in ", "-m physdev ! --physdev-is-in ", "-m physdev --physdev-is-out ", "-m physdev ! --physdev-out eth0 ",
        "-m conntrack --ctstate NEW ", "-m conntrack --ctstate RELATED,ESTABLISHED ", "-m conntrack ! --ctstate NEW ", "-m conntrack --ctstate DNAT ", "-m conntrack ! --ctstate DNAT ", "-m state --state NEW,UNTRACKED ",
        "-m conntrack --ctdir ORIGINAL ", "-m conntrack --ctstatus NONE ", "-m conntrack --ctstatus SEEN_REPLY ",
        "-m addrtype --dst-type BROADCAST ", "-m addrtype ! --dst-type BROADCAST ", "-m addrtype --src-type BROADCAST ", "-m addrtype --dst-type LOCAL,MULTICAST ",
        "-m pkttype --pkt-type broadcast ", "-m pkttype ! --pkt-type broadcast ", "-m pkttype --pkt-type unicast ",
        "-m mac --mac-source 52:54:00:00:00:01 ", "-m mac ! --mac-source 52:54:00:00:00:01 ", "-m mark --mark 0x5/0xff ", "-m mark ! --mark 0x5 ", "-m comment --comment \"a -j DROP \\\" b\" ",
        "-m iprange --src-range 10.0.0.0-10.0.0.9 ", "-m iprange ! --dst-range 10.0.0.0-10.0.0.9 ", "-m statistic --mode nth --every 1000 --packet 999 ", "-m limit --limit 1000/sec ", "-m tos --tos 0x10 ", "-m length --length 100:600 ",
    ];

    /// <summary>Matches of ebtables.</summary>
    public static string[] EbtablesMatches { get; } =
    [
        "-p IPv4 --ip-proto udp --ip-dport 67 ", "-p IPv4 --ip-proto udp --ip-sport 60:70 ", "-p IPv4 --ip-src 10.0.0.0/8 ", "-p IPv4 ! --ip-src 10.0.0.0/8 ", "-p IPv4 --ip-proto udp --ip-dport ! 67 ",
        "-i vnet0 ", "-i vnet+ ", "-i ! vnet0 ", "-o eth0 ", "-o ! eth+ ", "-p IPv4 --ip-dst 255.255.255.255 ", "-p IPv4 --ip-dst ! 255.255.255.255 ",
        "-s ! 52:54:00:00:00:01 ", "-s 52:54:00:00:00:01 ", "-d Broadcast ", "-d Multicast ", "-d Unicast ", "-p ARP ", "-p ! ARP ", "-p IPv6 ", "-p 802_1Q ", "-p 0x8100 --vlan-id 5 ", "-p 0x8100 --vlan-id 6 ", "-p Length ",
        "--pkttype-type broadcast ", "--pkttype-type ! broadcast ", "-p IPv4 --ip-proto tcp ", "-s 52:54:00:00:00:00/ff:ff:ff:00:00:00 ", "--mark 5 ", "--mark ! 5 ", "-p IPv4 --ip-proto ! udp ", "-p ARP --arp-op Request ",
        "-p IPv4 --ip-tos 0x10 ", "--limit 1000/sec ", "",
    ];

    private string Ebtables()
    {
        var text = new StringBuilder();
        text.AppendLine(Chance(25) ? "ebtables-nft -P FORWARD DROP" : "ebtables-nft -P FORWARD ACCEPT");
        text.AppendLine("ebtables-nft -N sub0 -P " + Pick("ACCEPT", "DROP", "RETURN"));
        for (var i = 0; i < 1 + _random.Next(4); i++)
        {
            text.Append("ebtables-nft -A ").Append(Chance(75) ? "FORWARD " : "sub0 ").Append(Pick(EbtablesMatches))
                .AppendLine(Pick("-j ACCEPT", "-j DROP", "-j CONTINUE", "-j sub0", "-j mark --mark-set 5 --mark-target CONTINUE", "-j mark --mark-or 5 --mark-target ACCEPT", "--log -j CONTINUE"));
        }

        return text.ToString();
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Pick(params string[] from) => from[_random.Next(from.Length)];
}
