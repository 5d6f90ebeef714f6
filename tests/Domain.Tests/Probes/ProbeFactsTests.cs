using System.Text;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Probes;

public class ProbeFactsTests
{
    [Fact]
    public void Read_WholeHost_SurvivesASnapshotFile()
    {
        var snapshot = ProbedHost.Plain().Trace(ProbedHost.Lease(100)).Offers(true, false).Gateway().Section("p.df", "br0 10.20.0.1 1500", "2 packets transmitted, 0 received, 100% packet loss\nping: local error: message too long, mtu=1400\n").Snapshot();
        var facts = ProbeFacts.Read(Assert.IsType<SnapshotFile.Reading.Loaded>(SnapshotFile.Read(SnapshotFile.Write(snapshot))).Snapshot);

        Assert.Equal(8, facts.Trace?.Messages.Length);
        Assert.Equal((true, false, true), (facts.DhcpOn("br0")?.ForHost, facts.DhcpOn("br0")?.ForGuest, facts.DhcpOn("br0")?.WaitedEnough));
        Assert.True(facts.Answers("br0", "10.20.0.1"));
        Assert.Null(facts.Answers("br0", "10.20.0.2"));
        var ping = Assert.Single(facts.DontFragment);
        Assert.Equal((1500, false), (ping.Size, ping.Passed));
        Assert.Contains("too long", ping.Said, StringComparison.Ordinal);
        Assert.Empty(facts.Unread);
    }

    [Fact]
    public void Read_CutOffAtAnyByte_NeverThrowsAndNeverMakesSilenceAnAnswer()
    {
        var whole = ProbedHost.Plain().Trace(ProbedHost.Discover(100)).Offers(false, false).Gateway(answers: false).Snapshot();
        foreach (var id in new[] { "p.trace", "p.dhcp", "p.arp" })
        {
            var part = whole.Sections[id].Parts[0];
            for (var length = 0; length < part.Stdout.Length; length++)
            {
                var facts = ProbeFacts.Read(whole with { Sections = whole.Sections.SetItem(id, new(id, [part with { Stdout = part.Stdout[..length] }])) });
                Assert.True(id != "p.dhcp" || facts.DhcpOn("br0") is null or { WaitedEnough: false } || length >= part.Stdout.Length - 1);
                Assert.True(id != "p.arp" || facts.Answers("br0", "10.20.0.1") is null || length >= part.Stdout.Length - 1);
            }
        }
    }

    [Theory]
    [InlineData("dhcp 1 vnet0 in DISCOVER 52:54:00:aa:bb:01")]
    [InlineData("dhcp -1 vnet0 in DISCOVER 52:54:00:aa:bb:01 1 0.0.0.0 0.0.0.0 - - - - - 52:54:00:aa:bb:01 all")]
    [InlineData("dhcp 1 ../x in DISCOVER 52:54:00:aa:bb:01 1 0.0.0.0 0.0.0.0 - - - - - 52:54:00:aa:bb:01 all")]
    [InlineData("lldp 1 eno2 5 zz")]
    [InlineData("arp 1 vnet0 in ask")]
    public void Read_LinesThatAreNone_AreLeftOut(string line)
    {
        var facts = ProbeFacts.Read(ProbedHost.Plain().Trace(line).Section("p.lldp", "watch", $"cob-watch 1\nready\n{line}\n").Snapshot());

        Assert.Empty(facts.Trace?.Messages ?? []);
        Assert.Empty(facts.Trace?.Arps ?? []);
        Assert.Empty(facts.Switches?.Neighbors ?? []);
    }

    [Fact]
    public void Read_ProbeThatFailed_SaysWhy()
    {
        var facts = ProbeFacts.Read(ProbedHost.Plain().Section("p.dhcp", "br0", "cob-dhcp 1\noff br0 Operation not permitted\n").Part("p.arp", new("br0", PartEnd.Unread, 0, default, Encoding.UTF8.GetBytes("sudo -n refused"))).Snapshot());

        Assert.Equal([("p.dhcp", "br0: Operation not permitted"), ("p.arp", "sudo -n refused")], facts.Unread);
    }
}
