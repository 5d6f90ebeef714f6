using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public class LogEvidenceTests
{
    [Fact]
    public void Journal_CapturedLines_AreTyped()
    {
        var log = Collected.Known(KernelLogEvidence.Source.Read(Collected.Fixture("e.klog", "journal")));

        Assert.Equal("journal", log.Origin);
        Assert.Equal(3, log.Entries.Length);
        Assert.Equal(("br0: port 2(vnet0) entered disabled state", 6, "kernel"), (log.Entries[1].Message, log.Entries[1].Priority, log.Entries[1].Unit));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 12, 24, 44, TimeSpan.Zero), log.Entries[1].At!.Value.AddTicks(-(log.Entries[1].At!.Value.Ticks % TimeSpan.TicksPerSecond)));
        Assert.Equal(4454.648564, log.Entries[1].UptimeSeconds!.Value, 6);
    }

    [Fact]
    public void Journal_BytesInsteadOfText_AreDecoded()
        => Assert.Equal("not \uFFFD", Assert.Single(Read("journal", """{"MESSAGE":[110,111,116,32,255],"PRIORITY":"4"}""").Entries).Message);

    [Fact]
    public void Journal_SourceTimeOfTheKernel_WinsOverReceipt()
        => Assert.Equal(1.5, Assert.Single(Read("journal", """{"MESSAGE":"x","__MONOTONIC_TIMESTAMP":"9000000","_SOURCE_MONOTONIC_TIMESTAMP":"1500000"}""").Entries).UptimeSeconds);

    [Theory]
    [InlineData("{\"MESSAGE\":\"cut")]
    [InlineData("-- No entries --")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"MESSAGE\":null}")]
    [InlineData("{\"MESSAGE\":[]}")]
    [InlineData("")]
    public void Journal_OtherLines_AreLeftOut(string line) => Assert.Empty(Read("journal", line + "\n").Entries);

    [Fact]
    public void Journal_TimesOutOfRange_AreUnknown()
    {
        var entry = Assert.Single(Read("journal", """{"MESSAGE":"x","__REALTIME_TIMESTAMP":"99999999999999999999","_SOURCE_MONOTONIC_TIMESTAMP":"-1"}""").Entries);

        Assert.Null(entry.At);
        Assert.Null(entry.UptimeSeconds);
    }

    [Fact]
    public void Dmesg_RawLines_AreTyped()
    {
        var log = Collected.Known(KernelLogEvidence.Source.Read(Collected.Fixture("e.klog", "dmesg")));

        Assert.Equal(("dmesg", 3), (log.Origin, log.Entries.Length));
        Assert.Equal(new LogEntry(null, 4440.162696, 6, "kernel", "br0: port 1(vnet0) entered disabled state"), log.Entries[2]);
    }

    [Fact]
    public void Dmesg_FacilityInTheNumber_IsTakenOff() => Assert.Equal(3, Assert.Single(Read("dmesg", "<27>no time\n").Entries).Priority);

    [Fact]
    public void Syslog_BothTimeForms_AreRead()
    {
        var log = Collected.Known(ServiceLogEvidence.Source.Read(Collected.Section("e.svc", Collected.Part(
            "syslog", "Nov 22 11:30:00 h NetworkManager[12]: <info> a: b\n2026-11-22T11:30:01.5+01:00 h ifup[3]: started\nnonsense\n"))));

        Assert.Equal(new LogEntry(null, null, null, "NetworkManager", "<info> a: b"), log.Entries[0]);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 10, 30, 1, 500, TimeSpan.Zero), log.Entries[1].At);
    }

    [Fact]
    public void Read_NothingLogged_IsKnownAndEmpty() => Assert.Empty(Read("journal", "").Entries);

    [Fact]
    public void Read_ToolWroteAnErrorAndNoLine_IsMissing()
        => Assert.Equal("dmesg: read kernel buffer failed: Operation not permitted", Collected.Missing(
            KernelLogEvidence.Source.Read(Collected.Section("e.klog", Collected.Part("dmesg", "", "dmesg: read kernel buffer failed: Operation not permitted\n")))));

    [Fact]
    public void Read_AsManyLinesAsTheLimit_IsCut()
    {
        var log = Read("dmesg", string.Concat(Enumerable.Range(0, 4000).Select(i => $"<6>[{i}.000000] line {i}\n")));

        Assert.True(log.IsCut);
        Assert.Equal(4000, log.Entries.Length);
    }

    private static LogFacts Read(string part, string text) => Collected.Known(KernelLogEvidence.Source.Read(Collected.Section("e.klog", Collected.Part(part, text))));
}
