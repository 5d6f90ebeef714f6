using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class AddrStaleArpAfterMoveTests
{
    [Theory]
    [InlineData("1699999900000000", "heard 20 vnet0", true)]
    [InlineData("1699990000000000", "heard 20 vnet0", false)] // long ago
    [InlineData("1699999900000000", "heard 20 vnet0\nunicast 30 vnet0", false)] // frames arrive
    [InlineData("1699999900000000", "", false)] // the guest itself is silent
    public void Judge_AfterAMigration(string at, string seen, bool found)
    {
        var host = ProbedHost.Plain().Section("e.self", "self", "uid=0\nuptime=1000.0\nclock=1700000000\n")
            .Section("e.svc", "journal", $$"""{"MESSAGE":"Migration of domain vm1 finished","__REALTIME_TIMESTAMP":"{{at}}","UNIT":"libvirtd.service"}""" + "\n")
            .Section("e.fdb", "entries", $$"""[{"mac":"{{ProbedHost.Mac}}","ifname":"vnet0","master":"br0","flags":[],"state":""}]""").Trace(seen.Split('\n')).Arp(["10.20.0.9"], $"10.20.0.9 {ProbedHost.Mac}");
        var findings = AddrStaleArpAfterMove.Rule.Judge(host.View()).Findings;

        Assert.Equal(found, findings.Length == 1);
        Assert.All(findings, finding => Assert.Contains("announce-self", finding.Question, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1699999900000000", true, Certainty.Likely)]
    [InlineData("1699990000000000", true, Certainty.Possible)] // long ago: perhaps another machine has the address
    [InlineData("1699999900000000", false, null)] // no stranger is answered: something filters addresses
    public void Judge_EverybodyElseIsAnswered(string at, bool strangers, Certainty? certainty)
    {
        var host = ProbedHost.Plain().Section("e.self", "self", "uid=0\nuptime=1000.0\nclock=1700000000\n")
            .Section("e.svc", "journal", $$"""{"MESSAGE":"Migration of domain vm1 finished","__REALTIME_TIMESTAMP":"{{at}}","UNIT":"libvirtd.service"}""" + "\n")
            .Trace(ProbedHost.Discover(100)).Offers(true, strangers);

        Assert.Equal(certainty, AddrStaleArpAfterMove.Rule.Judge(host.View()).Findings.SingleOrDefault()?.Certainty);
        Assert.Equal(strangers, SwitchPortSecurity.Rule.Judge(host.View()).Findings.IsEmpty);
    }
}
