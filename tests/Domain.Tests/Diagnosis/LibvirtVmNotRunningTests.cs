using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class LibvirtVmNotRunningTests
{
    private const string Uuid = "00000000-0000-4000-8000-000000000009";

    [Fact]
    public void Judge_FailedForAnInactiveNetwork_StartsTheNetwork()
    {
        var finding = Assert.Single(Judge(Guest("shut off (failed)", "network", "lan9").Section("e.net", "xml", Network)).Findings);

        Assert.Equal(("lan9", Certainty.Certain, "libvirt/start-network"), (finding.Subject, finding.Certainty, finding.Repair));
    }

    [Fact]
    public void Judge_LogHasTheRefusal_IsEnough()
    {
        var host = Guest("shut off (unknown)", "network", "lan9").Section("e.net", "xml", Network).Uptime(100)
            .Section("e.svc", "journal", """{"__REALTIME_TIMESTAMP":"1","MESSAGE":"Requested operation is not valid: network 'lan9' is not active"}""" + "\n");

        Assert.Single(Judge(host).Findings);
    }

    [Theory]
    [InlineData("shut off (shutdown)")]
    [InlineData("shut off (destroyed)")]
    [InlineData("shut off (saved)")]
    [InlineData("paused (user)")]
    [InlineData("paused (migrating)")]
    public void Judge_SomebodyDidThat_IsRuledOut(string state)
    {
        var verdict = Judge(Guest(state, "network", "lan9").Section("e.net", "xml", Network));

        Assert.Empty(verdict.Findings);
        Assert.NotEmpty(verdict.Rejected);
    }

    [Fact]
    public void Judge_PausedByItsDiskAndVarIsFull_SaysWhere()
    {
        var finding = Assert.Single(Judge(Guest("paused (I/O error)").Section("e.disk", "room", "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000000 1000000 0 100% /var\n")).Findings);

        Assert.Contains("/var is full", finding.Summary, StringComparison.Ordinal);
        Assert.Contains("virsh resume vm9", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_KilledForWantOfMemory_SaysSo()
    {
        var host = Guest("shut off (crashed)").Uptime(100).KernelLog((90, "Out of memory: Killed process 4711 (qemu-system-x86) total-vm:8388608kB"));

        Assert.Contains("ran out of memory", Assert.Single(Judge(host).Findings).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Diagnose_ItsBridgeDoesNotExist_IsAConsequence()
    {
        var diagnosis = Guest("shut off (failed)", "bridge", "nobr9").Diagnose();

        Assert.Equal(BridgeMissing.Id, diagnosis.Primary?.Id);
        Assert.Equal("bridge.missing nobr9", Assert.Single(diagnosis.Findings, finding => finding.Id == LibvirtVmNotRunning.Id).ConsequenceOf);
    }

    [Fact]
    public void Judge_FailedAndNothingStandsInTheWayNow_IsASuspectOnly() => Assert.Equal(Certainty.Possible, Assert.Single(Judge(Guest("shut off (failed)")).Findings).Certainty);

    [Theory]
    [InlineData("Could not access KVM kernel module: No such file or directory", "virt-host-validate")]
    [InlineData("access denied by acl file", "bridge.conf")]
    [InlineData("could not configure /dev/net/tun: Operation not permitted", "modprobe tun")]
    public void Judge_LogNamesTheError_AsksForItsRemedy(string message, string remedy)
    {
        var host = Guest("shut off (failed)").Uptime(100).Section("e.svc", "journal", $$"""{"__REALTIME_TIMESTAMP":"1","MESSAGE":"{{message}}"}""" + "\n");

        Assert.Contains(remedy, Assert.Single(Judge(host).Findings).Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_RunningGuest_IsClear() => Assert.True(Judge(FakeHost.Healthy().Guest("vm1", "vnet0", "br0")).IsClear());

    [Fact]
    public void Judge_NoLibvirt_IsClear() => Assert.True(Judge(FakeHost.Healthy().Absent("e.dom", "no libvirt socket")).IsClear());

    private const string Network = "<network><name>lan9</name><uuid>11111111-0000-4000-8000-000000000009</uuid><forward mode='bridge'/><bridge name='br0'/></network>\n";

    private static FakeHost Guest(string state, string type = "bridge", string source = "br0")
        => FakeHost.Healthy().Section("e.dom", "xml", $"{Uuid}{state}\n\n<domain type='kvm'><name>vm9</name><uuid>{Uuid}</uuid><devices><interface type='{type}'><mac address='52:54:00:aa:bb:09'/><source {type}='{source}'/></interface></devices></domain>\n");

    private static Verdict Judge(FakeHost host) => LibvirtVmNotRunning.Rule.Judge(host.View());
}
