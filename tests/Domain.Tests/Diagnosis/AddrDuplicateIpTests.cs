using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class AddrDuplicateIpTests
{
    // 10.20.0.0/24: two addresses near its end that nobody has are asked for as well.
    private static readonly string[] Asked = ["10.20.0.9", "10.20.0.253", "10.20.0.252"];

    // Trap 11: arping -D stops at the first answer, so the probe counts all of them.
    [Fact]
    [Trait("Trap", "11")]
    public void Judge_TwoMachinesAnswer_IsCertainAndNamesTheGuest()
    {
        var finding = Assert.Single(Judge($"10.20.0.9 {ProbedHost.Mac}", "10.20.0.9 02:00:00:00:00:77").Findings);

        Assert.Equal(("vnet0", Certainty.Certain, Scope.Guest), (finding.Subject, finding.Certainty, finding.Scope));
        Assert.Contains("10.20.0.9", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TwoThatNobodyKnowsAnswer_IsLikely_ForAMachineWithTwoNicsAnswersFromBoth()
    {
        var finding = Assert.Single(Judge("10.20.0.9 02:00:00:00:00:66", "10.20.0.9 02:00:00:00:00:77").Findings);

        Assert.Equal(("10.20.0.9", Certainty.Likely, Scope.Bridge), (finding.Subject, finding.Certainty, finding.Scope));
        Assert.Contains("two NICs", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OneMachineAnswers_IsRuledOut() => Assert.Single(Judge($"10.20.0.9 {ProbedHost.Mac}").Rejected);

    [Fact]
    public void Judge_AVirtualRouter_IsRuledOut() => Assert.Empty(Judge($"10.20.0.9 {ProbedHost.Mac}", "10.20.0.9 00:00:5e:00:01:07").Findings);

    [Fact]
    public void Judge_OneAnswersForAll_IsProxyArp()
    {
        var verdict = Judge($"10.20.0.9 {ProbedHost.Mac}", "10.20.0.9 02:00:00:00:00:66", "10.20.0.253 02:00:00:00:00:66", "10.20.0.252 02:00:00:00:00:66");

        Assert.Empty(verdict.Findings);
        Assert.Contains(verdict.Rejected, rejection => rejection.Why.Contains("proxy", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_NotAsked_SaysNothing() => Assert.True(ProbedHost.IsSilent(AddrDuplicateIp.Rule.Judge(ProbedHost.Plain().View())));

    private static Verdict Judge(params string[] answers) => AddrDuplicateIp.Rule.Judge(ProbedHost.Plain().Arp(Asked, answers).View());
}
