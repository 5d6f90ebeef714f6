using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Application.Tests.Commands;

public class ExamineHostTests
{
    [Theory]
    [InlineData("e.nft", PartEnd.NotInstalled, "apt-get install nftables")]
    [InlineData("e.dom", PartEnd.NotInstalled, "apt-get install libvirt-clients")]
    [InlineData("e.nft", PartEnd.NoPrivilege, "/etc/sudoers.d/chatopsbot")]
    [InlineData("e.dom", PartEnd.Exited, "usermod -aG libvirt ops")]
    [InlineData("e.klog", PartEnd.Exited, "usermod -aG adm ops")]
    [InlineData("e.dom", PartEnd.TimedOut, "run it by hand")]
    public void Remedies_UnreadSection_NameTheCommand(string section, PartEnd end, string expected)
    {
        var remedies = ReadGaps.Remedies(Snapshot(section, end), [section], "ops");

        Assert.Contains(expected, remedies[section]);
    }

    [Theory]
    [InlineData("e.link", PartEnd.Exited)]
    [InlineData("e.nothing", PartEnd.NotInstalled)]
    public void Remedies_NothingKnown_SaysNothing(string section, PartEnd end)
        => Assert.Empty(ReadGaps.Remedies(Snapshot(section, end), [section], "ops"));

    [Fact]
    public void Remedies_SectionThatNeverCame_SaysNothing()
        => Assert.Empty(ReadGaps.Remedies(Snapshot("e.link", PartEnd.Exited), ["e.nft"], "ops"));

    [Fact]
    public void AllowSudo_Always_SaysWhatItCosts() => Assert.Contains("as powerful as root", ReadGaps.AllowSudo("ops"));

    private static HostSnapshot Snapshot(string section, PartEnd end) => new(
        "host42",
        DateTimeOffset.UnixEpoch,
        TimeSpan.FromSeconds(1),
        ImmutableSortedDictionary<string, SectionOutput>.Empty.Add(section, new(section, [new("", end, 1, default, Encoding.UTF8.GetBytes("permission denied"))])));
}
