using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicVfSpoofcheckTests
{
    [Fact]
    public void Judge_SpoofCheckOn_IsCertain()
    {
        var finding = Assert.Single(Judge(Function(true, false)).Findings);

        Assert.Equal(("eno2", Certainty.Certain, "nic/trust-function"), (finding.Subject, finding.Certainty, finding.Repair));
        Assert.Contains(finding.Because, line => line.Text.Contains("vf 3 spoofchk on, trust off", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_OnlyUntrusted_IsLikely() => Assert.Equal(Certainty.Likely, Assert.Single(Judge(Function(false, false)).Findings).Certainty);

    [Fact]
    public void Judge_CheckOffAndTrusted_IsRuledOut() => Assert.Empty(Judge(Function(false, true)).Findings);

    [Fact]
    public void Judge_PhysicalFunctionOutside_IsThePlatform()
    {
        var verdict = Judge(FakeHost.Healthy().Section("e.nic", "function eno2", "virtual"));

        Assert.Empty(verdict.Findings);
        Assert.Contains("platform.outer-filter", Assert.Single(verdict.Rejected).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_PhysicalFunctionTellsNothing_CannotTell() => Assert.Equal("e.link", Assert.Single(Judge(Function(null, null)).Undecided).Section);

    [Fact]
    public void Judge_UplinkIsAPhysicalFunction_IsClear()
        => Assert.Empty(Judge(FakeHost.Healthy().Section("e.nic", "link eno2", "Speed: 10000Mb/s\n").Change("eno2", link => link["vfinfo_list"] = Vfs(true, false))).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Function(bool? check, bool? trust)
        => FakeHost.Healthy().Nic("ens1f0").Section("e.nic", "function eno2", "virtual").Section("e.nic", "vf eno2", "ens1f0 3").Change("ens1f0", link => link["vfinfo_list"] = Vfs(check, trust));

    private static System.Text.Json.Nodes.JsonArray Vfs(bool? check, bool? trust)
        => [new System.Text.Json.Nodes.JsonObject { ["vf"] = 3, ["spoofchk"] = check, ["trust"] = trust }];

    private static Verdict Judge(FakeHost host) => NicVfSpoofcheck.Rule.Judge(host.View());
}
