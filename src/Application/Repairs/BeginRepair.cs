using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using GuardStatus = ChatOpsBot.Domain.Guard.GuardStatus;

namespace ChatOpsBot.Application.Repairs;

/// <summary>
/// Judges the approvals again under the policy now in force and arms the guard. Asks the host first: a plan that it has begun is not begun again and not judged again.
/// </summary>
/// <param name="configuration">Hosts and policy in force.</param>
/// <param name="plans">The guard with lease and journal.</param>
/// <param name="keys">Asks for the key that the plan is bound to.</param>
/// <param name="progress">Told what goes on.</param>
/// <param name="time">The clock.</param>
public sealed class BeginRepair(
    IConfigurationSource configuration, PlanGuard plans, IHostKeys keys, ProgressHub progress, TimeProvider time)
    : RepairHandler(EffectCodec.BeginRepair, configuration, progress)
{
    // Another plan that holds the host may be settled any moment, for example by the sweep at start.
    private const int TriesWhileBusy = 4;

    /// <inheritdoc/>
    protected override async Task<EffectOutcome> PerformAsync(RepairWork work, CancellationToken cancellationToken)
    {
        Tell(work, "begin", "asking the host");
        var asked = await plans.Guard.StatusAsync(work.Host, work.Plan, cancellationToken);
        switch (asked)
        {
            case GuardReply.Answered({ Status: GuardStatus.NotBegun }, _):
                await RefreshMembersAsync(cancellationToken);
                return Stopped(work) ?? await ArmAsync(work, cancellationToken);
            case GuardReply.Answered(var report, _):
                return await plans.SettleAsync(work, report, cancellationToken);
            case GuardReply.NotStarted refused when IsForGood(refused.Kind):
                return NotBegun(work, GuardWording.Of(refused));
            default:
                // Nothing has begun as far as we know, so a plan that is too old by now needs no answer of the host.
                return time.GetUtcNow() >= work.Plan.Expires && work.Incident.State is IncidentState.Applying { Begun: false }
                    ? new EffectOutcome.Done(new IncidentEvent.BeginTooLate(time.GetUtcNow(), work.Proposal.Generation))
                    : PlanGuard.AskAgain(asked);
        }
    }

    /// <summary>What forbids to begin now; <see langword="null"/> when nothing does.</summary>
    private EffectOutcome.Done? Stopped(RepairWork work)
    {
        var now = time.GetUtcNow();
        if (now >= work.Plan.Expires)
        {
            return new(new IncidentEvent.BeginTooLate(now, work.Proposal.Generation));
        }

        var current = Configuration;
        var question = ProposePlan.QuestionOf(work.Incident, work.Proposal.Target is null, current.HostOf(work.Host.Name), work.Plan.Risk);
        return PolicyJudge.JudgeBegin(current.Policy, question, [.. work.Proposal.Approvals.Select(approval => approval.By)], work.Proposal.AloneBy) switch
        {
            ApprovalJudgement.NotEnough(var requirement, var why) => new(
                new IncidentEvent.ApprovalsVoided(now, work.Proposal.Generation, work.Proposal.Attempt, requirement, why)),
            ApprovalJudgement.NotAllowed(var rule, var why) => NotBegun(work, $"the policy does not allow it any more ({rule}): {why}"),
            _ => null,
        };
    }

    private async Task<EffectOutcome> ArmAsync(RepairWork work, CancellationToken cancellationToken)
    {
        if (await keys.ReadAsync(work.Host, cancellationToken) is not HostKeyOutcome.Offered key)
        {
            return new EffectOutcome.Retry($"{work.Host.Name} did not show its SSH key");
        }

        if (key.Fingerprint != work.Plan.HostKeyFingerprint)
        {
            return new EffectOutcome.Done(new IncidentEvent.GuardReported(time.GetUtcNow(), work.Plan.Id, new()
            {
                Status = Domain.Incidents.GuardStatus.Drift,
                Values = [new("SSH host key", work.Plan.HostKeyFingerprint, work.Plan.HostKeyFingerprint, key.Fingerprint)],
                Detail = "the host shows another SSH key than when the plan was made",
            }));
        }

        var (token, why) = await plans.TokenAsync(work, cancellationToken);
        if (token is not { } held)
        {
            return Busy(work, why);
        }

        Tell(work, "begin", "arming the guard");
        return await plans.Guard.BeginAsync(work.Host, work.Plan, held, plans.Deadline, cancellationToken) switch
        {
            GuardReply.Answered({ Refusal.Kind: GuardRefusalKind.Locked }, _) locked => PlanGuard.AskAgain(locked),
            GuardReply.Answered({ Refusal: { Kind: GuardRefusalKind.Busy } busy, Status: GuardStatus.NotBegun }, _) => Busy(work, busy.Text),
            GuardReply.Answered(var report, _) => await plans.SettleAsync(work, report, cancellationToken),
            GuardReply.Unfit unfit => NotBegun(work, GuardWording.Of(unfit)),
            GuardReply.NotStarted refused when IsForGood(refused.Kind) => NotBegun(work, GuardWording.Of(refused)),
            var reply => PlanGuard.AskAgain(reply),
        };
    }

    private EffectOutcome Busy(RepairWork work, string why) => work.Failures + 1 < TriesWhileBusy ? new EffectOutcome.Retry(why) : NotBegun(work, why);

    private EffectOutcome.Done NotBegun(RepairWork work, string why)
        => new(new IncidentEvent.GuardReported(time.GetUtcNow(), work.Plan.Id, GuardReports.NotBegun(why)));

    private static bool IsForGood(ShellFailureKind kind)
        => kind is ShellFailureKind.LoginRefused or ShellFailureKind.HostKeyUnknown or ShellFailureKind.HostKeyChanged or ShellFailureKind.SudoRefused or ShellFailureKind.ClientBroken;
}
