using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class HostConfigDriftTests
{
    [Fact]
    public void Judge_SpanningTreeDiffers_IsFound()
    {
        var finding = Assert.Single(Judge(FakeHost.Healthy().Section("e.cfg", "files", File("bridge_ports eno2", "bridge_stp on"))).Findings);

        Assert.Equal(("br0", Certainty.Certain, Scope.Bridge, Risk.D3), (finding.Subject, finding.Certainty, finding.Scope, finding.Risk));
        Assert.Contains("ifup --no-act", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_ConfiguredAddressIsNowhere_IsFound()
        => Assert.Contains("192.0.2.7", Assert.Single(Judge(FakeHost.Healthy().Address("br0", "192.0.2.42").Section("e.cfg", "files", File("address 192.0.2.7/24", "bridge_ports eno2"))).Findings).Summary, StringComparison.Ordinal);

    [Fact]
    public void Judge_ConfiguredAddressIsOnTheUplink_IsAnotherFault()
        => Assert.Empty(Judge(FakeHost.Healthy().Address("eno2", "192.0.2.7").Section("e.cfg", "files", File("address 192.0.2.7/24", "bridge_ports eno2"))).Findings);

    [Fact]
    public void Judge_UplinkThatNoFileKnows_IsFound() => Assert.Contains("eno3", Assert.Single(Judge(FakeHost.Healthy().Nic("eno3", "br0").Config("br0", "eno2")).Findings).Summary, StringComparison.Ordinal);

    [Fact]
    public void Judge_UplinkThatTheInventoryNames_IsMeantSo()
        => Assert.Empty(Judge(FakeHost.Healthy().Config("br0", "eno9").Inventory(entry => entry with { Uplinks = entry.Uplinks.Add("br0", "eno2") })).Findings);

    [Fact]
    public void Judge_TapsAndAddressesBesideTheConfigured_AreNoDrift()
        => Assert.Empty(Judge(FakeHost.Healthy().Tap("vnet1", "br0").Address("br0", "192.0.2.42").Address("br0", "192.0.2.200").Section("e.cfg", "files", File("address 192.0.2.42/24", "bridge_ports eno2"))).Findings);

    [Fact]
    public void Judge_HandMadeBridgeThatNoFileDefines_IsNoDrift() => Assert.Empty(Judge(FakeHost.Healthy().Section("e.cfg", "files", "/etc/network/interfaces\u00001:auto lo\n")).Findings);

    [Fact]
    public void Judge_BridgeThatStartsAtBootIsNotThere_IsFoundUnlessTheInventoryWantsIt()
    {
        const string Text = "/etc/network/interfaces\u00001:auto br9\n/etc/network/interfaces\u00002:iface br9 inet manual\n/etc/network/interfaces\u00003:    bridge_ports eno9\n";

        Assert.Equal("br9", Assert.Single(Judge(FakeHost.Healthy().Section("e.cfg", "files", Text)).Findings).Subject);
        Assert.Empty(Judge(FakeHost.Healthy().Section("e.cfg", "files", Text).Inventory(entry => entry with { Bridges = ["br0", "br9"] })).Findings);
        Assert.Empty(Judge(FakeHost.Healthy().Section("e.cfg", "files", Text.Replace("auto br9", "# no", StringComparison.Ordinal))).Findings);
    }

    [Fact]
    public void Diagnose_PortsWaitBecauseSpanningTreeWasSwitchedOn_IsAConsequence()
    {
        var diagnosis = new FakeHost().Bridge("br0", stp: 1, forwardDelay: 1500).Nic("eno2", "br0", state: "listening").Tap("vnet0", "br0").Section("e.cfg", "files", File("bridge_ports eno2", "bridge_stp off")).Diagnose();

        Assert.Equal(BridgeStpForwardDelay.Id, diagnosis.Primary?.Id);
        Assert.NotNull(Assert.Single(diagnosis.Findings, finding => finding.Id == HostConfigDrift.Id).ConsequenceOf);
    }

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Config("br0", "eno2")).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static string File(params string[] options)
        => "/etc/network/interfaces\u00001:auto br0\n/etc/network/interfaces\u00002:iface br0 inet static\n" + string.Concat(options.Select((option, index) => $"/etc/network/interfaces\0{index + 3}:    {option}\n"));

    private static Verdict Judge(FakeHost host) => HostConfigDrift.Rule.Judge(host.View());
}
