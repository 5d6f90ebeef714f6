using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicDriverFaultTests
{
    private const string Hang = "e1000e 0000:00:1f.6 eno2: Detected Hardware Unit Hang:";

    [Fact]
    public void Judge_TwoHangsWithinTheHour_ProposesOffloadsOff()
    {
        var finding = Assert.Single(Judge(Hung(10000)).Findings);

        Assert.Equal(("eno2", Certainty.Likely, "nic/disable-offloads", Risk.D0), (finding.Subject, finding.Certainty, finding.Repair, finding.Risk));
    }

    [Fact]
    public void Judge_FramesWaitAndNoneIsSent_IsCertain()
    {
        var host = Hung(10000).Section("e.tc", "qdiscs", """[{ "dev": "eno2", "kind": "fq_codel", "root": true, "backlog": 90000 }]""");

        Assert.Equal(Certainty.Certain, Assert.Single(Judge(host.Later(Hung(10002), "e.link")).Findings).Certainty);
    }

    [Fact]
    public void Judge_OffloadsOffAlready_AsksForAWindow()
    {
        var finding = Assert.Single(Judge(Hung(10000).Section("e.nic", "features eno2", "tcp-segmentation-offload: off\ngeneric-segmentation-offload: off\ngeneric-receive-offload: off\n")).Findings);

        Assert.Equal((null, Risk.D3), (finding.Repair, finding.Risk));
        Assert.NotNull(finding.Question);
    }

    [Fact]
    public void Judge_HangsAreDaysOld_IsRuledOut() => Assert.Contains("older than an hour", Assert.Single(Judge(Hung(200000)).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_OneHang_IsRuledOut() => Assert.Empty(Judge(FakeHost.Healthy().Uptime(10000).KernelLog((9000, Hang))).Findings);

    [Theory]
    [InlineData("e1000e 0000:00:1f.6 eno21: Detected Hardware Unit Hang:")]
    [InlineData("NETDEV WATCHDOG: eno3 (e1000e): transmit queue 0 timed out")]
    public void Judge_AnotherCardHangs_IsSilent(string message) => Assert.Empty(Judge(FakeHost.Healthy().Uptime(10000).KernelLog((9000, message), (9500, message))).Findings);

    [Theory]
    [InlineData("NETDEV WATCHDOG: eno2 (e1000e): transmit queue 0 timed out 5004 ms")]
    [InlineData("e1000e 0000:00:1f.6 eno2: Reset adapter unexpectedly")]
    public void Judge_OtherWordsForIt_AreFound(string message) => Assert.Single(Judge(FakeHost.Healthy().Uptime(10000).KernelLog((9000, message), (9500, message))).Findings);

    [Fact]
    public void Judge_CardGoneAndDriverGaveUp_IsLikelyAndNotRenamed()
    {
        var host = new FakeHost().Bridge("br0").Tap("vnet0", "br0").Config("br0", "eno2").Uptime(100).KernelLog((3, "igb: probe of 0000:01:00.0 failed with error -5"));

        Assert.Equal(Certainty.Likely, Assert.Single(Judge(host).Findings).Certainty);
        Assert.Empty(NicUplinkRenamed.Rule.Judge(host.View()).Findings);
    }

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    [Theory]
    [InlineData(97400, 1)]
    [InlineData(197400, 0)]
    public void Judge_RecordedHangOfAProxmoxHost_CountsWhileItIsNew(double uptime, int findings)
    {
        var host = new FakeHost().Bridge("br0").Nic("eno1", "br0").Tap("vnet0", "br0").Uptime(uptime).Part("e.klog", Assert.Single(Sections.Fixture("e.klog", "e1000e-hang").Parts));

        Assert.Equal(findings, Judge(host).Findings.Length);
    }

    private static FakeHost Hung(double uptime) => FakeHost.Healthy().Uptime(uptime).KernelLog((9000, Hang), (9500, Hang));

    private static Verdict Judge(FakeHost host) => NicDriverFault.Rule.Judge(host.View());
}
