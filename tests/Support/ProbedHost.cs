using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Support;

/// <summary>What probes say about a made-up host, in the words of their programs.</summary>
public static class ProbedHost
{
    /// <summary>Hardware address of the guest behind vnet0.</summary>
    public const string Mac = "52:54:00:aa:bb:01";

    /// <summary>Whether a verdict says nothing at all.</summary>
    public static bool IsSilent(Verdict verdict) => verdict is { Findings.IsEmpty: true, Rejected.IsEmpty: true, Undecided.IsEmpty: true };

    /// <summary>The common host with a guest, an address on its bridge and a gateway.</summary>
    public static FakeHost Plain(int guests = 1)
    {
        var host = new FakeHost().Bridge("br0").Nic("eno2", "br0");
        for (var index = 0; index < guests; index++)
        {
            host.Tap($"vnet{index}", "br0").Guest($"vm{index + 1}", $"vnet{index}", "br0", mac: $"52:54:00:aa:bb:{index + 1:x2}");
        }

        return host.Address("br0", "10.20.0.42").Section("e.route", "routes", """[{"dst":"default","gateway":"10.20.0.1","dev":"br0"}]""").Section("e.os", "cpu", "none").Section("e.os", "files", "/proc/sys/kernel/osrelease:6.1.0\n");
    }

    /// <summary>Lets P.trace say these lines after it has begun to listen on the usual links.</summary>
    public static FakeHost Trace(this FakeHost host, params string[] lines) => host.TraceFor(9500, lines);

    /// <summary>The same with another end.</summary>
    public static FakeHost TraceFor(this FakeHost host, int milliseconds, params string[] lines)
        => host.Section("p.trace", "watch", string.Join('\n', ["cob-watch 1", "on vnet0", "on vnet1", "on eno2", "on br0", "ready", .. lines, string.Create(CultureInfo.InvariantCulture, $"end {milliseconds} time"), ""]));

    /// <summary>One DHCP message at one hop.</summary>
    public static string Dhcp(
        int after, string link, string way, string type, string mac = Mac, string given = "0.0.0.0", string server = "-", string mask = "-", string router = "-", string id = "-", string source = "-", string to = "all", string exchange = "11223344",
        string requested = "-")
        => string.Create(CultureInfo.InvariantCulture, $"dhcp {after} {link} {way} {type} {mac} {exchange} {given} 0.0.0.0 {server} {requested} {mask} {router} {id} {(source == "-" ? mac : source)} {to}");

    /// <summary>A DISCOVER that passes the usual hops; it leaves by the uplink unless that is null.</summary>
    public static string[] Discover(int after, string tap = "vnet0", string mac = Mac, string? uplink = "eno2", bool onBridge = true)
        =>
        [
            Dhcp(after, tap, "in", "DISCOVER", mac),
            .. onBridge ? [Dhcp(after, "br0", "in", "DISCOVER", mac)] : Array.Empty<string>(),
            .. uplink is null ? [] : new[] { Dhcp(after, uplink, "out", "DISCOVER", mac) },
        ];

    /// <summary>A whole exchange over the uplink.</summary>
    public static string[] Lease(int after, string tap = "vnet0", string mac = Mac)
        =>
        [
            .. Discover(after, tap, mac),
            Dhcp(after + 5, "eno2", "in", "OFFER", mac, "10.20.100.5", "10.20.0.1", "255.255.0.0", "10.20.0.1", source: "02:00:00:00:00:99"),
            Dhcp(after + 5, tap, "out", "OFFER", mac, "10.20.100.5", "10.20.0.1", "255.255.0.0", "10.20.0.1", source: "02:00:00:00:00:99"),
            Dhcp(after + 9, tap, "in", "REQUEST", mac),
            Dhcp(after + 12, "eno2", "in", "ACK", mac, "10.20.100.5", "10.20.0.1", "255.255.0.0", "10.20.0.1", source: "02:00:00:00:00:99"),
            Dhcp(after + 12, tap, "out", "ACK", mac, "10.20.100.5", "10.20.0.1", "255.255.0.0", "10.20.0.1", source: "02:00:00:00:00:99"),
        ];

    /// <summary>Lets P.dhcp be run on br0.</summary>
    public static FakeHost Offers(this FakeHost host, bool toHost, bool? toGuest, string hostGets = "10.20.100.7", int waited = 8000)
        => host.Section("p.dhcp", "br0", string.Join('\n',
        [
            "cob-dhcp 1", $"on br0 02:00:00:00:00:00 {(toGuest is null ? "-" : "02:c0:b0:00:00:00")}", "sent 0 host",
            .. toHost ? [$"offer 3010 host 02:00:00:00:00:99 10.20.0.1 {hostGets} 255.255.0.0 10.20.0.1 eno2"] : Array.Empty<string>(),
            .. toGuest == true ? ["offer 6020 guest 02:00:00:00:00:99 10.20.0.1 10.20.100.8 255.255.0.0 10.20.0.1 eno2"] : Array.Empty<string>(),
            string.Create(CultureInfo.InvariantCulture, $"end {waited}"), "",
        ]));

    /// <summary>Lets P.arp ask for addresses on br0; each answer is an address and a hardware address.</summary>
    public static FakeHost Arp(this FakeHost host, string[] asked, params string[] answers)
        => host.Section("p.arp", "br0", string.Join('\n', ["cob-who 1", "on br0", .. asked.Select(target => $"asked {target}"), .. answers.Select(answer => $"reply {answer}"), "end", ""]));

    /// <summary>The gateway, alive or not.</summary>
    public static FakeHost Gateway(this FakeHost host, bool answers = true) => host.Arp(["10.20.0.1"], answers ? ["10.20.0.1 02:00:00:00:00:99"] : []);
}
