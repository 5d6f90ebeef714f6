using ChatOpsBot.Application.Observation;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Application.Tests.Observation;

/// <summary>The real read of a real bridge in a network namespace.</summary>
[Trait("Needs", "root")]
public sealed class HostReaderOnThisHostTests
{
    private const string Bridge = """
        # Without duplicate address detection nothing changes by itself.
        for conf in all default; do echo 0 >/proc/sys/net/ipv6/conf/$conf/accept_dad; done
        ip link set lo up
        ip link add br0 type bridge
        ip link set br0 up
        ip addr add 10.9.0.2/24 dev br0
        ip link add eno2 type veth peer name sw0
        ip link set eno2 master br0 up
        ip link set sw0 up
        ip tuntap add vnet0 mode tap
        ip link set vnet0 address fe:54:00:aa:bb:01 master br0 up
        ip neigh add 10.9.0.1 lladdr 02:00:00:00:00:01 dev br0
        ip route add default via 10.9.0.1
        bridge fdb add 52:54:00:aa:bb:01 dev vnet0 master static
        tc qdisc add dev vnet0 clsact
        """;

    private static readonly HostEntry s_host = new() { Name = "host42", Address = "local" };

    [Fact]
    public async Task ReadAsync_BridgeHost_KnowsEveryNetworkRow()
    {
        await using var host = await CreateAsync("read", Bridge);
        var read = await ReadAsync(new LocalShell { Prefix = host.Prefix, Environment = new Dictionary<string, string> { ["SSH_CONNECTION"] = "10.9.0.1 50000 10.9.0.2 22" } });
        var snapshot = read.Snapshot;

        Assert.Empty(read.Problems);
        Assert.Equal(("10.9.0.2", 0, ""), (snapshot.Read(SelfEvidence.Source).Known().ServerAddress, snapshot.Read(SelfEvidence.Source).Known().UserId, snapshot.Read(SelfEvidence.Source).Known().RootReason));
        Assert.Equal("br0", snapshot.Read(LinkEvidence.Source).Known().Find("vnet0")!.Master);
        Assert.Contains(snapshot.Read(AddressEvidence.Source).Known().Of("br0"), address => address.Address == "10.9.0.2");
        Assert.Equal("10.9.0.1", Assert.Single(snapshot.Read(RouteEvidence.Source).Known().Defaults).Gateway);
        Assert.NotEmpty(snapshot.Read(RouteEvidence.Source).Known().Rules.Known());
        Assert.Contains(snapshot.Read(NeighbourEvidence.Source).Known().Entries, entry => entry.Mac == "02:00:00:00:00:01");
        Assert.NotEmpty(snapshot.Read(NeighbourEvidence.Source).Known().Tables.Known());
        Assert.Equal("br0", snapshot.Read(PortEvidence.Source).Known().Find("eno2")!.Bridge);
        Assert.Contains(snapshot.Read(FdbEvidence.Source).Known().Of("br0"), entry => entry.Mac == "52:54:00:aa:bb:01");
        snapshot.Read(VlanEvidence.Source).Known();
        Assert.NotEmpty(snapshot.Read(MdbEvidence.Source).Known().Entries);
        Assert.NotNull(snapshot.Read(SysctlEvidence.Source).Known().IpForward);
        Assert.Equal(Directory.Exists("/proc/sys/net/bridge"), snapshot.Read(SysctlEvidence.Source).Known().BridgeNetfilter is BridgeNetfilter.Active);
        Assert.Contains(snapshot.Read(TrafficControlEvidence.Source).Known().Qdiscs, qdisc => qdisc is { Device: "vnet0", Kind: "clsact" });
        Assert.Equal("veth", snapshot.Read(NicEvidence.Source).Known().Find("eno2")!.Driver);
        Assert.NotNull(snapshot.Read(OsEvidence.Source).Known().Kernel);
        Assert.NotEmpty(snapshot.Read(DiskEvidence.Source).Known().FileSystems);
        Assert.All(snapshot.Sections.Values, section => Assert.DoesNotContain(section.Parts, part => part.End is PartEnd.Unread && part.ErrorLine.Contains("come back", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ReadAsync_Viewer_NeverTakesUnreadForNothing()
    {
        await using var host = await CreateAsync("view", Bridge);
        var read = await ReadAsync(new LocalShell { Prefix = [.. host.Prefix, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] });

        Assert.Empty(read.Problems);
        Assert.Equal("needs root, sudo -n refused", read.Snapshot.Read(SelfEvidence.Source).Known().RootReason);
        Assert.Equal("br0", read.Snapshot.Read(LinkEvidence.Source).Known().Find("vnet0")!.Master);
        foreach (var source in Catalogue.All.Where(source => source.Privilege == Privilege.Root))
        {
            Assert.Equal("needs root, sudo -n refused", Assert.Single(read.Snapshot.Sections[source.Id].Parts).ErrorLine);
        }
    }

    [Fact]
    public async Task ReadAsync_InterfaceNamesThatHurtShells_AreRead()
    {
        await using var host = await CreateAsync("names", """
            ip link add 'br$(id)' type bridge
            ip link set 'br$(id)' up
            ip link add 'e;touch"x' type veth peer name "p'q*"
            ip link set 'e;touch"x' master 'br$(id)' up
            tc qdisc add dev "p'q*" clsact
            """);
        var read = await ReadAsync(new LocalShell { Prefix = host.Prefix });

        Assert.Empty(read.Problems);
        Assert.Equal("br$(id)", read.Snapshot.Read(LinkEvidence.Source).Known().Find("e;touch\"x")!.Master);
        Assert.NotNull(read.Snapshot.Read(NicEvidence.Source).Known().Find("e;touch\"x")!.Driver);
        Assert.NotNull(read.Snapshot.Sections["e.tc"].Part("egress p'q*"));
    }

    [Fact]
    public async Task ReadAsync_AnyHost_ChangesNothing()
    {
        await using var host = await CreateAsync("same", Bridge);
        const string State = """
            nft list ruleset 2>&1 || true
            for file in ip_tables_names ip6_tables_names arp_tables_names; do cat /proc/net/$file 2>/dev/null || true; done
            ip -d link show | sed 's/_timer *[0-9.]*//g'
            ip addr show | sed 's/valid_lft.*//; s/ tentative//'
            ip route show table all
            ip rule
            tc qdisc show
            grep -H '' /proc/sys/net/bridge/* /proc/sys/net/ipv4/ip_forward
            ls -1 /sys/module
            cut -d' ' -f1 /proc/modules 2>/dev/null | sort || true
            """;
        // Folders of its own, so that reads of others on this machine do not count.
        var left = Path.Combine(Path.GetTempPath(), $"cob-left-{Environment.ProcessId}");
        string[] ownFolders = ["unshare", "-m", "sh", "-c", $"exec 9>{left}; mount -t tmpfs none /tmp; mount -t tmpfs none /dev/shm; \"$@\"; code=$?; ls -A /tmp /dev/shm >&9; exit $code", "sh"];
        string[] viewer = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
        var before = await host.RunAsync(State);
        foreach (var prefix in new string[][] { [.. host.Prefix, .. ownFolders], [.. host.Prefix, .. ownFolders, .. viewer] })
        {
            await ReadAsync(new LocalShell { Prefix = prefix });
            Assert.Equal("/dev/shm:\n\n/tmp:\n", await File.ReadAllTextAsync(left, TestContext.Current.CancellationToken));
            File.Delete(left);
        }

        Assert.Equal(before, await host.RunAsync(State));
    }

    [Fact, Trait("Slow", "yes")]
    public async Task ReadAsync_LargeHost_LosesNothing()
    {
        await using var host = await CreateAsync("large", Bridge + """

            i=1
            while [ $i -le 100 ]; do
                echo "tuntap add vnet$i mode tap"
                echo "link set vnet$i master br0 up"
                i=$((i + 1))
            done | ip -batch -
            i=1
            while [ $i -le 10000 ]; do
                printf 'fdb add 02:00:00:%02x:%02x:%02x dev vnet%d master static\n' $((i / 65536)) $((i / 256 % 256)) $((i % 256)) $((i % 100 + 1))
                i=$((i + 1))
            done | bridge -batch -
            {
                echo 'table inet cob { chain forward { type filter hook forward priority 0; policy accept;'
                i=1
                while [ $i -le 5000 ]; do
                    echo "ip saddr 10.$((i / 256)).$((i % 256)).1 tcp dport $i counter drop"
                    i=$((i + 1))
                done
                echo '}'
                echo '}'
            } | nft -f -
            """);
        var reader = new HostReader(new LocalShell { Prefix = host.Prefix }, TimeProvider.System);
        var read = Assert.IsType<ReadOutcome.Read>(await reader.ReadAsync(s_host, null, TestContext.Current.CancellationToken));
        Assert.Empty(read.Problems);
        var snapshot = read.Snapshot;
        Assert.Equal(101, snapshot.Read(LinkEvidence.Source).Known().Links.Count(link => link.IsTap));
        Assert.Equal(101, snapshot.Read(PortEvidence.Source).Known().Ports.Count(port => port.Name.StartsWith("vnet", StringComparison.Ordinal)));
        Assert.Equal(10_001, snapshot.Read(FdbEvidence.Source).Known().Of("br0").Count(entry => entry.State == "static"));
        Assert.All(snapshot.Sections.Values, section => Assert.DoesNotContain(section.Parts, part => part.End is PartEnd.Truncated or PartEnd.TimedOut or PartEnd.Unread));
        TestContext.Current.SendDiagnosticMessage($"large host: {snapshot.Duration.TotalMilliseconds:0} ms");
    }

    private static async Task<NetworkNamespace> CreateAsync(string purpose, string script)
    {
        Assert.SkipUnless(NetworkNamespace.IsPossible, "needs root and iproute2");
        return await NetworkNamespace.CreateAsync(purpose, script);
    }

    private static async Task<ReadOutcome.Read> ReadAsync(LocalShell shell)
        => Assert.IsType<ReadOutcome.Read>(await new HostReader(shell, TimeProvider.System).ReadAsync(s_host, null, TestContext.Current.CancellationToken));
}
