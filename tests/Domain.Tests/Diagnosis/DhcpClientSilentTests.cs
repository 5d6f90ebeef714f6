using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class DhcpClientSilentTests
{
    [Fact]
    public void Judge_NotOneFrameEver_IsLikelyInsideTheGuest()
    {
        var finding = Assert.Single(Judge(Silent()).Findings);

        Assert.Equal(("vnet0", Certainty.Likely, Scope.Guest), (finding.Subject, finding.Certainty, finding.Scope));
        Assert.Contains("likely inside the guest", finding.Summary, StringComparison.Ordinal);
        Assert.Contains("guest/nudge-link", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OtherFramesFlow_IsRuledOut() => Assert.Single(Judge(ProbedHost.Plain().Trace("heard 20 vnet0")).Rejected);

    [Fact]
    public void Judge_HoldsAnAddress_IsRuledOut()
        => Assert.Single(Judge(Silent().Section("e.neigh", "entries", $$"""[{"dst":"10.20.0.7","dev":"br0","lladdr":"{{ProbedHost.Mac}}","state":["STALE"]}]""").Section("e.neigh", "tables", "[]")).Rejected);

    [Fact]
    public void Judge_ItAsks_IsClear() => Assert.Empty(Judge(ProbedHost.Plain().Trace(ProbedHost.Discover(100))).Findings);

    [Fact]
    public void Judge_ListenedTooShortly_IsClear() => Assert.Empty(Judge(ProbedHost.Plain().TraceFor(4000)).Findings);

    [Fact]
    public void Judge_NobodyListened_SaysNothing() => Assert.True(ProbedHost.IsSilent(Judge(ProbedHost.Plain())));

    private static FakeHost Silent() => ProbedHost.Plain().Trace();

    private static Verdict Judge(FakeHost host) => DhcpClientSilent.Rule.Judge(host.View());
}
