using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class KernelFeatureMissingTests
{
    [Fact]
    public void Judge_ModulesGoneAndABridgeIsNotThere_AsksForAReboot()
    {
        var finding = Assert.Single(Judge(Lacking("bridge", "not installed", new FakeHost().Nic("eno2").Config("br0", "eno2"))).Findings);

        Assert.Equal(("bridge", Certainty.Certain, Scope.Host, Risk.D3), (finding.Subject, finding.Certainty, finding.Scope, finding.Risk));
        Assert.Contains("rebooted", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OneModuleNotInstalled_AsksForItsPackage()
        => Assert.Contains("modprobe 8021q", Assert.Single(Judge(Lacking("8021q", "installed", new FakeHost().Bridge("br0").Nic("eno2").Config("br0", "eno2.100"))).Findings).Question, StringComparison.Ordinal);

    [Fact]
    public void Judge_UpgradeWithoutRebootButAllThatIsNeededRuns_IsRuledOut()
    {
        var verdict = Judge(Lacking("8021q bonding macvtap", "not installed", FakeHost.Healthy().Config("br0", "eno2")));

        Assert.Empty(verdict.Findings);
        Assert.Equal(3, verdict.Rejected.Length);
    }

    [Fact]
    public void Judge_NoTunDeviceAndAGuestFailedToStart_IsFound()
    {
        var host = FakeHost.Healthy().Section("e.os", "files", "/proc/sys/kernel/osrelease:6.1.0-13-amd64\n").Section("e.os", "tun", "missing")
            .Section("e.dom", "xml", "00000000-0000-4000-8000-000000000009shut off (failed)\n\n<domain type='kvm'><name>vm9</name><uuid>00000000-0000-4000-8000-000000000009</uuid><devices><interface type='bridge'><source bridge='br0'/></interface></devices></domain>\n");

        Assert.Equal("tun", Assert.Single(Judge(host).Findings).Subject);
    }

    [Fact]
    [Trait("Trap", "13")]
    public void Judge_BrNetfilterIsNotLoaded_IsNeverMissing()
    {
        var verdict = Judge(Lacking("", "installed", FakeHost.Healthy()));

        Assert.Equal(Verdict.Clear.Findings, verdict.Findings);
        Assert.DoesNotContain("br_netfilter", ChatOpsBot.Domain.Evidence.OsEvidence.Source.Script, StringComparison.Ordinal);
    }

    [Fact]
    public void Diagnose_MissingBridge_IsItsConsequence()
        => Assert.Equal(KernelFeatureMissing.Id, Lacking("bridge", "not installed", new FakeHost().Nic("eno2").Config("br0", "eno2").Inventory(entry => entry with { Bridges = ["br0"] })).Diagnose().Primary?.Id);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Lacking(string modules, string files, FakeHost host)
        => host.Section("e.os", "files", "/proc/sys/kernel/osrelease:6.1.0-13-amd64\n/proc/modules:tun 1\n").Section("e.os", "modules", files).Section("e.os", "lacking", " " + modules);

    private static Verdict Judge(FakeHost host) => KernelFeatureMissing.Rule.Judge(host.View());
}
