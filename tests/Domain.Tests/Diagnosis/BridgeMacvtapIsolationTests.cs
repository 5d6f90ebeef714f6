using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeMacvtapIsolationTests
{
    [Fact]
    public void Judge_ServerOfThisHostOnTheCardBelow_IsCertain()
    {
        var finding = Assert.Single(Judge(Macvtap().Section("e.sock", "udp", "  12: 00000000:0043 00000000:0000 07\n").Section("e.sock", "ss", "UNCONN 0 0 0.0.0.0%eno4:67 0.0.0.0:* users:((\"dnsmasq\",pid=107,fd=3))\n")).Findings);

        Assert.Equal(("macvtap0", Certainty.Certain, (string?)null), (finding.Subject, finding.Certainty, finding.Repair));
    }

    [Fact]
    public void Judge_ServerOnAnotherBridge_IsRuledOut()
        => Assert.Empty(Judge(Macvtap().Address("eno4", "192.0.2.1").Section("e.sock", "udp", "  12: 00000000:0043 00000000:0000 07\n").Section("e.sock", "ss", "UNCONN 0 0 0.0.0.0%virbr0:67 0.0.0.0:* users:((\"dnsmasq\",pid=107,fd=3))\n")).Findings);

    [Fact]
    public void Judge_MacvtapAlone_IsByDesign()
    {
        var verdict = Judge(Macvtap().Part("e.sock", new("udp", ChatOpsBot.Domain.Evidence.PartEnd.Exited, 1, default, default)));

        Assert.Empty(verdict.Findings);
        Assert.Empty(verdict.Undecided);
    }

    [Fact]
    public void Judge_ListenersNotRead_IsSilent() => Assert.True(Judge(Macvtap().Missing("e.sock", "no /proc")).IsClear());

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Macvtap() => FakeHost.Healthy().Nic("eno4").Add("macvtap0", "BROADCAST,MULTICAST,UP,LOWER_UP", null, "macvtap", new() { ["mode"] = "bridge" }, lower: "eno4");

    private static Verdict Judge(FakeHost host) => BridgeMacvtapIsolation.Rule.Judge(host.View());
}
