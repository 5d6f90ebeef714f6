using System.Text;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Hosts;
using Xunit;

namespace ChatOpsBot.Application.Tests.Guarding;

public class GuardSweepTests
{
    private static readonly HostEntry Host = new() { Name = "host42", Address = "192.0.2.42" };

    private readonly ListingShell _shell = new();
    private readonly OneLease _leases = new();

    private GuardSweep Sweep => new(new(_shell, TimeProvider.System), _leases, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<GuardStatus, PlanClaim, SweepAction> Judgements()
    {
        var data = new TheoryData<GuardStatus, PlanClaim, SweepAction>();
        foreach (var status in Enum.GetValues<GuardStatus>())
        {
            data.Add(status, PlanClaim.Running, SweepAction.Left);
            foreach (var claim in new[] { PlanClaim.Nobodys, PlanClaim.Over })
            {
                data.Add(status, claim, status switch
                {
                    GuardStatus.Armed or GuardStatus.Applying or GuardStatus.Applied or GuardStatus.Reverting or GuardStatus.GuardLost => SweepAction.TakenBack,
                    GuardStatus.Unknown or GuardStatus.RevertConflict or GuardStatus.RevertFailed => SweepAction.NeedsHuman,
                    _ => SweepAction.Left,
                });
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Judgements))]
    public void Judge_EveryStatusAndClaim_LeavesWhatAnIncidentWorksOn(GuardStatus status, PlanClaim claim, SweepAction expected)
        => Assert.Equal(expected, GuardSweep.Judge(new() { Plan = "p1", Status = status }, claim));

    [Fact]
    public async Task Settle_SeveralPlans_TakesBackOnlyWhatNobodyWillCommit()
    {
        _shell.Plans["mine"] = "applied";
        _shell.Plans["over"] = "guard-lost";
        _shell.Plans["lost"] = "armed";
        _shell.Plans["kept"] = "committed";
        _shell.Plans["broken"] = "revert-failed";
        var sweep = await Sweep.SettleAsync(Host, (plan, _) => Task.FromResult(plan switch { "mine" => PlanClaim.Running, "over" => PlanClaim.Over, _ => PlanClaim.Nobodys }), Token);
        Assert.Equal(
            [("broken", SweepAction.NeedsHuman), ("kept", SweepAction.Left), ("lost", SweepAction.TakenBack), ("mine", SweepAction.Left), ("over", SweepAction.TakenBack)],
            sweep.Plans.Select(plan => (plan.Plan, plan.Action)).Order());
        Assert.True(sweep.IsSettled);
        Assert.Equal(["revert lost 7", "revert over 7"], _shell.Changes.Order());
        Assert.Equal(("applied", "reverted", "reverted"), (_shell.Plans["mine"], _shell.Plans["lost"], _shell.Plans["over"]));
        Assert.Equal(["lost", "over"], _leases.Released.Order());
        Assert.Contains("nobody knows it; it is reverted", sweep.Plans.Single(plan => plan.Plan == "lost").Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settle_RevertFails_SaysWhichValueAndNeverReverted()
    {
        _shell.Plans["p1"] = "applied";
        _shell.AfterRevert = "revert-failed\nstate revert-failed\nrecord 100 undo-failed 2 0 3 3\nold\nnew";
        var plan = Assert.Single((await Sweep.SettleAsync(Host, Nobodys, Token)).Plans);
        Assert.Equal(SweepAction.NeedsHuman, plan.Action);
        Assert.Equal("nobody knows it; it is revert-failed; step 2 could not be taken back: it should be 'old' and is 'new'", plan.Says);
    }

    [Fact]
    public async Task Settle_HostRefuses_IsToBeTriedAgain()
    {
        _shell.Plans["p1"] = "applied";
        _shell.AfterRevert = "applied\nrefused fenced token 7 is older than 9";
        var sweep = await Sweep.SettleAsync(Host, Nobodys, Token);
        Assert.Equal((SweepAction.TryAgain, false), (sweep.Plans[0].Action, sweep.IsSettled));
        Assert.Contains("token 7 is older than 9", sweep.Plans[0].Says, StringComparison.Ordinal);
        Assert.Empty(_leases.Released);
    }

    [Fact]
    public async Task Settle_AnotherPlanHasTheLease_SendsNothing()
    {
        _shell.Plans["p1"] = "applied";
        _leases.HeldBy = "p2";
        var sweep = await Sweep.SettleAsync(Host, Nobodys, Token);
        Assert.Equal(SweepAction.TryAgain, sweep.Plans[0].Action);
        Assert.Empty(_shell.Changes);
    }

    [Fact]
    public async Task Settle_HostDoesNotAnswer_SaysSo()
    {
        _shell.Down = true;
        var sweep = await Sweep.SettleAsync(Host, Nobodys, Token);
        Assert.Equal(("no way to host42", false), (sweep.Problem, sweep.IsSettled));
    }

    private static Task<PlanClaim> Nobodys(string plan, CancellationToken cancellationToken) => Task.FromResult(PlanClaim.Nobodys);

    private sealed class OneLease : IHostLeases
    {
        public string? HeldBy { get; set; }

        public List<string> Released { get; } = [];

        public Task<LeaseOutcome> TakeAsync(string host, string planId, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
            => Task.FromResult<LeaseOutcome>(HeldBy is null ? new LeaseOutcome.Granted(7) : new LeaseOutcome.Held(HeldBy, until));

        public Task ReleaseAsync(string host, string planId, CancellationToken cancellationToken)
        {
            Released.Add(planId);
            return Task.CompletedTask;
        }
    }

    // Answers as the guard program would on a host that remembers those plans.
    private sealed class ListingShell : IHostShell
    {
        public SortedDictionary<string, string> Plans { get; } = [];

        public List<string> Changes { get; } = [];

        public string AfterRevert { get; set; } = "reverted";

        public bool Down { get; set; }

        public Task<ShellOutcome> RunAsync(
            HostEntry host, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
        {
            if (Down)
            {
                return Task.FromResult<ShellOutcome>(new ShellOutcome.Failed(ShellFailureKind.Unreachable, "no way to host42", default));
            }

            var words = command.Argv.Skip(3).ToArray();
            if (words[0] == "list")
            {
                return Answer(Plans);
            }

            Changes.Add(string.Join(' ', words));
            Plans[words[1]] = AfterRevert;
            return Answer(Plans.Where(plan => plan.Key == words[1]));
        }

        private static Task<ShellOutcome> Answer(IEnumerable<KeyValuePair<string, string>> plans)
            => Task.FromResult<ShellOutcome>(new ShellOutcome.Completed(
                0, Encoding.UTF8.GetBytes("cob-guard 1\n" + string.Concat(plans.Select(plan => $"plan {plan.Key}\nstatus {plan.Value}\n")) + "end\n"), default));
    }
}
