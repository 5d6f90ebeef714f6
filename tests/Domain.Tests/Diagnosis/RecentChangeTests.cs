using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class RecentChangeTests
{
    [Fact]
    public void Read_DockerWasRestarted_SuitsFiltersOnly()
    {
        var change = Assert.Single(Read("Started docker.service - Docker Application Container Engine.", "docker.service", "1699999000000000"));

        Assert.Contains("docker", change.Line.Text, StringComparison.Ordinal);
        Assert.True(change.Suits(Found(NfForwardDropOnBridge.Id)));
        Assert.False(change.Suits(Found(BridgeUplinkMissing.Id)));
    }

    [Theory]
    [InlineData("Started docker.service", "docker.service", "1699980000000000")] // hours ago
    [InlineData("Started cron.service", "cron.service", "1699999000000000")]
    [InlineData("some other line", "docker.service", "1699999000000000")]
    public void Read_WhatIsNoChange_IsLeftOut(string message, string unit, string at) => Assert.Empty(Read(message, unit, at));

    private static System.Collections.Immutable.ImmutableArray<RecentChange> Read(string message, string unit, string at)
        => RecentChange.Read(
            ProbedHost.Plain().Section("e.self", "self", "uid=0\nuptime=1000.0\nclock=1700000000\n")
                .Section("e.svc", "journal", $$"""{"MESSAGE":"{{message}}","__REALTIME_TIMESTAMP":"{{at}}","UNIT":"{{unit}}"}""" + "\n").View(),
            TimeSpan.FromHours(2));

    private static Finding Found(string id) => new() { Id = id, Subject = "br0", Scope = Scope.Bridge, Certainty = Certainty.Likely, Summary = id, Because = [], Risk = Risk.D0 };
}
