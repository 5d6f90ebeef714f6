using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeMissingTests
{
    [Fact]
    public void Judge_GuestNamesABridgeThatIsNowhere_IsCertainAndAsks()
    {
        var finding = Assert.Single(Judge(FakeHost.Healthy().Guest("vm9", "vnet9", "nobr9")).Findings);

        Assert.Equal(("nobr9", Certainty.Certain, (string?)null), (finding.Subject, finding.Certainty, finding.Repair));
        Assert.Contains("without an uplink leads nowhere", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_InventoryNamesItAndIfupdownDefinesIt_BringsItUp()
        => Assert.Equal("bridge/bring-up", Assert.Single(Judge(Deleted("").Address("eno1", "10.0.0.42")).Findings).Repair);

    [Theory]
    [InlineData("10.0.0.1 50000 10.0.0.42 22")]
    [InlineData("fe80::1%eno2 50000 fe80::2%eno9 22")]
    public void Judge_ItWouldTakeThePortOfOurOwnSession_AsksForTheConsole(string connection)
    {
        var finding = Assert.Single(Judge(Deleted(connection).Address("eno2", "10.0.0.42")).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("from the host's console", finding.Question, StringComparison.Ordinal);
        Assert.Contains("eno2", finding.Touches);
    }

    [Fact]
    public void Judge_NetworkdDefinesIt_AsksWithTheCommand()
    {
        var host = new FakeHost().Nic("eno2").Inventory(entry => entry with { Bridges = ["br0"] })
            .Section("e.cfg", "units", "/etc/systemd/network/br0.netdev\n").Section("e.cfg", "files", "/etc/systemd/network/br0.netdev\u00001:[NetDev]\n/etc/systemd/network/br0.netdev\u00002:Name=br0\n/etc/systemd/network/br0.netdev\u00003:Kind=bridge\n");

        Assert.Contains("networkctl reload", Assert.Single(Judge(host).Findings).Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OpenVswitchBridgeOfThatName_IsRuledOut()
    {
        var verdict = Judge(FakeHost.Healthy().Add("ovsbr0", "BROADCAST,UP,LOWER_UP", null, "openvswitch").Guest("vm9", "vnet9", "ovsbr0"));

        Assert.Empty(verdict.Findings);
        Assert.Contains("virtualport", Assert.Single(verdict.Rejected).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_LinkOfAnotherKindHasTheName_AsksForTheName()
        => Assert.Contains("is no bridge", Assert.Single(Judge(FakeHost.Healthy().Nic("br9").Guest("vm9", "vnet9", "br9")).Findings).Question, StringComparison.Ordinal);

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Guest("vm1", "vnet0", "br0").Inventory(entry => entry with { Bridges = ["br0"] })).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    [Fact]
    public void Judge_TapOfThatNameAndOpenVswitchUnread_CannotTell()
    {
        var verdict = Judge(new FakeHost().Tap("br0", null).Missing("e.ovs", "the Open vSwitch database needs root").Inventory(entry => entry with { Bridges = ["br0"] }));

        Assert.Empty(verdict.Findings);
        Assert.Equal("e.ovs", Assert.Single(verdict.Undecided).Section);
    }

    private static FakeHost Deleted(string connection)
        => new FakeHost().Nic("eno1").Nic("eno2").Config("br0", "eno2").Inventory(entry => entry with { Bridges = ["br0"] }).Section("e.self", "self", $"uid=0\nconnection={connection}\nuptime=1.0\n");

    private static Verdict Judge(FakeHost host) => BridgeMissing.Rule.Judge(host.View());
}
