using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class HostManagerTookPortTests
{
    [Fact]
    public void Diagnose_NetworkManagerHoldsTheUplink_IsTheCauseOfTheMissingUplink()
    {
        var diagnosis = Taken("eno2:ethernet:connected:Wired connection 1").Diagnose();

        Assert.Equal((HostManagerTookPort.Id, Risk.D3, (string?)null), (diagnosis.Primary?.Id, diagnosis.Primary?.Risk, diagnosis.Primary?.Repair));
        Assert.Contains("connection.autoconnect no", diagnosis.Primary?.Question, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(diagnosis.Findings, finding => finding.Id == BridgeUplinkMissing.Id).ConsequenceOf);
    }

    [Fact]
    public void Judge_NetworkManagerOnlyWatches_IsRuledOut() => Assert.Contains("only watches", Assert.Single(Judge(Taken("eno2:ethernet:connected (externally):eno2")).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_PortIsWhereItBelongs_IsClear()
        => Assert.True(Judge(FakeHost.Healthy().Config("br0", "eno2").Section("e.cfg", "nmcli", "eno2:ethernet:connected:bridge-slave-eno2\n")).IsClear());

    [Fact]
    public void Diagnose_TapWasDeactivated_IsTheCauseOfTheDetachedTap()
    {
        var diagnosis = new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", null).Guest("vm1", "vnet0", "br0").Section("e.cfg", "nmcli", "vnet0:tun:disconnected:\n").Diagnose();

        Assert.Equal((HostManagerTookPort.Id, Scope.Guest), (diagnosis.Primary?.Id, diagnosis.Primary?.Scope));
        Assert.NotNull(Assert.Single(diagnosis.Findings, finding => finding.Id == BridgeVnetDetached.Id).ConsequenceOf);
    }

    [Fact]
    public void Judge_NetworkManagerDoesNotKnowThePort_IsClear() => Assert.True(Judge(Taken("eno2:ethernet:unmanaged:")).IsClear());

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Taken(string device) => new FakeHost().Bridge("br0").Nic("eno2").Tap("vnet0", "br0").Config("br0", "eno2").Section("e.cfg", "nmcli", device + "\n").Absent("e.dom", "no libvirt");

    private static Verdict Judge(FakeHost host) => HostManagerTookPort.Rule.Judge(host.View());
}
