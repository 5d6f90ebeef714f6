using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Guarding;

/// <summary>
/// Settles what a host still remembers of plans when the service starts: what an open incident works on is left to it, what nobody will ever commit is taken back
/// now instead of at the watchdog's deadline, and what is already broken is named for a human.
/// </summary>
/// <remarks>Harmless to repeat and to run while repairs run. A plan that is not listed needs nothing; the incident that wants it finds out by its own status.</remarks>
/// <param name="guard">Asks the hosts.</param>
/// <param name="leases">Where the fencing token of a revert comes from.</param>
/// <param name="time">How long a lease is taken for.</param>
public sealed class GuardSweep(HostGuard guard, IHostLeases leases, TimeProvider time)
{
    // A revert takes as long as its steps; a lease that ran out meanwhile only lets another plan ask for the host, which the host then refuses as busy.
    private static readonly TimeSpan LeaseFor = TimeSpan.FromMinutes(10);

    /// <summary>Lists the plans that a host remembers and settles each.</summary>
    /// <param name="host">Which host.</param>
    /// <param name="claimOf">What the store knows of a plan id. Asked once for each plan, after the host has listed it.</param>
    /// <param name="cancellationToken">Ends the wait; a revert that has begun goes on on the host.</param>
    public async Task<HostSweep> SettleAsync(HostEntry host, Func<string, CancellationToken, Task<PlanClaim>> claimOf, CancellationToken cancellationToken)
    {
        var listed = await guard.ListAsync(host, cancellationToken);
        if (listed is not GuardReply.Listed(var reports))
        {
            return new(host.Name, []) { Problem = GuardWording.Of(listed) };
        }

        var plans = ImmutableArray.CreateBuilder<SweptPlan>();
        foreach (var report in reports)
        {
            plans.Add(await SettleAsync(host, report, await claimOf(report.Plan, cancellationToken), cancellationToken));
        }

        return new(host.Name, plans.ToImmutable());
    }

    /// <summary>What is to be done about a plan, without doing it.</summary>
    /// <param name="report">What the host says.</param>
    /// <param name="claim">What the store knows.</param>
    public static SweepAction Judge(GuardReport report, PlanClaim claim) => (report.Status, claim) switch
    {
        (_, PlanClaim.Running) => SweepAction.Left,
        (GuardStatus.Unknown or GuardStatus.RevertConflict or GuardStatus.RevertFailed, _) => SweepAction.NeedsHuman,
        _ when report.HoldsHost => SweepAction.TakenBack,
        _ => SweepAction.Left,
    };

    private async Task<SweptPlan> SettleAsync(HostEntry host, GuardReport report, PlanClaim claim, CancellationToken cancellationToken)
    {
        switch (Judge(report, claim))
        {
            case SweepAction.Left when claim == PlanClaim.Running:
                return new(report.Plan, SweepAction.Left, report, "its incident is open and goes on with it");
            case SweepAction.Left:
                return new(report.Plan, SweepAction.Left, report, $"it is {GuardWording.Of(report)}");
            case SweepAction.NeedsHuman:
                return new(report.Plan, SweepAction.NeedsHuman, report, GuardWording.Of(report));
        }

        var why = claim == PlanClaim.Over ? "its incident has ended" : "nobody knows it";
        var now = time.GetUtcNow();
        if (await leases.TakeAsync(host.Name, report.Plan, now, now + LeaseFor, cancellationToken) is not LeaseOutcome.Granted(var token))
        {
            return new(report.Plan, SweepAction.TryAgain, report, $"{why}, but another plan has the lease of {host.Name}; the watchdog decides");
        }

        var reply = await guard.RevertAsync(host, report.Plan, token, cancellationToken);
        if (reply is GuardReply.Answered { Report: { HoldsHost: false, Refusal: null } after })
        {
            await leases.ReleaseAsync(host.Name, report.Plan, cancellationToken);
            var action = Judge(after, claim) == SweepAction.NeedsHuman ? SweepAction.NeedsHuman : SweepAction.TakenBack;
            return new(report.Plan, action, after, $"{why}; it is {GuardWording.Of(after)}");
        }

        return new(report.Plan, SweepAction.TryAgain, reply is GuardReply.Answered answered ? answered.Report : report, $"{why}, but it could not be taken back: {GuardWording.Of(reply)}");
    }
}

/// <summary>What the store knows of a plan that a host remembers.</summary>
public enum PlanClaim
{
    /// <summary>No incident has it: another store's, or one that was lost.</summary>
    Nobodys,

    /// <summary>An open incident applies, verifies or reverts exactly this plan; its own effects settle it.</summary>
    Running,

    /// <summary>Its incident has ended or gone on without it.</summary>
    Over,
}

/// <summary>What was done about a plan.</summary>
public enum SweepAction
{
    /// <summary>Nothing: it is settled, or its incident goes on with it.</summary>
    Left,

    /// <summary>It was taken back.</summary>
    TakenBack,

    /// <summary>Values on the host are not as before; a human has to look. The report names them.</summary>
    NeedsHuman,

    /// <summary>It should be taken back and was not; sweep again later.</summary>
    TryAgain,
}

/// <summary>What the sweep found on a host and did.</summary>
/// <param name="Host">Inventory name.</param>
/// <param name="Plans">One for every plan the host remembers.</param>
public sealed record HostSweep(string Host, ImmutableArray<SweptPlan> Plans)
{
    /// <summary>Why the host could not be asked, for a person; sweep again later. <see langword="null"/> when it answered.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsSettled => Problem is null && Plans.All(plan => plan.Action != SweepAction.TryAgain);
}

/// <summary>One plan of a sweep.</summary>
/// <param name="Plan">Its id.</param>
/// <param name="Action">What was done.</param>
/// <param name="Report">The last that the host said of it.</param>
/// <param name="Says">A sentence part for people: why, and how it stands.</param>
public sealed record SweptPlan(string Plan, SweepAction Action, GuardReport Report, string Says);
