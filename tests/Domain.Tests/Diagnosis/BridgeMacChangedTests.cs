using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeMacChangedTests
{
    private const string Mac = "02:54:00:00:00:01";

    private static FakeHost Taken => new FakeHost().Add("br0", "BROADCAST,MULTICAST,UP,LOWER_UP", null, "bridge", new() { ["stp_state"] = 0 }, address: Mac)
        .Nic("eno2", "br0").Tap("vnet0", "br0", address: Mac).Address("br0", "192.0.2.42");

    [Fact]
    public void Judge_BridgeFollowsATap_PinsIt()
    {
        var finding = Assert.Single(Judge(Assigned(1)).Findings);

        Assert.Equal(("br0", Certainty.Certain, "bridge/pin-address", Risk.D3, SymptomProbe.GatewayArp), (finding.Subject, finding.Certainty, finding.Repair, finding.Risk, finding.Probe));
    }

    [Fact]
    public void Judge_AddressWasSet_IsRuledOut() => Assert.Contains("was set", Assert.Single(Judge(Assigned(3)).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_HowItGotItsAddressNotRead_CannotTell() => Assert.Equal("e.sysctl", Assert.Single(Judge(Taken).Undecided).Section);

    [Fact]
    public void Judge_NoUplink_IsRuledOut()
        => Assert.Contains("want of an uplink", Assert.Single(Judge(new FakeHost().Add("br0", "UP,LOWER_UP", null, "bridge", [], address: Mac).Tap("vnet0", "br0", address: Mac).Address("br0", "192.0.2.42")).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_HostHasNoAddressOnIt_IsRuledOut()
        => Assert.Empty(Judge(new FakeHost().Add("br0", "UP,LOWER_UP", null, "bridge", [], address: Mac).Nic("eno2", "br0").Tap("vnet0", "br0", address: Mac).Section("e.sysctl", "values", "/sys/class/net/br0/addr_assign_type:1\n")).Findings);

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.True(Judge(FakeHost.Healthy()).IsClear());

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Assigned(int type) => Taken.Section("e.sysctl", "values", $"/sys/class/net/br0/addr_assign_type:{type}\n");

    private static Verdict Judge(FakeHost host) => BridgeMacChanged.Rule.Judge(host.View());
}
