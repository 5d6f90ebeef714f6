using System.Text;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Application.Tests.Guarding;

public class HostGuardTests
{
    private static readonly HostEntry Host = new() { Name = "host42", Address = "192.0.2.42" };

    private static readonly Plan Plan = new()
    {
        Id = "p1", Host = "host42", HostKeyFingerprint = "SHA256:x", MachineId = "0af1", BootId = "11-22", Runbook = "bridge/x", RunbookHash = "00", Risk = Risk.D1,
        Steps = [new() { Name = "s", Read = ["cat"], Before = "a", Run = ["run"], After = "b", Undo = ["undo"], Risk = Risk.D1, Timeout = TimeSpan.FromSeconds(20) }],
        Expires = DateTimeOffset.UnixEpoch,
    };

    private readonly ScriptedShell _shell = new();
    private readonly SteppingTime _time = new();

    private HostGuard Guard => new(_shell, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_Always_RunTheProgramAsRoot_OverANewConnectionWhereThatIsTheProof()
    {
        _shell.Then(Answer("armed")).Then(Answer("applied")).Then(Answer("applied")).Then(Answer("committed")).Then(Answer("reverted")).Then(Answer("reverted")).Then(Answer("reverted"));
        await Guard.BeginAsync(Host, Plan, 7, TimeSpan.FromSeconds(90), Token);
        await Guard.ApplyAsync(Host, Plan, 7, Token);
        await Guard.ExtendAsync(Host, Plan, 7, TimeSpan.FromSeconds(60), Token);
        await Guard.CommitAsync(Host, Plan, 7, Token);
        await Guard.RevertAsync(Host, Plan, 7, Token);
        await Guard.StatusAsync(Host, Plan, Token);
        await Guard.JournalAsync(Host, Plan, Token);
        Assert.Equal(
            [
                "begin p1 7 11-22 0af1 90", "apply p1 7 11-22", "new extend p1 7 11-22 60", "new commit p1 7 11-22", "revert p1 7 11-22", "new status p1 0 11-22", "new journal p1 0 11-22",
            ],
            _shell.Calls);
        Assert.All(_shell.Commands, command => Assert.True(command.AsRoot && command.Stdin.Span.StartsWith(GuardProgram.Text.Span)));
        Assert.Equal(TimeSpan.FromSeconds(30 + 3 * 25), _shell.Commands[1].TimeLimit);
    }

    [Fact]
    public async Task Begin_UnfitPlan_SendsNothing()
    {
        var reply = await Guard.BeginAsync(Host, Plan with { Steps = [] }, 7, TimeSpan.FromSeconds(90), Token);
        Assert.Equal(["the plan has no steps"], Assert.IsType<GuardReply.Unfit>(reply).Problems);
        Assert.Empty(_shell.Calls);
    }

    [Theory]
    [InlineData(ShellFailureKind.Unreachable)]
    [InlineData(ShellFailureKind.TimedOut)]
    [InlineData(ShellFailureKind.Killed)]
    [InlineData(ShellFailureKind.OutputTooLarge)]
    public async Task Apply_ContactLost_AsksUntilNothingRunsAnyMore(ShellFailureKind kind)
    {
        _shell.Then(new ShellOutcome.Failed(kind, "gone", default)).Then(new ShellOutcome.Failed(ShellFailureKind.Unreachable, "still", default))
            .Then(Answer("applying-1", "runner yes")).Then(Answer("applied", "runner no"));
        var answered = Assert.IsType<GuardReply.Answered>(await Guard.ApplyAsync(Host, Plan, 7, Token));
        Assert.Equal((GuardStatus.Applied, "gone"), (answered.Report.Status, answered.Lost));
        Assert.Equal(["apply p1 7 11-22", "new status p1 0 11-22", "new status p1 0 11-22", "new status p1 0 11-22"], _shell.Calls);
    }

    [Fact]
    public async Task Revert_ContactLost_WaitsWhileStepsAreTakenBack()
    {
        _shell.Then(new ShellOutcome.Failed(ShellFailureKind.Unreachable, "gone", default)).Then(Answer("reverting")).Then(Answer("revert-failed"));
        var answered = Assert.IsType<GuardReply.Answered>(await Guard.RevertAsync(Host, Plan, 7, Token));
        Assert.Equal(GuardStatus.RevertFailed, answered.Report.Status);
    }

    [Fact]
    public async Task Apply_StepsRunForEver_SaysSoInTheEnd()
    {
        _shell.Then(new ShellOutcome.Failed(ShellFailureKind.TimedOut, "slow", default)).Always(Answer("applying-1", "runner yes"));
        var answered = Assert.IsType<GuardReply.Answered>(await Guard.ApplyAsync(Host, Plan, 7, Token));
        Assert.Equal((GuardStatus.Applying, true, "slow"), (answered.Report.Status, answered.Report.StepsRunning, answered.Lost));
    }

    [Fact]
    public async Task Apply_HostNeverAnswersAgain_IsUnknownWithBothReasons()
    {
        _shell.Then(new ShellOutcome.Failed(ShellFailureKind.Unreachable, "gone", default)).Always(new ShellOutcome.Failed(ShellFailureKind.LoginRefused, "no login", default));
        var unknown = Assert.IsType<GuardReply.Unknown>(await Guard.ApplyAsync(Host, Plan, 7, Token));
        Assert.Equal("gone; asked again: no login", unknown.Message);
        Assert.True(_shell.Calls.Count > 3);
    }

    [Theory]
    [InlineData("half an answer\n")]
    [InlineData("cob-guard 1\nplan other\nstatus committed\nend\n")]
    [InlineData("cob-guard 1\nend\n")]
    public async Task Commit_AnswerNotUnderstood_IsNotTakenForSuccess(string text)
    {
        _shell.Then(Completed(text)).Then(Answer("reverted"));
        var answered = Assert.IsType<GuardReply.Answered>(await Guard.CommitAsync(Host, Plan, 7, Token));
        Assert.Equal(GuardStatus.Reverted, answered.Report.Status);
        Assert.NotNull(answered.Lost);
    }

    [Theory]
    [InlineData(ShellFailureKind.LoginRefused)]
    [InlineData(ShellFailureKind.HostKeyChanged)]
    [InlineData(ShellFailureKind.HostKeyUnknown)]
    [InlineData(ShellFailureKind.SudoRefused)]
    [InlineData(ShellFailureKind.HostRefused)]
    [InlineData(ShellFailureKind.ClientBroken)]
    public async Task Apply_RefusedBeforeItBegan_IsNotStarted(ShellFailureKind kind)
    {
        _shell.Then(new ShellOutcome.Failed(kind, "no", default));
        Assert.Equal(new GuardReply.NotStarted(kind, "no"), await Guard.ApplyAsync(Host, Plan, 7, Token));
        Assert.Single(_shell.Calls);
    }

    [Fact]
    public async Task List_Host_HasEveryPlan()
    {
        _shell.Then(Completed("cob-guard 1\nplan a\nstatus armed\nplan b\nstatus reverted\nend\n"));
        var listed = Assert.IsType<GuardReply.Listed>(await Guard.ListAsync(Host, Token));
        Assert.Equal(["a"], listed.Reports.Where(report => report.HoldsHost).Select(report => report.Plan));
    }

    private static ShellOutcome.Completed Answer(string status, string more = "runner no") => Completed($"cob-guard 1\nplan p1\nstatus {status}\nstate {status}\n{more}\nend\n");

    private static ShellOutcome.Completed Completed(string text) => new(0, Encoding.UTF8.GetBytes(text), default);

    private sealed class ScriptedShell : IHostShell
    {
        private readonly Queue<ShellOutcome> _outcomes = [];
        private ShellOutcome? _always;

        public List<RemoteCommand> Commands { get; } = [];

        public IReadOnlyList<string> Calls
            => [.. Commands.Select(command => (command.FreshConnection ? "new " : "") + string.Join(' ', command.Argv.SkipWhile(word => word != "--").Skip(1)))];

        public ScriptedShell Then(ShellOutcome outcome)
        {
            _outcomes.Enqueue(outcome);
            return this;
        }

        public void Always(ShellOutcome outcome) => _always = outcome;

        public Task<ShellOutcome> RunAsync(
            HostEntry host, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
        {
            Commands.Add(command);
            return Task.FromResult(_outcomes.TryDequeue(out var outcome) ? outcome : _always ?? throw new InvalidOperationException("one call too many"));
        }
    }

    // Every wait is over at once, and the clock has moved by it.
    private sealed class SteppingTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
            {
                Interlocked.Add(ref _now, dueTime.Ticks);
            }

            return TimeProvider.System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
