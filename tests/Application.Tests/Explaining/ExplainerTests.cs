using ChatOpsBot.Application.Explaining;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Application.Tests.Explaining;

public class ExplainerTests
{
    public static TheoryData<string> Ids => [.. Catalogue.All.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Explain_EveryFault_SaysWhatHowAndWhatElse(string id)
    {
        var explanation = Ask(id.ToUpperInvariant());

        Assert.Equal((ExplanationKind.Answered, id), (explanation.Kind, explanation.Title));
        Assert.Equal(["What it is", "Decided by", "Confused with", "Repaired by", "Runbook"], explanation.Parts.Select(part => part.Heading).Take(5));
        Assert.All(explanation.Parts, part => Assert.NotEmpty(part.Text));
    }

    [Fact]
    public void Explain_FaultWithARunbook_NamesItWithRiskAndWayBack()
    {
        var runbook = new Runbook
        {
            Id = "bridge/attach-uplink", Hash = "", Title = "Attach the uplink to its bridge", Answers = ["bridge.uplink-missing"], Consequence = "",
            Steps = [new() { Name = "attach", Risk = Risk.D0, Read = ["true"], Before = "no master", Run = ["true"], After = "master br0", Undo = ["ip", "link", "set", "dev", "{uplink}", "nomaster"] }],
        };
        var text = Explainer.Explain("bridge.uplink-missing", new(RunbookSet.Empty.ById.Add(runbook.Id, runbook))).ToString();

        Assert.Contains("bridge/attach-uplink (D0", text, StringComparison.Ordinal);
        Assert.Contains("taken back by ip link set dev {uplink} nomaster", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cannot get interface MTU on 'br0': No such device", "bridge.missing")]
    [InlineData("Cannot get interface MTU on 'br0'", "bridge.missing")]
    [InlineData("error: Failed to start domain 'vm9'\nerror: Requested operation is not valid: network 'lan9' is not active", "libvirt.vm-not-running")]
    [InlineData("failed to parse default acl file `/etc/qemu/bridge.conf'\naccess denied by acl file", "libvirt.vm-not-running")]
    [InlineData("Could not access KVM kernel module: No such file or directory", "libvirt.vm-not-running")]
    [InlineData("[ 9120.11] e1000e 0000:00:1f.6 eno1: Detected Hardware Unit Hang:", "nic.driver-fault")]
    [InlineData("NETDEV WATCHDOG: eno1 (e1000e): transmit queue 0 timed out 5016 ms", "nic.driver-fault")]
    [InlineData("br0: received packet on vnet0 with own address as source address (addr:52:54:00:00:2a:01, vlan:0)", "bridge.tap-mac-is-guest-mac")]
    [InlineData("neighbour: arp_cache: neighbor table overflow!", "kernel.table-limit")]
    [InlineData("RTNETLINK answers: Exchange full", "kernel.table-limit")]
    [InlineData("bond0: Warning: No 802.3ad response from the link partner for any adapters in the bond", "nic.bond-lacp-broken")]
    [InlineData("ixgbe 0000:01:00.0 ens1f0: 42 Spoofed packets detected", "nic.vf-spoofcheck")]
    [InlineData("modprobe: FATAL: Module 8021q not found in directory /lib/modules/6.1.0-13-amd64", "kernel.feature-missing")]
    [InlineData("igb 0000:01:00.0 enp1s0: renamed from eth0", "nic.uplink-renamed")]
    [InlineData("br0: port 2(vnet0) entered learning state", "bridge.stp-forward-delay")]
    [InlineData("PXE-E51: No DHCP or proxyDHCP offers were received.", "bridge.stp-forward-delay")]
    public void Explain_RealMessage_LeadsToItsFault(string message, string id)
    {
        var explanation = Ask(message);

        Assert.Equal(ExplanationKind.Answered, explanation.Kind);
        Assert.Equal($"That message points to {id}", explanation.Title);
    }

    [Theory]
    [InlineData("E10003", "libvirt.vm-not-running", "Could not access KVM kernel module")]
    [InlineData("error code w10005 from QEMU", "dhcp.no-answer", "No DHCPOFFERS")]
    [InlineData("W20001", "bridge.tap-mac-is-guest-mac", "own address as source address")]
    public void Explain_InventedCode_IsCalledSoAndTheRealThingNamed(string question, string id, string message)
    {
        var text = Ask(question).ToString();

        Assert.Contains("is an invented code", text, StringComparison.Ordinal);
        Assert.Contains(id, text, StringComparison.Ordinal);
        Assert.Contains(message, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("modprobe br_netfilter", "switches the filtering of bridged frames on")]
    [InlineData("sudo modprobe br-netfilter && sysctl -p", "switches the filtering of bridged frames on")]
    [InlineData("sysctl -w net.bridge.bridge-nf-call-iptables=1", "switches the filtering of bridged frames on")]
    [InlineData("systemctl restart networking", "tears taps off")]
    [InlineData("systemctl restart NetworkManager", "tears taps off")]
    [InlineData("service network restart", "tears taps off")]
    [InlineData("/etc/init.d/networking restart", "tears taps off")]
    [InlineData("ip link set br0 down then up", "cuts off every guest")]
    [InlineData("ip link set dev vmbr0 down && ip link set dev vmbr0 up", "cuts off every guest")]
    [InlineData("ifdown vmbr0", "cuts off every guest")]
    [InlineData("Maximum MAC Addresses: 1", "cuts off every guest")]
    [InlineData("switchport port-security maximum 1", "cuts off every guest")]
    [InlineData("port security limit 1", "cuts off every guest")]
    public void Explain_RefusedRepair_SaysWhyAndWhatInstead(string question, string why)
    {
        var explanation = Ask(question);

        Assert.Equal(ExplanationKind.Answered, explanation.Kind);
        Assert.StartsWith("Never proposed", explanation.Title, StringComparison.Ordinal);
        Assert.Contains(why, explanation.ToString(), StringComparison.Ordinal);
        Assert.Contains(explanation.Parts, part => part.Heading == "Instead");
    }

    [Theory]
    [InlineData("switchport port-security maximum 10")]
    [InlineData("Maximum MAC Addresses: 12")]
    [InlineData("ip link set vnet0 down")]
    [InlineData("systemctl restart libvirtd")]
    [InlineData("modprobe 8021q")]
    public void Explain_SimilarButHarmless_IsNotRefused(string question) => Assert.DoesNotContain("Never proposed", Ask(question).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("bridge.uplink-mising", "bridge.uplink-missing")]
    [InlineData("uplink-renamed", "nic.uplink-renamed")]
    [InlineData("nic.uplink-missing", "bridge.uplink-missing")]
    public void Explain_UnknownId_SuggestsNearOnes(string question, string near)
    {
        var explanation = Ask(question);

        Assert.Equal(ExplanationKind.UnknownId, explanation.Kind);
        Assert.Contains(near, explanation.Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the printer is out of paper today")]
    [InlineData("Out of memory: Killed process 4711 (java)")]
    public void Explain_TextOfNoFault_SaysSo(string text) => Assert.Equal(ExplanationKind.UnknownText, Ask(text).Kind);

    [Fact]
    public void Explain_HostileOrHugeText_IsAnsweredQuickly()
    {
        foreach (var text in Diagnoses.HostileTexts.Append(new string('*', 100_000)).Append(string.Concat(Enumerable.Repeat("ip link set br ", 5000))).Append(""))
        {
            _ = Ask(text).ToString();
        }
    }

    private static Explanation Ask(string question) => Explainer.Explain(question, RunbookSet.Empty);
}
