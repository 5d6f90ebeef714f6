using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicBondModeUnsupportedTests
{
    [Theory]
    [InlineData("balance-rr")]
    [InlineData("balance-tlb")]
    [InlineData("balance-alb")]
    public void Judge_ModeThatMovesAddresses_IsCertain(string mode)
    {
        var finding = Assert.Single(Judge(Bond(mode)).Findings);

        Assert.Equal(("bond0", Certainty.Certain, Risk.D3, (string?)null), (finding.Subject, finding.Certainty, finding.Risk, finding.Repair));
        Assert.Contains("active-backup", finding.Question, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("active-backup")]
    [InlineData("balance-xor")]
    [InlineData("802.3ad")]
    [InlineData("broadcast")]
    public void Judge_OtherModes_AreRuledOut(string mode)
    {
        var verdict = Judge(Bond(mode));

        Assert.Empty(verdict.Findings);
        Assert.Single(verdict.Rejected);
    }

    [Fact]
    public void Judge_OnePortOnly_IsRuledOut() => Assert.Empty(Judge(Bond("balance-rr", 1)).Findings);

    [Fact]
    public void Judge_ModeNotPrinted_CannotTell() => Assert.Single(Judge(Bond(null)).Undecided);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Bond(string? mode, int ports = 2)
    {
        var host = new FakeHost().Bridge("br0").Tap("vnet0", "br0").Add("bond0", "BROADCAST,MULTICAST,MASTER,UP,LOWER_UP", "br0", "bond", mode is null ? [] : new() { ["mode"] = mode });
        return Enumerable.Range(1, ports).Aggregate(host, (made, number) => made.Nic($"eno{number}", "bond0"));
    }

    private static Verdict Judge(FakeHost host) => NicBondModeUnsupported.Rule.Judge(host.View());
}
