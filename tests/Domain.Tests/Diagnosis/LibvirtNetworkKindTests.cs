using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class LibvirtNetworkKindTests
{
    private const string Uuid = "00000000-0000-4000-8000-000000000009";

    [Fact]
    public void Judge_UserNetworkButStoredOnABridge_IsCertain()
    {
        var finding = Assert.Single(Judge(Guest(User, Bridge)).Findings);

        Assert.Equal(("52:54:00:aa:bb:09", Certainty.Certain, "br0", Risk.D1), (finding.Subject, finding.Certainty, finding.Bridge, finding.Risk));
    }

    [Fact]
    public void Diagnose_NatNetworkButStoredOnABridge_ExplainsTheWrongBridge()
    {
        var diagnosis = Guest("<interface type='network'><mac address='52:54:00:aa:bb:09'/><source network='default' bridge='virbr0'/><target dev='vnet9'/></interface>", Bridge)
            .Bridge("virbr0").Tap("vnet9", "virbr0").Address("virbr0", "192.168.122.1")
            .Section("e.net", "xml", "<network connections='1'><name>default</name><uuid>11111111-0000-4000-8000-000000000009</uuid><forward mode='nat'/><bridge name='virbr0'/></network>\n").Diagnose();

        Assert.Equal(LibvirtNetworkKind.Id, diagnosis.Primary?.Id);
        Assert.NotNull(Assert.Single(diagnosis.Findings, finding => finding.Id == BridgeVnetWrongBridge.Id).ConsequenceOf);
    }

    [Fact]
    public void Judge_NatGuestByDesign_IsRuledOut() => Assert.Contains("nothing says", Assert.Single(Judge(Guest(User, User)).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_SecondNicIsOnABridge_IsRuledOut()
        => Assert.Empty(Judge(Guest(User + "<interface type='bridge'><mac address='52:54:00:aa:bb:10'/><source bridge='br0'/><target dev='vnet0'/></interface>", Bridge)).Findings);

    [Fact]
    public void Judge_BridgedGuest_IsClear() => Assert.True(Judge(FakeHost.Healthy().Guest("vm1", "vnet0", "br0")).IsClear());

    private const string User = "<interface type='user'><mac address='52:54:00:aa:bb:09'/></interface>";
    private const string Bridge = "<interface type='bridge'><mac address='52:54:00:aa:bb:09'/><source bridge='br0'/></interface>";

    private static FakeHost Guest(string live, string stored)
        => FakeHost.Healthy().Section("e.dom", "xml", $"{Uuid}running (booted)\n\n<domain type='kvm' id='3'><name>vm9</name><uuid>{Uuid}</uuid><devices>{live}</devices></domain>\n<domain type='kvm'><name>vm9</name><uuid>{Uuid}</uuid><devices>{stored}</devices></domain>\n");

    private static Verdict Judge(FakeHost host) => LibvirtNetworkKind.Rule.Judge(host.View());
}
