using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Guard;

public class GuardPlanEncodingTests
{
    [Fact]
    public void Of_Plan_IsFramedByNewlinesAndBytes()
    {
        var encoded = Assert.IsType<GuardPlanEncoding.Encoded>(GuardPlanEncoding.Of(Plan(Step())));
        var text = Encoding.UTF8.GetString(encoded.Bytes.Span);
        var program = Encoding.UTF8.GetString(GuardProgram.Text.Span);
        Assert.Equal(
            $"cob-plan 1\n1\n{program.Count(c => c == '\n')} {GuardProgram.Text.Length}\n{program}\n1\n"
            + "7\n0 9\nset it ü\n0 5\nvnet0\n0 1\n7\n0 17\nfe:54:00:00:00:01\n1 3\na\nb\n0 0\n\n0 2\n10\n"
            + "1\n0 3\ncat\n3\n0 2\nip\n0 0\n\n2 4\nx\n\ny\n1\n0 4\nundo\ncob-end\n",
            text);
    }

    [Fact]
    public void Of_NoSubjectAndAPartOfASecond_LeavesItEmptyAndRoundsUp()
    {
        var encoded = Assert.IsType<GuardPlanEncoding.Encoded>(GuardPlanEncoding.Of(Plan(Step() with { Subject = null, Timeout = TimeSpan.FromSeconds(1.2) })));
        Assert.Contains("7\n0 9\nset it ü\n0 0\n\n0 0\n\n0 0\n\n1 3\na\nb\n0 0\n\n0 1\n2\n", Encoding.UTF8.GetString(encoded.Bytes.Span), StringComparison.Ordinal);
    }

    public static TheoryData<string, PlanStep> UnfitSteps => new()
    {
        { "step 1: read has no program", Step() with { Read = [] } },
        { "step 1: run has no program", Step() with { Run = [""] } },
        { "step 1: undo has no program", Step() with { Undo = default } },
        { "step 1: an argument of run holds a NUL, which no argument can", Step() with { Run = ["a", "\0"] } },
        { "step 1: an argument of undo is longer than 131071 bytes", Step() with { Undo = ["a", new('é', 65_536)] } },
        { "step 1: an argument of read is no valid text", Step() with { Read = ["a", "\ud800"] } },
        { "step 1: before is longer than 65000 bytes", Step() with { Before = new('x', 65_001) } },
        { "step 1: after holds a NUL, which no argument can", Step() with { After = "\0" } },
        { "step 1: before and after are the same, so nobody could tell whether it ran", Step() with { After = "a\nb" } },
        { "step 1: a limit of 00:00:00 is not within 1 s and 10 min", Step() with { Timeout = TimeSpan.Zero } },
        { "step 1: a limit of 00:10:01 is not within 1 s and 10 min", Step() with { Timeout = TimeSpan.FromSeconds(601) } },
        { "step 1: '../x' with index 7 is no link", Step() with { Subject = new("../x", 7, "") } },
        { "step 1: '..' with index 7 is no link", Step() with { Subject = new("..", 7, "") } },
        { "step 1: '' with index 7 is no link", Step() with { Subject = new("", 7, "") } },
        { "step 1: 'sixteencharacter' with index 7 is no link", Step() with { Subject = new("sixteencharacter", 7, "") } },
        { "step 1: 'vnet0' with index 0 is no link", Step() with { Subject = new("vnet0", 0, "") } },
    };

    [Theory]
    [MemberData(nameof(UnfitSteps), DisableDiscoveryEnumeration = true)]
    public void Of_UnfitStep_SaysWhy(string problem, PlanStep step)
        => Assert.Equal([problem], Assert.IsType<GuardPlanEncoding.Unfit>(GuardPlanEncoding.Of(Plan(step))).Problems);

    [Theory]
    [InlineData("", "plan id '' is not 1 to 64 of a-z, 0-9 and -")]
    [InlineData("I-42", "plan id 'I-42' is not 1 to 64 of a-z, 0-9 and -")]
    [InlineData("../etc", "plan id '../etc' is not 1 to 64 of a-z, 0-9 and -")]
    public void Of_UnfitId_SaysWhy(string id, string problem)
        => Assert.Equal([problem], Assert.IsType<GuardPlanEncoding.Unfit>(GuardPlanEncoding.Of(Plan(Step()) with { Id = id })).Problems);

    [Fact]
    public void Of_UnfitPlan_SaysEverything()
        => Assert.Equal(
            ["the machine id '' is none", "the boot id '-x' is none", "the plan has no steps"],
            Assert.IsType<GuardPlanEncoding.Unfit>(GuardPlanEncoding.Of(Plan() with { MachineId = "", BootId = "-x" })).Problems);

    internal static PlanStep Step() => new()
    {
        Name = "set it ü", Subject = new("vnet0", 7, "fe:54:00:00:00:01"), Read = ["cat"], Before = "a\nb", Run = ["ip", "", "x\n\ny"], After = "", Undo = ["undo"], Risk = Risk.D1,
    };

    internal static Plan Plan(params ImmutableArray<PlanStep> steps) => new()
    {
        Id = "plan-1", Host = "host42", HostKeyFingerprint = "SHA256:x", MachineId = "0af1", BootId = "11-22", Runbook = "bridge/x", RunbookHash = "00", Risk = Risk.D1, Steps = steps,
        Expires = DateTimeOffset.UnixEpoch,
    };
}
