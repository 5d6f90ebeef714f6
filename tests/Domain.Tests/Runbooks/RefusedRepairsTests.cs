using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Runbooks;

public class RefusedRepairsTests
{
    [Theory]
    [Trait("Trap", "13")]
    [InlineData("loading br_netfilter", "modprobe", "br_netfilter")]
    [InlineData("loading br_netfilter", "/sbin/modprobe", "-q", "br-netfilter")]
    [InlineData("loading br_netfilter", "sysctl", "-w", "net.bridge.bridge-nf-call-iptables=1")]
    [InlineData("loading br_netfilter", "sh", "-c", "test -e /x || modprobe br_netfilter")]
    [InlineData("loading br_netfilter", "sh", "-c", "echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables")]
    [InlineData("restarting the network service", "systemctl", "restart", "networking")]
    [InlineData("restarting the network service", "systemctl", "--no-block", "restart", "NetworkManager.service")]
    [InlineData("restarting the network service", "service", "networking", "restart")]
    [InlineData("restarting the network service", "sh", "-c", "systemctl restart \"$1\"", "x", "systemd-networkd")]
    [InlineData("restarting the network service", "nmcli", "networking", "off")]
    [InlineData("taking the whole bridge down", "ip", "link", "set", "dev", "br0", "down")]
    [InlineData("taking the whole bridge down", "ip", "link", "set", "br0", "down")]
    [InlineData("taking the whole bridge down", "sh", "-c", "ip link set dev \"$1\" down && ip link set dev \"$1\" up", "x", "br0")]
    [InlineData("taking the whole bridge down", "ifdown", "br0")]
    [InlineData("a port security limit of 1", "ssh", "switch", "switchport port-security maximum 1")]
    public void OfCommand_HarmfulCommand_IsRefused(string name, params string[] vector)
        => Assert.StartsWith(name, RefusedRepairs.OfCommand(vector, word => word == "br0")?.Name, StringComparison.Ordinal);

    [Theory]
    [InlineData("ip", "link", "set", "dev", "vnet0", "down")]
    [InlineData("ip", "link", "set", "dev", "vnet0", "master", "br0")]
    [InlineData("ip", "link", "set", "dev", "br0", "up")]
    [InlineData("sh", "-c", "bridge link set dev \"$1\" guard off && ip link set dev \"$1\" down && ip link set dev \"$1\" up", "run", "eno2", "br0")]
    [InlineData("sysctl", "-w", "net.bridge.bridge-nf-call-iptables=0")]
    [InlineData("modprobe", "-r", "tun")]
    [InlineData("ifup", "--force", "br0")]
    public void OfCommand_SmallerChange_IsNot(params string[] vector) => Assert.Null(RefusedRepairs.OfCommand(vector, word => word == "br0"));

    [Fact]
    public void Plan_RunbookThatBouncesTheBridge_IsRefusedWithTheReason()
    {
        var step = new RunbookStep
        {
            Name = "bounce {bridge}", Risk = Risk.D0, Subject = "bridge", Read = ["cat", "/x"], Before = "a", After = "b",
            Run = ["sh", "-c", "ip link set dev \"$1\" down; ip link set dev \"$1\" up", "run", "{bridge}"], Undo = ["true"],
        };
        var runbook = new Runbook
        {
            Id = "bridge/bounce", Hash = "", Title = "Bounce the bridge", Consequence = "", Steps = [step],
            Parameters = [new RunbookParameter("bridge", ParameterType.Bridge, RunbookParameter.Given, [], "bridge")],
        };

        var outcome = Planner.Plan(new()
        {
            Runbook = runbook,
            Snapshot = FakeHost.Healthy().Uptime(100).Snapshot(),
            Host = new() { Name = "host42", Address = "" },
            Arguments = ImmutableSortedDictionary<string, string>.Empty.Add("bridge", "br0"),
            HostKeyFingerprint = "",
            PlanId = "p",
            Expires = DateTimeOffset.MaxValue,
        });

        var refused = Assert.IsType<PlanOutcome.Impossible>(outcome);
        Assert.Contains("taking the whole bridge down and up, which is refused", refused.Why, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Remedy);
    }
}
