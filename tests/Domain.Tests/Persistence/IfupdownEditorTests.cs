using ChatOpsBot.Domain.Persistence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Persistence;

public class IfupdownEditorTests
{
    private const string Main = "/etc/network/interfaces";
    private const string Lo = "source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n";

    // A file with all that must stay as it is: comments, order, blanks at line ends, a foreign bridge, no newline at its end.
    private const string Rich = """
        # The rack's own file.   Do ask Kim first.
        auto lo
        iface lo inet loopback

        auto eno1
        iface eno1 inet static
        	address 192.0.2.10
        	netmask 255.255.255.0   

        auto br0
        iface br0 inet manual
            # guests
            bridge_ports eno3   
            bridge_stp on
            bridge_maxwait 0

        auto br9
        iface br9 inet manual
            bridge-ports none
            bridge-stp on
        """;

    [Fact]
    public void LinkUp_NicThatNoStanzaNames_GetsAutoAndManualBesideItsBridge()
    {
        var edit = Edits.One(Edits.Of(new KeptChange.LinkUp("eno3", "br0"), (Main, Rich)));

        Assert.Equal(Main, edit.Path);
        Assert.Equal(Rich + "\n\nauto eno3\niface eno3 inet manual\n", edit.New);
        Assert.Equal(FileCheck.Ifup, edit.Check);
    }

    [Fact]
    public void LinkUp_StanzaWithoutAuto_GetsTheLineAboveIt()
    {
        var text = Lo + "\n# uplink\niface eno2 inet manual\n\nauto br0\niface br0 inet manual\n    bridge_ports eno2\n";

        var edit = Edits.One(Edits.Of(new KeptChange.LinkUp("eno2", "br0"), (Main, text)));

        Assert.Equal(text.Replace("iface eno2", "auto eno2\niface eno2", StringComparison.Ordinal), edit.New);
    }

    [Theory]
    [InlineData("auto eno2\niface eno2 inet manual\n")]
    [InlineData("allow-hotplug eno2\niface eno2 inet manual\n")]
    public void LinkUp_NicThatIsSetUpAtBoot_IsSoAlready(string stanza)
        => Assert.Equal(Main, Edits.Already(Edits.Of(new KeptChange.LinkUp("eno2", "br0"), (Main, Lo + stanza + "auto br0\niface br0 inet manual\n  bridge_ports eno2\n"))));

    [Theory]
    [InlineData("    bridge_ports none", "    bridge_ports eno2")]
    [InlineData("    bridge_ports eno3", "    bridge_ports eno3 eno2")]
    [InlineData("\tbridge-ports  eno3 eno4", "\tbridge-ports  eno3 eno4 eno2")]
    public void BridgePort_PortNotListed_IsAddedToItsLine(string before, string after)
    {
        var text = $"auto br0\niface br0 inet static\n    address 10.0.0.2/24 # ours\n{before}\n    bridge_fd 0\n# end\n";

        var edit = Edits.One(Edits.Of(new KeptChange.BridgePort("eno2", "br0"), (Main, Lo), ("/etc/network/interfaces.d/br0", text)));

        Assert.Equal("/etc/network/interfaces.d/br0", edit.Path);
        Assert.Equal(text.Replace(before, after, StringComparison.Ordinal), edit.New);
    }

    [Theory]
    [InlineData("bridge_ports all", "by a pattern")]
    [InlineData("bridge_ports regex en.*3", "by a pattern")]
    [InlineData("bridge_ports eno3\n    bridge_ports eno4", "several lines")]
    [InlineData("up ip link set eno3 master br0", "makes no bridge of br0")]
    [InlineData("bridge_ports eno3 \\\n      eno4", "goes over several lines")]
    public void BridgePort_LineThatCannotBeExtended_IsRefused(string line, string why)
        => Assert.Contains(why, Edits.Refusal(Edits.Of(new KeptChange.BridgePort("eno2", "br0"), (Main, $"auto br0\niface br0 inet manual\n    {line}\n"))), StringComparison.Ordinal);

    [Fact]
    public void SpanningTreeOff_OnlyItsOwnBridgeChanges()
    {
        var edit = Edits.One(Edits.Of(new KeptChange.SpanningTreeOff("br0"), (Main, Rich)));

        Assert.Equal(Rich.Replace("    bridge_stp on\n    bridge_maxwait 0\n", "    bridge_stp off\n    bridge_maxwait 0\n    bridge_fd 0\n", StringComparison.Ordinal), edit.New);
    }

    [Fact]
    public void SpanningTreeOff_OtherSpelling_KeepsTheSpelling()
    {
        var edit = Edits.One(Edits.Of(new KeptChange.SpanningTreeOff("br9"), (Main, Rich)));

        Assert.EndsWith("    bridge-ports none\n    bridge-stp off\n    bridge-fd 0", edit.New, StringComparison.Ordinal);
        Assert.Equal(Rich[..^"    bridge-stp on".Length], edit.New[..(Rich.Length - "    bridge-stp on".Length)]);
    }

    [Fact]
    public void SpanningTreeOff_FilesSaySo_IsSoAlready()
        => Assert.Equal(Main, Edits.Already(Edits.Of(new KeptChange.SpanningTreeOff("br0"), (Main, "iface br0 inet manual\n  bridge_ports eno2\n  bridge_stp no\n  bridge_fd 0\n"))));

    [Fact]
    public void ForwardDelay_IsSetInSeconds()
        => Assert.EndsWith("  bridge_ports eno2\n  bridge_stp on\n  bridge_fd 2\n", Edits.One(Edits.Of(new KeptChange.ForwardDelay("br0", 2), (Main, "iface br0 inet manual\n  bridge_ports eno2\n  bridge_stp on\n"))).New, StringComparison.Ordinal);

    [Fact]
    public void AddressOnBridge_StaticAddress_MovesWithGatewayAndServers()
    {
        const string Text = """
            auto eno2
            iface eno2 inet static
                address 10.20.0.42/16
                gateway 10.20.0.1   # the router
                # resolvers
                dns-nameservers 10.20.0.1
                mtu 1500

            auto br0
            iface br0 inet manual
            	bridge_ports eno2
            	bridge_stp off

            """;

        var edit = Edits.One(Edits.Of(new KeptChange.AddressOnBridge("eno2", "br0", ["10.20.0.42/16"]), (Main, Text)));

        Assert.Equal("""
            auto eno2
            iface eno2 inet manual
                # resolvers
                mtu 1500

            auto br0
            iface br0 inet static
            	address 10.20.0.42/16
            	gateway 10.20.0.1   # the router
            	dns-nameservers 10.20.0.1
            	bridge_ports eno2
            	bridge_stp off

            """, edit.New);
    }

    [Fact]
    public void AddressOnBridge_Dhcp_MovesTheMethod()
    {
        var edit = Edits.One(Edits.Of(
            new KeptChange.AddressOnBridge("eno2", "br0", ["10.0.0.9/24"]), (Main, "auto eno2\niface eno2 inet dhcp\nauto br0\niface br0 inet manual\n  bridge_ports eno2\n")));

        Assert.Equal("auto eno2\niface eno2 inet manual\nauto br0\niface br0 inet dhcp\n  bridge_ports eno2\n", edit.New);
    }

    [Fact]
    public void AddressOnBridge_TwoFiles_IsRefused()
        => Assert.Contains("two files cannot be exchanged in one moment", Edits.Refusal(Edits.Of(
            new KeptChange.AddressOnBridge("eno2", "br0", ["10.0.0.9/24"]),
            (Main, Lo + "iface eno2 inet static\n  address 10.0.0.9/24\n"), ("/etc/network/interfaces.d/br0", "iface br0 inet manual\n  bridge_ports eno2\n"))), StringComparison.Ordinal);

    [Fact]
    public void AddressOnBridge_OtherAddressThanNow_IsRefused()
        => Assert.Contains("does not say what is meant", Edits.Refusal(Edits.Of(
            new KeptChange.AddressOnBridge("eno2", "br0", ["10.0.0.9/24"]), (Main, "iface eno2 inet static\n  address 10.0.0.77/24\niface br0 inet manual\n  bridge_ports eno2\n"))), StringComparison.Ordinal);

    [Fact]
    public void AddressOnBridge_CommandsOfThePort_AreRefused()
        => Assert.Contains("runs a command with eno2", Edits.Refusal(Edits.Of(
            new KeptChange.AddressOnBridge("eno2", "br0", ["10.0.0.9/24"]), (Main, "iface eno2 inet static\n  address 10.0.0.9/24\n  up ip route add 10.9.0.0/16 dev eno2\niface br0 inet manual\n  bridge_ports eno2\n"))), StringComparison.Ordinal);
}
