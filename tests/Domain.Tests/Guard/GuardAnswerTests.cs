using System.Text;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Guard;

public class GuardAnswerTests
{
    private const string Whole = """
        Welcome to host42
        cob-guard 1
        plan p1
        status guard-lost
        state applying-3
        watchdog no
        runner yes
        refused no-watchdog nothing would take the change back
        uptime 12345
        left -50
        record 12000 conflict 2 0 3 10
        old
        new
        record
        record 12001 ran 3 124 0 5000
        
        TEXT
        end

        """;

    private static readonly string Text = Whole.Replace("TEXT", new string('x', 4000), StringComparison.Ordinal);

    [Fact]
    public void Read_WholeAnswer_HasEveryField()
    {
        var report = Report(Text);
        Assert.Equal(("p1", GuardStatus.GuardLost, 3, false, true), (report.Plan, report.Status, report.Step, report.WatchdogAlive, report.StepsRunning));
        Assert.Equal(new GuardRefusal(GuardRefusalKind.NoWatchdog, "nothing would take the change back"), report.Refusal);
        Assert.Equal((TimeSpan.FromSeconds(123.45), TimeSpan.FromSeconds(-0.5), false), (report.Uptime, report.Left, report.RecordsDamaged));
        Assert.Equal(
            [new(TimeSpan.FromSeconds(120), GuardRecordKind.Conflict, 2, 0, "old", "new\nrecord", false), new(TimeSpan.FromSeconds(120.01), GuardRecordKind.Ran, 3, 124, "", new('x', 4000), true)],
            report.Records);
    }

    [Fact]
    public void Read_RecordCutByAFullDisk_StillShowsTheNext()
    {
        var report = Report("cob-guard 1\nplan p1\nstatus revert-conflict\nrecord 1 ran 3 0 0 4000\n\nha\nrecord 2 conflict 1 0 1 1\na\nb\n\nend\n");
        Assert.Equal((true, GuardRecordKind.Conflict), (report.RecordsDamaged, Assert.Single(report.Records).Kind));
        Assert.False(Report("cob-guard 1\nplan p1\nstatus revert-conflict\n\nrecord 2 conflict 1 0 1 1\na\nb\n\nend\n").RecordsDamaged);
    }

    [Fact]
    public void Read_CutAnywhere_IsGarbledAndNeverThrows()
    {
        var bytes = Encoding.UTF8.GetBytes(Text);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsType<GuardAnswer.Garbled>(GuardAnswer.Read(bytes.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Read_AnyByteChanged_NeverThrows()
    {
        var bytes = Encoding.UTF8.GetBytes(Whole);
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var value in new byte[] { 0, (byte)'\n', (byte)' ', (byte)'9', (byte)'-', 0xff })
            {
                var changed = bytes.ToArray();
                changed[at] = value;
                Assert.NotNull(GuardAnswer.Read(changed));
            }
        }
    }

    [Theory]
    [InlineData("armed", GuardStatus.Armed)]
    [InlineData("not-begun", GuardStatus.NotBegun)]
    [InlineData("applying-12", GuardStatus.Applying)]
    [InlineData("applied", GuardStatus.Applied)]
    [InlineData("committed", GuardStatus.Committed)]
    [InlineData("reverting", GuardStatus.Reverting)]
    [InlineData("reverted", GuardStatus.Reverted)]
    [InlineData("revert-conflict", GuardStatus.RevertConflict)]
    [InlineData("revert-failed", GuardStatus.RevertFailed)]
    [InlineData("drift", GuardStatus.Drift)]
    [InlineData("guard-lost", GuardStatus.GuardLost)]
    [InlineData("rebooted", GuardStatus.Rebooted)]
    [InlineData("unknown", GuardStatus.Unknown)]
    public void Read_EveryStatusOfTheProgram_IsKnown(string word, GuardStatus status) => Assert.Equal(status, Report($"cob-guard 1\nplan p\nstatus {word}\nend\n").Status);

    [Theory]
    [InlineData(GuardStatus.Armed, true)]
    [InlineData(GuardStatus.Applying, true)]
    [InlineData(GuardStatus.Applied, true)]
    [InlineData(GuardStatus.Reverting, true)]
    [InlineData(GuardStatus.GuardLost, true)]
    [InlineData(GuardStatus.NotBegun, false)]
    [InlineData(GuardStatus.Committed, false)]
    [InlineData(GuardStatus.Reverted, false)]
    [InlineData(GuardStatus.Drift, false)]
    [InlineData(GuardStatus.Rebooted, false)]
    public void HoldsHost_EveryStatus_IsAsTheProgramDecides(GuardStatus status, bool holds) => Assert.Equal(holds, new GuardReport { Plan = "p", Status = status }.HoldsHost);

    [Theory]
    [InlineData("")]
    [InlineData("sh: 1: sudo: not found\n")]
    [InlineData("cob-guard 2\nend\n")]
    [InlineData("cob-guard 1\nplan p\nend\n")]
    [InlineData("cob-guard 1\nplan p\nstatus excellent\nend\n")]
    [InlineData("cob-guard 1\nhello\nend\n")]
    [InlineData("cob-guard 1\nplan p\nstatus armed\n")]
    public void Read_NoAnswer_IsGarbled(string text) => Assert.NotEmpty(Assert.IsType<GuardAnswer.Garbled>(GuardAnswer.Read(Encoding.UTF8.GetBytes(text))).Problem);

    [Fact]
    public void Read_RecordCutByAFullFileSystem_FindsTheNextOne()
    {
        var report = Report("cob-guard 1\nplan p\nstatus reverted\nuptime 1\nrecord 5 ran 1 0 0 900\n\nonly hal\nrecord 6 undone 1 0 0 2\n\nok\nend\n");
        Assert.True(report.RecordsDamaged);
        Assert.Equal([(GuardRecordKind.Undone, "ok")], report.Records.Select(record => (record.Kind, record.Found)));
    }

    [Fact]
    public void Read_OutputThatLooksLikeAnAnswer_IsOnlyOutput()
    {
        var forged = "x\nend\nplan p\nstatus committed\nrecord 1 ran 1 0 0 0\n\n\n";
        var report = Report($"cob-guard 1\nplan p\nstatus applied\nuptime 1\nrecord 5 ran 1 0 0 {forged.Length}\n\n{forged}\nend\n");
        Assert.Equal((GuardStatus.Applied, forged), (report.Status, Assert.Single(report.Records).Found));
    }

    [Fact]
    public void Read_List_HasEveryPlan()
    {
        var answer = GuardAnswer.Read("cob-guard 1\nplan a\nstatus armed\nuptime 1\nrecord 1 armed 0 0 0 0\n\n\nplan b\nstatus drift\nend\n"u8.ToArray());
        Assert.Equal([("a", 1), ("b", 0)], Assert.IsType<GuardAnswer.Understood>(answer).Reports.Select(report => (report.Plan, report.Records.Length)));
        Assert.Empty(Assert.IsType<GuardAnswer.Understood>(GuardAnswer.Read("cob-guard 1\nend\n"u8.ToArray())).Reports);
    }

    private static GuardReport Report(string text) => Assert.Single(Assert.IsType<GuardAnswer.Understood>(GuardAnswer.Read(Encoding.UTF8.GetBytes(text))).Reports);
}
