using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicLinkErrorsTests
{
    private const string Optic = """
        Laser output power                        : 0.5012 mW / -3.00 dBm
        Laser output power high alarm             : Off
        Laser output power low alarm              : Off
        Laser rx power low warning                : Off

        """;

    [Fact]
    public void Judge_OpticAtMinus3Dbm_IsSilent()
        => Assert.Equal(Verdict.Clear.Findings, Judge(FakeHost.Healthy().Section("e.nic", "link eno2", "Speed: 10000Mb/s\nDuplex: Full\nPort: FIBRE\n").Section("e.nic", "optic eno2", Optic)).Findings);

    [Fact]
    public void Judge_OpticRaisesItsOwnAlarm_IsCertainWhateverTheDbm()
    {
        var finding = Assert.Single(Judge(FakeHost.Healthy().Section("e.nic", "optic eno2", Optic.Replace("high alarm             : Off", "high alarm             : On", StringComparison.Ordinal))).Findings);

        Assert.Equal((Certainty.Certain, "eno2", (string?)null), (finding.Certainty, finding.Subject, finding.Repair));
        Assert.Contains("high alarm", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OpticOnlyWarns_IsRuledOut()
        => Assert.Contains("only warns", Assert.Single(Judge(FakeHost.Healthy().Section("e.nic", "optic eno2", Optic.Replace("warning                : Off", "warning                : On", StringComparison.Ordinal))).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_HalfDuplex_IsCertain()
        => Assert.Equal(Certainty.Certain, Assert.Single(Judge(FakeHost.Healthy().Section("e.nic", "link eno2", "Speed: 100Mb/s\nDuplex: Half\n")).Findings).Certainty);

    [Theory]
    [InlineData("rx", "crc_errors")]
    [InlineData("rx", "frame_errors")]
    [InlineData("tx", "carrier_errors")]
    [InlineData("tx", "carrier_changes")]
    public void Judge_CounterGrowsBetweenReads_IsLikely(string side, string counter)
        => Assert.Equal(Certainty.Likely, Assert.Single(Judge(With(side, counter, 5).Later(With(side, counter, 9), "e.link")).Findings).Certainty);

    [Theory]
    [InlineData("rx", "crc_errors", 5, 5)]
    [InlineData("rx", "dropped", 5, 5000)]
    public void Judge_OldErrorsStandStillOrOnlyDropsGrow_IsSilent(string side, string counter, long before, long after)
        => Assert.Empty(Judge(With(side, counter, before).Later(With(side, counter, after), "e.link")).Findings);

    [Fact]
    public void Judge_LinkLostThreeTimes_IsLikely()
    {
        (double, string)[] lines = [(9990, "igb 0000:01:00.0 eno2: igb: eno2 NIC Link is Down"), (9992, "igb 0000:01:00.0 eno2: igb: eno2 NIC Link is Down"), (9995, "igb 0000:01:00.0 eno2: igb: eno2 NIC Link is Down")];

        Assert.Equal(Certainty.Likely, Assert.Single(Judge(FakeHost.Healthy().Uptime(10000).KernelLog(lines)).Findings).Certainty);
        Assert.Empty(Judge(FakeHost.Healthy().Uptime(20000).KernelLog(lines)).Findings);
        Assert.Empty(Judge(FakeHost.Healthy().Uptime(10000).KernelLog(lines[..2])).Findings);
    }

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy()).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost With(string side, string counter, long value)
        => FakeHost.Healthy().Change("eno2", link => link["stats64"] = new System.Text.Json.Nodes.JsonObject { [side] = new System.Text.Json.Nodes.JsonObject { [counter] = value } });

    private static Verdict Judge(FakeHost host) => NicLinkErrors.Rule.Judge(host.View());
}
