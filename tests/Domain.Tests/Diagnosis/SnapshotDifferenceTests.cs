using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class SnapshotDifferenceTests
{
    [Fact]
    public void Between_TheSameHost_IsEmpty() => Assert.Empty(SnapshotDifference.Between(FakeHost.Healthy().View(), FakeHost.Healthy().View()));

    [Fact]
    public void Between_UplinkLeftItsBridge_SuitsThatFault()
    {
        var change = Assert.Single(SnapshotDifference.Between(FakeHost.Healthy().View(), new FakeHost().Bridge("br0").Nic("eno2").Tap("vnet0", "br0").View()), change => change.Suits(Found(BridgeUplinkMissing.Id, "br0")));

        Assert.Contains("was br0", change.Line.Text, StringComparison.Ordinal);
        Assert.False(change.Suits(Found(NfBridgeFamilyDrop.Id, "br0")));
    }

    [Fact]
    public void Between_PortFlagsChanged_SuitsThatPortOnly()
    {
        var change = Assert.Single(SnapshotDifference.Between(FakeHost.Healthy().View(), FakeHost.Healthy().PortFlag("eno2", "bcast_flood", false).View()));

        Assert.True(change.Suits(Found(BridgePortFlags.Id, "eno2")));
        Assert.False(change.Suits(Found(BridgePortFlags.Id, "vnet0")));
    }

    [Fact]
    public void Between_GuestsComeAndGo_IsNoChange() => Assert.Empty(SnapshotDifference.Between(FakeHost.Healthy().Tap("vnet9", "br0").View(), FakeHost.Healthy().View()));

    [Fact]
    public void Diagnose_History_IsShownWithTheFindingItSuits()
    {
        var host = FakeHost.Healthy().PortFlag("eno2", "bcast_flood", false);
        var history = SnapshotDifference.Between(FakeHost.Healthy().View(), host.View());
        var diagnosis = Diagnostician.Diagnose(host.Snapshot(), host.Entry, DiagnosisFocus.WholeHost, null, history);

        Assert.Contains(diagnosis.Primary?.Because ?? [], line => line.Section == "history");
    }

    private static Finding Found(string id, string subject) => new() { Id = id, Subject = subject, Scope = Scope.Bridge, Certainty = Certainty.Likely, Summary = id, Because = [], Risk = Risk.D0 };
}
