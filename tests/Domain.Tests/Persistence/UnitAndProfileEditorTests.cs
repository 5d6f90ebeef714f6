using ChatOpsBot.Domain.Persistence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Persistence;

/// <summary>systemd-networkd, NetworkManager and sysctl.d.</summary>
public class UnitAndProfileEditorTests
{
    private const string Netdev = "# guests\n[NetDev]\nName=br0\nKind=bridge\n\n[Bridge]\n# was needed once\nSTP=yes\nAgeingTimeSec=300\n";
    private const string Uplink = "[Match]\nName=eno2\n\n[Network]\nLLDP=yes\n\n[Link]\nMTUBytes=1500\n";
    private const string Profile = "[connection]\nid=br0\nuuid=11111111-1111-4111-8111-111111111111\ntype=bridge\ninterface-name=br0\n\n[bridge]\nmac-address=52:54:00:00:00:01\n\n[ipv4]\nmethod=disabled\n";
    private const string Nic = "[connection]\nid=eno2\nuuid=22222222-2222-4222-8222-222222222222\ntype=ethernet\nautoconnect=false\ninterface-name=eno2\n\n[ethernet]\n";

    private static readonly (string, string) s_netdev = ("/etc/systemd/network/20-br0.netdev", Netdev);
    private static readonly (string, string) s_profile = ("/etc/NetworkManager/system-connections/br0.nmconnection", Profile);

    [Fact]
    public void Networkd_SpanningTree_IsSetInTheNetdev()
    {
        var edit = Edits.One(Edits.Of(new KeptChange.SpanningTreeOff("br0"), s_netdev));

        Assert.Equal(Netdev.Replace("STP=yes", "STP=no", StringComparison.Ordinal), edit.New);
        Assert.Equal(FileCheck.None, edit.Check);
    }

    [Fact]
    public void Networkd_ForwardDelay_GoesToTheEndOfItsSection()
        => Assert.Equal(Netdev.Replace("AgeingTimeSec=300\n", "AgeingTimeSec=300\nForwardDelaySec=2\n", StringComparison.Ordinal), Edits.One(Edits.Of(new KeptChange.ForwardDelay("br0", 2), s_netdev)).New);

    [Fact]
    public void Networkd_Port_GetsItsBridge()
    {
        var edit = Edits.One(Edits.Of(new KeptChange.BridgePort("eno2", "br0"), s_netdev, ("/etc/systemd/network/30-eno2.network", Uplink)));

        Assert.Equal(Uplink.Replace("LLDP=yes\n", "LLDP=yes\nBridge=br0\n", StringComparison.Ordinal), edit.New);
    }

    [Fact]
    public void Networkd_PortWithoutFile_GetsOne()
    {
        var edit = Edits.One(Edits.Of(new KeptChange.BridgePort("eno2", "br0"), s_netdev));

        Assert.Equal(("/etc/systemd/network/10-eno2.network", (string?)null, "none", "[Match]\nName=eno2\n\n[Network]\nBridge=br0\n"), (edit.Path, edit.Old, edit.Before, edit.New));
    }

    [Theory]
    [InlineData("[Match]\nName=en*\n\n[Network]\nDHCP=yes\n", "its [Match] is not a plain name")]
    [InlineData("[Match]\nName=eno2 eno3\n\n[Network]\nLLDP=yes\n", "is about other links too")]
    [InlineData("[Match]\nName=eno2\n\n[Network]\nDHCP=yes\n", "would be dead on a port")]
    [InlineData("[Match]\nName=eno2\n\n[Network]\nBridge=br7\n", "a port of br7")]
    public void Networkd_PortOfAnotherKind_IsRefused(string network, string why)
        => Assert.Contains(why, Edits.Refusal(Edits.Of(new KeptChange.BridgePort("eno2", "br0"), s_netdev, ("/etc/systemd/network/30-eno2.network", network))), StringComparison.Ordinal);

    [Fact]
    public void Networkd_DropIn_IsRefused()
        => Assert.Contains("adds to", Edits.Refusal(Edits.Of(new KeptChange.SpanningTreeOff("br0"), s_netdev, ("/etc/systemd/network/20-br0.netdev.d/stp.conf", "[Bridge]\nSTP=yes\n"))), StringComparison.Ordinal);

    [Fact]
    public void Networkd_NotRunning_IsRefused()
        => Assert.Contains("does not run here", Edits.Refusal(ConfigurationEditor.Edit(new KeptChange.SpanningTreeOff("br0"), Edits.Intent("", s_netdev), false)), StringComparison.Ordinal);

    [Fact]
    public void NetworkManager_SpanningTree_IsSetInTheProfile()
    {
        var edit = Edits.One(Edits.Of(new KeptChange.SpanningTreeOff("br0"), s_profile));

        Assert.Equal(Profile.Replace("mac-address=52:54:00:00:00:01\n", "mac-address=52:54:00:00:00:01\nstp=false\n", StringComparison.Ordinal), edit.New);
        Assert.Equal(FileCheck.Nmcli, edit.Check);
    }

    [Fact]
    public void NetworkManager_PortThatIsNotStarted_IsStarted()
        => Assert.Equal(Nic.Replace("autoconnect=false", "autoconnect=true", StringComparison.Ordinal), Edits.One(Edits.Of(
            new KeptChange.LinkUp("eno2", "br0"), s_profile, ("/etc/NetworkManager/system-connections/eno2.nmconnection", Nic))).New);

    [Fact]
    public void NetworkManager_Port_GetsItsBridge()
    {
        var nic = Nic.Replace("autoconnect=false\n", "", StringComparison.Ordinal);
        var edit = Edits.One(Edits.Of(new KeptChange.BridgePort("eno2", "br0"), s_profile, ("/etc/NetworkManager/system-connections/eno2.nmconnection", nic)));

        Assert.Equal(nic.Replace("interface-name=eno2\n", "interface-name=eno2\nmaster=br0\nslave-type=bridge\n", StringComparison.Ordinal), edit.New);
    }

    [Fact]
    public void NetworkManager_NicWithoutProfile_IsRefused()
        => Assert.Contains("no profile of NetworkManager names eno2", Edits.Refusal(Edits.Of(new KeptChange.BridgePort("eno2", "br0"), s_profile)), StringComparison.Ordinal);

    [Fact]
    public void Sysctl_NothingSaysIt_GetsFileAndRule()
    {
        var edited = Assert.IsType<EditOutcome.Edited>(Edits.Of(new KeptChange.FramesUnfiltered()));

        Assert.Equal(["/etc/sysctl.d/60-bridge-frames.conf", "/etc/udev/rules.d/60-bridge-frames.rules"], edited.Edits.Select(edit => edit.Path));
        Assert.EndsWith("\nnet.bridge.bridge-nf-call-iptables = 0\n", edited.Edits[0].New, StringComparison.Ordinal);
        Assert.Contains("does not exist before br_netfilter is loaded", edited.Remark, StringComparison.Ordinal);
        Assert.DoesNotContain("modprobe", edited.Edits[1].New, StringComparison.Ordinal);
    }

    [Fact]
    public void Sysctl_LineThatSwitchesItOn_IsTurned()
    {
        const string Text = "# k8s\nnet.bridge.bridge-nf-call-iptables  = 1\nnet.ipv4.ip_forward=1\n";
        var edited = Assert.IsType<EditOutcome.Edited>(Edits.Of(new KeptChange.FramesUnfiltered(), ("/etc/sysctl.d/99-k8s.conf", Text), ("/etc/udev/rules.d/99-bridge.rules", "KERNEL==\"br_netfilter\", RUN+=\"x\"\n")));

        Assert.Equal(Text.Replace("= 1", "= 0", StringComparison.Ordinal), Assert.Single(edited.Edits).New);
    }

    [Fact]
    public void Sysctl_TwoFilesThatSwitchItOn_AreRefused()
        => Assert.Contains("/etc/sysctl.d/a.conf:1, /etc/sysctl.d/b.conf:1", Edits.Refusal(Edits.Of(
            new KeptChange.FramesUnfiltered(), ("/etc/sysctl.d/a.conf", "net.bridge.bridge-nf-call-iptables=1\n"), ("/etc/sysctl.d/b.conf", "net/bridge/bridge-nf-call-iptables=1\n"))), StringComparison.Ordinal);

    [Fact]
    public void Sysctl_AllIsSaid_IsSoAlready()
        => Assert.Equal("/etc/sysctl.d/a.conf", Edits.Already(Edits.Of(
            new KeptChange.FramesUnfiltered(), ("/etc/sysctl.d/a.conf", "net.bridge.bridge-nf-call-iptables=0\n"), ("/etc/udev/rules.d/99-bridge.rules", "KERNEL==\"br_netfilter\", RUN+=\"x\"\n"))));
}
