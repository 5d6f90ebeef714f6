using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class SwitchPortSecurityTests
{
    private const string Lldp = """
        { "lldp": [{ "interface": [{ "name": "eno2", "chassis": [{ "id": [{ "type": "mac", "value": "02:00:00:00:aa:01" }], "name": [{ "value": "tor1" }] }], "port": [{ "id": [{ "type": "ifname", "value": "p42" }] }] }] }] }
        """;

    [Fact]
    public void Judge_HostIsAnsweredAndGuestIsNot_IsCertainAndNamesThePort()
    {
        var finding = Assert.Single(Judge(Sick().Section("e.lldp", "lldpd", Lldp)).Findings);

        Assert.Equal(("eno2", Certainty.Certain), (finding.Subject, finding.Certainty));
        Assert.Contains("port p42 of tor1", finding.Question, StringComparison.Ordinal);
        Assert.Contains("802.1X", finding.Question, StringComparison.Ordinal);
        Assert.Null(finding.Repair);
    }

    [Fact]
    public void Judge_PortHeardByTheProbe_NamesThePort()
    {
        var host = Sick().Section("p.lldp", "watch", "cob-watch 1\nready\nlldp 40 eno2 2 0570343200\nlldp 40 eno2 2 05703432\nlldp 40 eno2 5 746f7231\nend 9500 time\n");

        Assert.Contains("port p42 of tor1", Assert.Single(Judge(host).Findings).Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_GuestsOwnFramesInsteadOfTheProbes_IsLikely()
        => Assert.Equal(Certainty.Likely, Assert.Single(Judge(ProbedHost.Plain().Trace(ProbedHost.Discover(100)).Offers(true, toGuest: null)).Findings).Certainty);

    [Fact]
    public void Judge_OneGuestAnsweredTheOtherNot_IsLikely()
        => Assert.Contains("vm2", Assert.Single(Judge(ProbedHost.Plain(2).Trace([.. ProbedHost.Lease(100), .. ProbedHost.Discover(300, "vnet1", "52:54:00:aa:bb:02")])).Findings).Summary, StringComparison.Ordinal);

    [Fact]
    public void Judge_HostOnlyGetsItsOwnLease_IsLikelyForThePoolMayBeUsedUp()
    {
        var finding = Assert.Single(Judge(ProbedHost.Plain().Trace(ProbedHost.Discover(100)).Offers(true, false, hostGets: "10.20.0.42")).Findings);

        Assert.Equal(Certainty.Likely, finding.Certainty);
        Assert.Contains(DhcpPoolExhausted.Id, finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_HostIsAVirtualMachine_IsThePlatforms()
    {
        var verdict = Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", "br0").Section("e.os", "files", "x:y\n").Section("e.os", "virtualization", "kvm\n").Offers(true, false));

        Assert.Empty(verdict.Findings);
        Assert.Contains(verdict.Rejected, rejection => rejection.Why.Contains("virtual machine", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_HostIsNotAnsweredEither_IsRuledOut()
        => Assert.NotEmpty(Judge(ProbedHost.Plain().Trace(ProbedHost.Discover(100)).Offers(false, false).Gateway()).Rejected);

    [Theory]
    [InlineData(0, 102.5, true)]
    [InlineData(0, 120, false)]
    [InlineData(1, 102.5, false)]
    public void Judge_CarrierLostRightAfterAGuestBeganToSend_IsShutDown(int stp, double fell, bool found)
    {
        var host = new FakeHost().Bridge("br0", stp: stp).Nic("eno2", "br0", "NO-CARRIER,BROADCAST,MULTICAST,UP", "disabled").Tap("vnet0", "br0")
            .Section("e.klog", "dmesg", FormattableString.Invariant($"<6>[  100.000000] br0: port 2(vnet0) entered forwarding state\n<6>[  {fell:0.000000}] e1000e 0000:00:1f.6 eno2: NIC Link is Down\n"));

        Assert.Equal(found, !Judge(host).Findings.IsEmpty);
    }

    [Fact]
    public void Diagnose_ShutDownPort_ExplainsTheLostCarrier()
    {
        var diagnosis = new FakeHost().Bridge("br0").Nic("eno2", "br0", "NO-CARRIER,BROADCAST,MULTICAST,UP", "disabled").Tap("vnet0", "br0")
            .Section("e.klog", "dmesg", "<6>[  100.000000] br0: port 2(vnet0) entered forwarding state\n<6>[  101.000000] br0: port 1(eno2) entered disabled state\n").Diagnose();

        // A suspect explains nothing that is surer than itself.
        Assert.Equal(NicUplinkNoCarrier.Id, diagnosis.Primary?.Id);
        Assert.Contains(diagnosis.Findings, finding => finding.Id == SwitchPortSecurity.Id);
    }

    private static FakeHost Sick() => ProbedHost.Plain().Trace(ProbedHost.Discover(100)).Offers(toHost: true, toGuest: false).Gateway();

    private static Verdict Judge(FakeHost host) => SwitchPortSecurity.Rule.Judge(host.View());
}
