using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

/// <summary>The scripts of rows about services, against the real services in the private name spaces of the test.</summary>
[Trait("Needs", "root")]
public class ServiceScriptTests
{
    private const string WaitFor = """
        wait_for() { i=0; until "$@"; do i=$((i + 1)); [ $i -lt 450 ] || exit 1; sleep 0.1; done >/dev/null 2>&1; }

        """;

    private const string Journal = WaitFor + """
        # journald ends at once where it finds no control groups.
        umount /sys
        mkdir -p /run/systemd/journal /run/log/journal
        chmod 755 /run
        /lib/systemd/systemd-journald 2>/dev/null &
        wait_for [ -S /run/systemd/journal/stdout ]
        written() { ls /run/log/journal/*/system.journal; }
        wait_for written
        echo 'device (eno2): left the bridge, password=canary-1 psk: "canary-2"' | systemd-cat -t NetworkManager
        printf 'not \377 text\n' | systemd-cat -t networking
        echo 'a line of no interest' | systemd-cat -t other
        journal_has() { journalctl -q -o cat | grep -aq 'of no interest'; }
        wait_for journal_has

        """;

    private const string Server = WaitFor + """
        ip link set lo up
        mount -t tmpfs none /var/lib/misc
        mount -t tmpfs none /var/log
        mkdir -p /run/netns /run/v
        ip netns add cob-guest
        ip link add br0 type bridge
        ip addr add 10.9.0.1/24 dev br0
        ip link set br0 up
        ip link add vnet0 type veth peer name eth0 netns cob-guest
        ip link set vnet0 master br0 up
        ip -n cob-guest link set eth0 address 52:54:00:aa:00:01 up
        printf 'dhcp-range=10.9.0.100,10.9.0.101,1h\n' >/run/v/dnsmasq.conf
        dnsmasq --port=0 --interface=br0 --bind-interfaces --user=root --conf-file=/run/v/dnsmasq.conf --dhcp-leasefile=/run/v/leases --log-facility=/var/log/syslog.raw --pid-file=/run/v/pid --no-ping
        wait_for ip netns exec cob-guest udhcpc -f -q -n -i eth0 -t 3 -T 1 -s /bin/true -x hostname:web1
        wait_for grep -q DHCPACK /var/log/syslog.raw
        sed 's/ dnsmasq-dhcp/ host42 dnsmasq-dhcp/' /var/log/syslog.raw >/var/log/syslog
        printf 'root:$6$canary:19000:0:99999:7:::\n1700000000 52:54:00:aa:00:09 10.9.0.100 host 01:52:54:00:aa:00:09\n' >/run/v/other-leases

        """;

    private const string Lldp = WaitFor + """
        ip link set lo up
        mkdir -p /run/lldpd /run/netns
        ip netns add cob-switch
        ip link add eno2 type veth peer name p1 netns cob-switch
        ip link set eno2 up
        ip -n cob-switch link set p1 up
        lldpd -I eno2 >/dev/null 2>&1
        ip netns exec cob-switch lldpd -d -u /run/lldpd/switch.sock -I 'p*' -S 'tor1 "quoted"' >/dev/null 2>&1 &
        wait_for lldpcli -u /run/lldpd/switch.sock configure lldp tx-interval 1
        heard() { lldpctl -f json0 | grep -q tor1; }
        wait_for heard

        """;

    [Fact]
    public void Logs_Journal_OnlyTheServicesAndWithoutSecrets()
    {
        NeedJournal();

        var sections = Collected.RunOnHost(Journal, new("svc", ServiceLogEvidence.Source), new("kernel", KernelLogEvidence.Source), new("user", ServiceLogEvidence.Source, AsUser: true));

        var log = Collected.Known(LogReading(sections["svc"]));
        Assert.Equal("journal", log.Origin);
        Assert.DoesNotContain("canary", string.Concat(sections.Values.SelectMany(section => section.Parts).Select(part => part.Text)));
        Assert.DoesNotContain(log.Entries, entry => entry.Message.Contains("no interest", StringComparison.Ordinal));
        Assert.Equal("journal", Collected.Known(KernelLogEvidence.Source.Read(sections["kernel"])).Origin);
        Assert.Contains("need root or the group adm", Collected.Missing(ServiceLogEvidence.Source.Read(sections["user"])));
    }

    [Fact]
    public void Server_DnsmasqWithALease_PoolLeaseAndLogAreRead()
    {
        Machine.NeedRoot();
        Machine.NeedTool("dnsmasq", "udhcpc");

        var sections = Collected.RunOnHost(
            Server,
            new("root", ServerEvidence.Source),
            new("socket", SocketEvidence.Source),
            new("user", ServerEvidence.Source, AsUser: true),
            new("socket-user", SocketEvidence.Source, AsUser: true),
            new("foreign", ServerEvidence.Source, "cp /run/v/other-leases /run/v/leases"));

        var facts = Collected.Known(ServerEvidence.Source.Read(sections["root"]));
        Assert.Equal("dnsmasq", Assert.Single(facts.Servers).Program);
        // The machine may have the configuration of another server, unused.
        Assert.Contains(new DhcpPool("10.9.0.100", "10.9.0.101"), facts.Pools);
        var lease = Assert.Single(facts.Leases);
        Assert.Equal(("52:54:00:aa:00:01", "web1", "active"), (lease.Mac, lease.HostName, lease.State));
        Assert.NotNull(lease.Expires);
        Assert.Contains(facts.Log!.Entries, entry => entry.Message.StartsWith("DHCPACK(br0) 10.9.0.10", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", string.Concat(sections["foreign"].Parts.Select(part => part.Text)));
        Assert.Equal("52:54:00:aa:00:09", Assert.Single(Collected.Known(ServerEvidence.Source.Read(sections["foreign"])).Leases).Mac);
        Assert.Contains("need root", Collected.Missing(ServerEvidence.Source.Read(sections["user"])));
        Assert.Equal(("0.0.0.0", "br0", "dnsmasq"), Show(Collected.Known(SocketEvidence.Source.Read(sections["socket"])).Sockets[0]));
        Assert.Single(Collected.Known(SocketEvidence.Source.Read(sections["socket-user"])).Sockets);
    }

    [Fact]
    public void Server_NoDhcpServer_IsAbsentAndNobodyListens()
    {
        Machine.NeedRoot();

        // The machine may have the configuration of a server that does not run.
        var sections = Collected.RunOnHost("for d in /etc/dhcp /etc/kea /etc/dnsmasq.d; do [ ! -d $d ] || mount -t tmpfs none $d; done", new("server", ServerEvidence.Source), new("configured", ServerEvidence.Source, "if [ -d /etc/dhcp ]; then echo 'range 10.9.0.1 10.9.0.2;' >/etc/dhcp/dhcpd.conf; fi"), new("socket", SocketEvidence.Source), new("ovs", OvsEvidence.Source), new("lldp", LldpEvidence.Source), new("agent", AgentEvidence.Source), new("net", NetworkEvidence.Source), new("nwf", NetworkFilterEvidence.Source));

        Assert.Equal("no DHCP server runs on this host", Collected.Absent(ServerEvidence.Source.Read(sections["server"])));
        if (Directory.Exists("/etc/dhcp"))
        {
            var configured = Collected.Known(ServerEvidence.Source.Read(sections["configured"]));
            Assert.Empty(configured.Servers);
            Assert.Contains(new DhcpPool("10.9.0.1", "10.9.0.2"), configured.Pools);
        }

        Assert.Empty(Collected.Known(SocketEvidence.Source.Read(sections["socket"])).Sockets);
        Assert.Equal("no Open vSwitch socket", Collected.Absent(OvsEvidence.Source.Read(sections["ovs"])));
        Assert.Equal("no LLDP daemon runs here", Collected.Absent(LldpEvidence.Source.Read(sections["lldp"])));
        Assert.Equal("no libvirt socket", Collected.Absent(AgentEvidence.Source.Read(sections["agent"])));
        Assert.Equal("no libvirt socket and no active virtual network", Collected.Absent(NetworkEvidence.Source.Read(sections["net"])));
        Assert.Equal("no libvirt socket", Collected.Absent(NetworkFilterEvidence.Source.Read(sections["nwf"])));
    }

    [Fact]
    public void Lldp_NeighbourHeard_IsNamed()
    {
        Machine.NeedRoot();
        Machine.NeedTool("lldpd", "lldpctl");

        var sections = Collected.RunOnHost(Lldp, new("root", LldpEvidence.Source), new("user", LldpEvidence.Source, AsUser: true));

        var neighbor = Assert.Single(Collected.Known(LldpEvidence.Source.Read(sections["root"])).Neighbors);
        Assert.Equal(("eno2", "tor1 \"quoted\"", "p1"), (neighbor.Link, neighbor.SystemDescription, neighbor.PortDescription));
        Assert.Contains("do not admit this account", Collected.Missing(LldpEvidence.Source.Read(sections["user"])));
    }

    [Fact]
    public void Scripts_NothingOfItThere_StartAtMostThreeProcesses()
    {
        Machine.NeedRoot();

        var counts = Collected.CountProcesses(
            "mount -t tmpfs none /var/log",
            DomainEvidence.Source, NetworkEvidence.Source, NetworkFilterEvidence.Source, AgentEvidence.Source, SocketEvidence.Source, LldpEvidence.Source, OvsEvidence.Source, ServerEvidence.Source, ServiceLogEvidence.Source);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', counts));
        Assert.All(counts, count => Assert.InRange(count.Value, 0, 3));
    }

    private static FactReading<LogFacts> LogReading(SectionOutput section) => ServiceLogEvidence.Source.Read(section);

    private static (string, string?, string) Show(UdpSocket socket) => (socket.Address, socket.Device, socket.Owners.Single().Program);

    private static void NeedJournal()
    {
        Machine.NeedRoot();
        if (!File.Exists("/lib/systemd/systemd-journald") || !Machine.Has("systemd-cat", "journalctl"))
        {
            Assert.Skip("needs systemd-journald");
        }
    }
}
