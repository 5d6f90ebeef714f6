using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class PlatformOuterFilterTests
{
    [Fact]
    public void Judge_VirtualHostWhoseGuestsAreNotAnswered_IsFound()
    {
        var finding = Assert.Single(Judge(Virtual().Offers(true, false)).Findings);

        Assert.Equal(("eno2", Certainty.Certain), (finding.Subject, finding.Certainty));
        Assert.Contains("MAC learning", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_BareMetal_IsRuledOut() => Assert.Single(Judge(ProbedHost.Plain().Offers(true, false)).Rejected);

    [Fact]
    public void Judge_GuestIsAnsweredToo_IsRuledOut() => Assert.Single(Judge(Virtual().Offers(true, true)).Rejected);

    [Fact]
    public void Judge_NotAsked_SaysNothing() => Assert.True(ProbedHost.IsSilent(Judge(Virtual())));

    private static FakeHost Virtual() => new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", "br0").Section("e.os", "files", "x:y\n").Section("e.os", "virtualization", "vmware\n");

    private static Verdict Judge(FakeHost host) => PlatformOuterFilter.Rule.Judge(host.View());
}
