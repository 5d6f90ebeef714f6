using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>The sweep at start against the real program.</summary>
[Trait("Needs", "root")]
public class GuardSweepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlanClaim.Running, false)]
    [InlineData(PlanClaim.Over, false)]
    [InlineData(PlanClaim.Nobodys, false)]
    [InlineData(PlanClaim.Nobodys, true)] // and its watchdog is dead
    public async Task Settle_AppliedPlan_IsLeftToItsIncidentOrTakenBack(PlanClaim claim, bool lost)
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine, 2);
        await machine.AskAsync(RealPlan.Begin(plan, token: 3));
        await machine.AskAsync(GuardRequest.Apply(plan, 3));
        if (lost)
        {
            await GuardBorders.KillWatchdogAsync(machine);
        }

        var sweep = await new GuardSweep(machine.Guard, new Leases(), TimeProvider.System).SettleAsync(GuardMachine.Host, (_, _) => Task.FromResult(claim), Token);
        var swept = Assert.Single(sweep.Plans);
        var left = claim == PlanClaim.Running;
        Assert.Equal((plan.Id, left ? SweepAction.Left : SweepAction.TakenBack, left ? GuardStatus.Applied : GuardStatus.Reverted), (swept.Plan, swept.Action, swept.Report.Status));
        if (left)
        {
            Assert.Equal(GuardStatus.Committed, (await machine.AskAsync(GuardRequest.Commit(plan, 3))).Status); // undisturbed
        }

        await MatrixTally.CaseAsync($"sweep-{claim}-{lost}", machine, plan, _ => left);
    }

    private sealed class Leases : IHostLeases
    {
        public Task<LeaseOutcome> TakeAsync(string host, string planId, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
            => Task.FromResult<LeaseOutcome>(new LeaseOutcome.Granted(4));

        public Task ReleaseAsync(string host, string planId, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
